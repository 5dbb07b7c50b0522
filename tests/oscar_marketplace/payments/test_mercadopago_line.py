"""The line to Mercado Pago: whose token goes out, what is lost on the way, what an odd answer means."""

import json
import os
import re
from pathlib import Path

import pytest
import requests
from mercadopago.http import HttpClient

from oscar_marketplace.payments.providers.base import ProviderRefused, ProviderTimeout
from oscar_marketplace.payments.providers.mercadopago import MercadoPagoProvider
from oscar_marketplace.payments.providers.mercadopago_client import TIMEOUT_SECONDS, ask_mercadopago
from oscar_marketplace.test.fake_mercadopago import FAULTS, FakeMercadoPago
from oscar_marketplace.test.mercadopago_contract import complaints
from tests.oscar_marketplace.payments.test_mercadopago_charge import fetch, refund_of, request

#: Where Mercado Pago's published OpenAPI (github.com/mercadopago/openapi) lies, for those who have it.
CONTRACTS = os.environ.get("MARKETPLACE_CONTRACTS")


@pytest.fixture
def fake():
    return FakeMercadoPago()


@pytest.fixture
def provider(fake):
    return MercadoPagoProvider("mp", fake.options())


def whole_life(provider, fake):
    page = provider.start(request()).external_id
    number = fake.hold(page)
    fetch(provider, number)
    provider.refund(refund_of(fake.pay(page), 500))
    provider.fetch_refund(refund_of(fake.pay(page), 500))
    provider.cancel(reference="100023-1", external_id=number, key="k")


def test_every_request_carries_the_token_of_its_own_account(provider, fake):
    other_token = fake.open_account(700002)
    other = MercadoPagoProvider("other", fake.options(ACCESS_TOKEN=other_token, COLLECTOR_ID="700002"))

    whole_life(provider, fake)
    ours = len(fake.sent)
    other.start(request(reference="200001-1"))
    theirs = len(fake.sent)
    fetch(provider)

    tokens = [sent.headers["Authorization"] for sent in fake.sent]
    assert set(tokens[:ours]) == {f"Bearer {fake.token}"}
    assert set(tokens[ours:theirs]) == {f"Bearer {other_token}"}
    assert set(tokens[theirs:]) == {f"Bearer {fake.token}"}


def test_every_request_ends_in_time_and_goes_to_one_host(provider, fake):
    whole_life(provider, fake)

    assert {sent.timeout for sent in fake.sent} == {TIMEOUT_SECONDS}


def test_the_key_is_a_uuid_that_is_the_same_after_a_restart(provider, fake):
    provider.start(request())

    assert fake.sent[-1].headers["x-idempotency-key"] == "84a5c132-6ffb-5a26-abec-05249eca51a6"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("verb", ["start", "fetch", "refund", "fetch_refund", "cancel", "resolve"])
def test_no_answer_and_an_odd_one_are_never_a_no(provider, fake, fault, verb):
    page = provider.start(request()).external_id
    number = fake.pay(page)
    provider.refund(refund_of(number, 500))
    hint = provider.parse_notification(fake.notification())[0]
    calls = {
        "start": lambda: provider.start(request(reference="100023-2")),
        "fetch": lambda: fetch(provider, number),
        "refund": lambda: provider.refund(refund_of(number, 700, key="r2")),
        "fetch_refund": lambda: provider.fetch_refund(refund_of(number, 500)),
        "cancel": lambda: provider.cancel(reference="100023-1", external_id=number, key="k"),
        "resolve": lambda: provider.resolve(hint),
    }
    fake.fail(fault)

    with pytest.raises(ProviderTimeout):
        calls[verb]()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "rate_limit", "server_error", "garbage", "odd_shape"])
def test_after_any_of_it_trying_again_is_one_of_each(provider, fake, fault):
    fake.fail(fault, method="POST")
    with pytest.raises(ProviderTimeout):
        provider.start(request())
    page = provider.start(request()).external_id
    number = fake.pay(page)
    fake.fail(fault, method="POST")
    with pytest.raises(ProviderTimeout):
        provider.refund(refund_of(number, 500))

    found = provider.fetch_refund(refund_of(number, 500)) or provider.refund(refund_of(number, 500))

    assert list(fake.pages) == [page]
    assert list(fake.refunds) == [int(found.external_id)]


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (400, {"error": "bad_request", "cause": [{"code": 2077}]}, ProviderRefused, "2077"),
        (400, {"error": "bad_request", "cause": []}, ProviderRefused, "bad_request"),
        (400, [], ProviderRefused, "http_400"),
        (401, {"error": "unauthorized"}, ProviderRefused, "unauthorized"),
        (403, {"message": "forbidden"}, ProviderRefused, "http_403"),
        (404, {"error": "not_found", "cause": None}, ProviderRefused, "not_found"),
        (409, {"error": "whatever"}, ProviderRefused, "idempotency_error"),
        (422, {"error": "x" * 90}, ProviderRefused, "x" * 60),
        (423, {"error": "locked"}, ProviderTimeout, "http_423"),
        (424, {}, ProviderTimeout, "http_424"),
        (429, {}, ProviderTimeout, "http_429"),
        (500, {}, ProviderTimeout, "http_500"),
        (302, None, ProviderTimeout, "http_302"),
        (200, None, ProviderTimeout, "odd_answer"),
        (200, "ok", ProviderTimeout, "odd_answer"),
    ],
)
def test_what_answers_mean(fake, monkeypatch, status, body, kind, code):
    monkeypatch.setattr(fake, "request", lambda *args, **kwargs: {"status": status, "response": body})

    with pytest.raises((ProviderRefused, ProviderTimeout)) as raised:
        ask_mercadopago(fake.options(), "payment.get", "1")

    assert (raised.type, raised.value.code) == (kind, code)


