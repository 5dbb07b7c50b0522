"""The double of Stripe is strict: what Stripe would refuse, it refuses, and what we must never send it catches."""

import time
from decimal import Decimal

import pytest
import stripe

from oscar_marketplace.test.fake_stripe import FakeStripe
from oscar_marketplace.test.stripe_contract import OPERATIONS, complaints, decoded_form


@pytest.fixture
def fake():
    return FakeStripe()


@pytest.fixture
def client(fake):
    stripe.enable_telemetry = False
    return stripe.StripeClient(fake.secret_key, http_client=fake)


def session_params(**changes):
    item = {"quantity": 1, "price_data": {"currency": "mxn", "unit_amount": 20249, "product_data": {"name": "Market"}}}
    params = {"mode": "payment", "line_items": [item], "success_url": "https://market.example/"}
    return {**params, "payment_intent_data": {"metadata": {"reference": "1-1"}}, **changes}


def test_every_operation_has_a_closed_schema():
    for operation in OPERATIONS:
        assert complaints(operation, {"misspelt": "x"})


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"sucess_url": "https://market.example/"}, "sucess_url"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"allowed_payment_method_types": ["shells"]}, "shells"),
        ({"mode": "pay"}, "mode"),
        ({"expires_at": 1.5}, "expires_at"),
        ({"payment_intent_data": {"capture_methd": "manual"}}, "capture_methd"),
        (
            {"line_items": [{"quantity": 1, "price_data": {"currency": "mxn", "unit_amount": Decimal("202.49")}}]},
            "202.49",
        ),
        ({"line_items": [{"quantity": 1, "price_data": {"currency": "mxn", "unit_amount": 202.49}}]}, "202.49"),
        ({"line_items": [{"quantity": 1, "price_data": {"unit_amount": 20249}}]}, "currency"),
    ],
)
def test_what_stripe_would_not_understand_is_a_bug_of_ours(client, changes, names):
    with pytest.raises(AssertionError, match=names):
        client.v1.checkout.sessions.create(session_params(**changes))


def test_a_decimal_amount_of_a_capture_or_refund_is_caught(client):
    with pytest.raises(AssertionError, match="amount_to_capture"):
        client.v1.payment_intents.capture("pi_1", {"amount_to_capture": Decimal("10.50")})
    with pytest.raises(AssertionError, match="amount"):
        client.v1.refunds.create({"payment_intent": "pi_1", "amount": 10.5})


def test_another_host_and_an_unknown_operation_are_caught(fake):
    elsewhere = stripe.StripeClient(fake.secret_key, http_client=fake, base_addresses={"api": "https://evil.example"})

    with pytest.raises(AssertionError, match=r"evil\.example"):
        elsewhere.v1.checkout.sessions.list()
    with pytest.raises(AssertionError, match="no operation"):
        stripe.StripeClient(fake.secret_key, http_client=fake).v1.customers.list()


def test_forms_are_decoded_with_lists_and_empty_values():
    assert decoded_form("a[b]=1&c[0]=2&c[1]=3&d=&e[0][f]=4") == {
        "a": {"b": "1"},
        "c": ["2", "3"],
        "d": "",
        "e": [{"f": "4"}],
    }


def test_one_key_is_one_session_and_another_body_under_it_is_an_error(client, fake):
    first = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})

    again = client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})

    assert again.id == first.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.checkout.sessions.create(session_params(locale="en"), {"idempotency_key": "k"})
    assert len(fake.objects) == 1


def test_a_failure_of_theirs_is_kept_under_the_key(client, fake):
    fake.fail("server_error", times=1)
    for _try in range(2):
        with pytest.raises(stripe.APIError):
            client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"})
    fake.forget_keys()

    assert client.v1.checkout.sessions.create(session_params(), {"idempotency_key": "k"}).id


def test_no_more_is_captured_or_refunded_than_there_is(client, fake):
    manual = {"capture_method": "manual", "metadata": {}}
    session = client.v1.checkout.sessions.create(session_params(payment_intent_data=manual))
    intent = fake.pay(session.id)["id"]

    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent, "amount": 1})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent, {"amount_to_capture": 20250})
    client.v1.payment_intents.capture(intent, {"amount_to_capture": 20000})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.capture(intent, {"amount_to_capture": 20000})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent, "amount": 20001})
    assert client.v1.refunds.create({"payment_intent": intent, "amount": 20000}).status == "succeeded"


def test_a_wrong_key_is_told(fake):
    with pytest.raises(stripe.AuthenticationError):
        stripe.StripeClient("sk_test_other", http_client=fake).v1.checkout.sessions.list()


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_page_is_open_for_half_an_hour_to_a_day(client, minutes):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.create(session_params(expires_at=int(time.time()) + minutes * 60))


def test_what_was_found_by_search_a_moment_ago_is_not_there_yet(client, fake):
    session = client.v1.checkout.sessions.create(session_params())
    intent = fake.pay(session.id)
    query = {"query": "metadata['reference']:'1-1'"}
    assert client.v1.payment_intents.search(query).data == []

    intent["created"] -= 61

    assert [each.id for each in client.v1.payment_intents.search(query).data] == [intent["id"]]


def test_answers_pass_through_the_real_sdk(client):
    session = client.v1.checkout.sessions.create(session_params())

    assert type(session) is stripe.checkout.Session
    assert not hasattr(session, "get")  # a double that gave dictionaries would hide this
