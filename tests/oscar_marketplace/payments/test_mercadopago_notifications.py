"""Who signed a notification of Mercado Pago, and when."""

import time
from dataclasses import replace

import pytest

from oscar_marketplace.payments.providers.base import BadSignature
from oscar_marketplace.payments.providers.mercadopago import MercadoPagoProvider
from oscar_marketplace.payments.providers.mercadopago_notifications import signature
from oscar_marketplace.test.fake_mercadopago import FakeMercadoPago

DAY = 24 * 3600


@pytest.fixture
def fake():
    fake = FakeMercadoPago()
    fake.told.append(("90001", "0b1c4ec2-aaaa", time.time()))
    return fake


@pytest.fixture
def provider(fake):
    return MercadoPagoProvider("mp", fake.options())


def signed(fake, number="90001", delivery="0b1c4ec2-aaaa", *, text=None, at=None, **changes):
    raw = fake.notification((number, delivery, time.time()))
    at = at or str(int(time.time()))
    text = text or f"id:{number};request-id:{delivery};ts:{at};"
    headers = {"x-signature": f"ts={at},v1={signature(text, fake.webhook_secret)}", "x-request-id": delivery}
    return replace(raw, headers=headers, **changes)


@pytest.mark.parametrize("seconds", [True, False])
@pytest.mark.parametrize("age", [0, 299, 4 * DAY, -299])
def test_a_repeat_of_the_last_days_is_taken_in_seconds_or_milliseconds(fake, provider, age, seconds):
    hints = provider.parse_notification(fake.notification(signed_at=time.time() - age, seconds=seconds))

    assert [(hint.event_id, hint.external_id, hint.reference) for hint in hints] == [
        ("payment:90001:0b1c4ec2-aaaa", "90001", "")
    ]


@pytest.mark.parametrize("seconds", [True, False])
@pytest.mark.parametrize("age", [5 * DAY + 60, -320, -10 * DAY])
def test_too_old_or_from_the_future_is_refused(fake, provider, age, seconds):
    with pytest.raises(BadSignature):
        provider.parse_notification(fake.notification(signed_at=time.time() - age, seconds=seconds))


@pytest.mark.parametrize("number", ["", "9;request-id:x", "9/../8", "x" * 65, "9 0", "٩"])
def test_a_number_that_could_be_read_as_something_else_is_refused(fake, provider, number):
    with pytest.raises(BadSignature):
        provider.parse_notification(signed(fake, number))


@pytest.mark.parametrize("delivery", ["", "a;ts:1", "x" * 65])
def test_a_delivery_without_a_proper_number_is_refused(fake, provider, delivery):
    with pytest.raises(BadSignature):
        provider.parse_notification(signed(fake, delivery=delivery))


def test_left_out_parts_of_the_text_sign_nothing(fake, provider):
    at = str(int(time.time()))

    with pytest.raises(BadSignature):
        provider.parse_notification(signed(fake, text=f"id:90001;ts:{at};", at=at))


@pytest.mark.parametrize("header", ["", "v1=00", "ts=1", "ts=x,v1=" + "0" * 64, "ts=-5,v1=" + "0" * 64, ",,=,"])
def test_a_broken_header_is_refused(fake, provider, header):
    raw = fake.notification()

    with pytest.raises(BadSignature):
        provider.parse_notification(replace(raw, headers={**raw.headers, "x-signature": header}))


@pytest.mark.parametrize("signed_as", ["ORD01", "ord01"])
def test_a_number_with_letters_is_signed_in_either_case(fake, provider, signed_as):
    at = str(int(time.time()))
    raw = signed(fake, "ORD01", text=f"id:{signed_as};request-id:0b1c4ec2-aaaa;ts:{at};", at=at)

    assert provider.parse_notification(raw)[0].external_id == "ORD01"


def test_the_old_secret_counts_while_the_new_one_comes(fake):
    provider = MercadoPagoProvider("mp", fake.options(WEBHOOK_SECRETS=["the-new-one-of-them", fake.webhook_secret]))

    assert provider.parse_notification(fake.notification())
    with pytest.raises(BadSignature):
        provider.parse_notification(fake.notification(secret="of-somebody-else-entirely"))


@pytest.mark.parametrize("secrets", [[], [""], None])
def test_no_secret_and_an_empty_one_verify_nothing(fake, secrets):
    provider = MercadoPagoProvider("mp", fake.options(WEBHOOK_SECRETS=secrets))
    raw = fake.notification()
    at = raw.headers["x-signature"].partition("=")[2].partition(",")[0]
    forged = signature(f"id:90001;request-id:0b1c4ec2-aaaa;ts:{at};", "")

    with pytest.raises(BadSignature):
        provider.parse_notification(replace(raw, headers={**raw.headers, "x-signature": f"ts={at},v1={forged}"}))


@pytest.mark.parametrize("topic", ["merchant_order", "topic_claims_integration_wh", ""])
def test_what_is_about_no_payment_is_acknowledged_and_left(fake, provider, topic):
    assert provider.parse_notification(fake.notification(topic=topic)) == []


def test_the_body_is_not_signed_and_not_read(fake, provider):
    raw = fake.notification()
    hints = provider.parse_notification(raw)

    assert provider.parse_notification(replace(raw, body=b'{"data":{"id":"1"},"id":7}')) == hints
    assert provider.parse_notification(replace(raw, body=b"\xff")) == hints