def test_a_wrong_token_is_refused(fake):
    provider = MercadoPagoProvider("mp", fake.options(ACCESS_TOKEN="TEST-of-nobody-700001"))

    with pytest.raises(ProviderRefused) as refused:
        provider.start(request())

    assert refused.value.code == "unauthorized"


def test_without_a_double_redirects_are_not_followed(monkeypatch):
    """Else the token would go wherever an answer points to."""
    seen = {}

    def answer(self, method, url, **kwargs):
        seen.update(kwargs, url=url)
        response = requests.Response()
        response.status_code, response._content = 302, b""
        return response

    monkeypatch.setattr(requests.Session, "request", answer)

    with pytest.raises(ProviderTimeout):
        ask_mercadopago({"ACCESS_TOKEN": "TEST-made-up"}, "payment.get", "../users/me")

    assert (seen["allow_redirects"], seen["timeout"]) == (False, TIMEOUT_SECONDS)
    assert seen["url"] == "https://api.mercadopago.com/v1/payments/..%2Fusers%2Fme"


# -- the double --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"itmes": []},
        {"items": [{"title": "x", "quantity": 1, "unit_price": "202.49"}]},
        {"items": [{"title": "x", "quantity": 1, "unit_price": 202.49, "curency_id": "MXN"}]},
        {"items": [{"title": "x", "quantity": 1, "unit_price": 202.491, "currency_id": "MXN"}]},
        {"items": [{"title": "x", "quantity": 1, "unit_price": -1, "currency_id": "MXN"}]},
        {"expiration_date_to": "2026-11-24 10:00"},
    ],
)
def test_the_double_sees_what_mercado_pago_would_not_understand(fake, change):
    good = {
        "items": [{"title": "x", "quantity": 1, "unit_price": 202.49, "currency_id": "MXN"}],
        "external_reference": "100023-1",
        "expires": True,
    }
    ask_mercadopago(fake.options(), "preference.create", good, key="good")

    with pytest.raises(AssertionError):
        ask_mercadopago(fake.options(), "preference.create", {**good, **change}, key="wrong")


def test_notifications_are_set_up_at_mercado_pago_and_not_by_each_page():
    found = complaints(("POST", "/checkout/preferences"), {}, {"notification_url": "https://market.example/"})

    assert any("notification_url" in each for each in found)


def test_the_double_wants_a_uuid_and_a_sort(fake):
    with pytest.raises(AssertionError, match="UUID"):
        ask_mercadopago(fake.options(), "refund.create", "1", {"amount": 5.0})
    with pytest.raises(AssertionError, match="sort"):
        ask_mercadopago(fake.options(), "payment.search", {"external_reference": "x"})


def test_the_double_knows_a_key_and_what_it_was_for(fake, provider):
    number = fake.pay(provider.start(request()).external_id)
    ask_mercadopago(fake.options(), "refund.create", number, {"amount": 5.0}, key="k")

    with pytest.raises(ProviderRefused) as refused:
        ask_mercadopago(fake.options(), "refund.create", number, {"amount": 6.0}, key="k")

    assert refused.value.code == "idempotency_error"
    with pytest.raises(ProviderRefused):
        ask_mercadopago(fake.options(), "refund.create", number, {"amount": 197.5}, key="too much")


if CONTRACTS:

    def test_what_we_send_is_in_mercado_pagos_own_specification(provider, fake):
        """Every key of every body and query, and every path, is one that the published OpenAPI names."""
        [found] = Path(CONTRACTS).glob("mercadopago_spec3_*.json")
        spec = json.loads(found.read_text())
        provider.options["STATEMENT"] = "MERCADO"
        whole_life(provider, fake)

        for sent in fake.sent:
            operation = spec_of(spec, sent)
            named = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"}
            assert set(sent.query) <= named
            missing = {each["name"] for each in operation.get("parameters", []) if each.get("required")} - set(
                sent.query
            )
            assert missing <= {"id", "refund_id"}
            if sent.body:
                schema = follow(spec, operation["requestBody"]["content"]["application/json"]["schema"])
                unknown = set(sent.body) - set(schema["properties"])
                # In the reference of Checkout Pro, and not in the specification.
                assert unknown <= {"metadata", "date_of_expiration"}


def spec_of(spec, sent):
    """The operation of a request; a path without variables is looked at first."""
    for path in sorted(spec["paths"], key=lambda each: each.count("{")):
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), sent.path) and sent.method.lower() in spec["paths"][path]:
            operation = spec["paths"][path][sent.method.lower()]
            return {**operation, "parameters": [follow(spec, each) for each in operation.get("parameters", [])]}
    raise AssertionError(f"{sent.method} {sent.path} is in no specification")


def follow(spec, node):
    while "$ref" in node:
        where = node["$ref"].removeprefix("#/").split("/")
        node = spec
        for part in where:
            node = node[part]
    return node


def test_the_double_is_a_client_of_the_sdk(fake):
    assert isinstance(fake, HttpClient)
