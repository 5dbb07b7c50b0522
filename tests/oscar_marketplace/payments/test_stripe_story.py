"""An order at three stalls paid by Stripe: set aside, told of by notifications, taken when packed, partly given back."""

from decimal import Decimal

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, RefundState, StallOrderState
from oscar_marketplace.payments.capture import capture_charge, charges_to_capture
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.providers.base import ChargeRequest
from oscar_marketplace.payments.providers.stripe import StripeProvider
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import grant_refund, send_refund
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.fake_stripe import FakeStripe
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.payments.test_capture import later, pack

pytestmark = pytest.mark.django_db
URL = "/payments/stripe/notify/events/"
#: The cheese weighs less than was ordered.
SHARES = ["1", "0.95", "1"]


@pytest.fixture
def stripe(settings):
    fake = FakeStripe()
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        **django_settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,
        "stripe": {
            "BACKEND": "oscar_marketplace.payments.providers.stripe.StripeProvider",
            "OPTIONS": fake.options(),
        },
    }
    return fake


def tell(client, fake, **how):
    """Send what happened, and let the clock act on it."""
    codes = {
        client.post(URL, raw.body, content_type="application/json", headers=dict(raw.headers)).status_code
        for raw in fake.notifications(**how)
    }
    for pk in notifications_due(now=timezone.now()):
        act_on(pk)
    return codes


def test_from_the_button_to_a_refund_whose_answer_was_lost(client, stripe, parts, vendors):
    started = start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    assert started.redirect_url == "https://checkout.stripe.com/c/pay/cs_000001"

    stripe.pay("cs_test_000001")
    assert tell(client, stripe, copies=2, newest_first=True) == {200}
    charge = Charge.objects.get()
    assert (charge.state, charge.captured) == (ChargeState.AUTHORISED, 0)
    assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.NEW}

    packed = [pack(part, vendor, share=share) for part, vendor, share in zip(parts, vendors, SHARES, strict=True)]
    for charge_id in charges_to_capture(now=later()):
        capture_charge(charge_id, now=later())
    charge = Charge.objects.get()
    assert (charge.state, charge.captured, charge.fee) == (ChargeState.CAPTURED, 19480, 701)

    tomatoes = deliver_part(packed[0], code=packed[0].hand_over.code, by=vendors[0])
    city = Actor.of(factories.make_user("Staff"), role="city")
    refund = grant_refund(tomatoes, amount=Decimal("12.50"), liable="stall", by=city, reason="Rotten")
    stripe.fail("drop_after", path="/refunds", method="POST")
    send_refund(refund.pk)
    assert Refund.objects.get().is_unknown
    send_refund(refund.pk)

    assert (Refund.objects.get().state, Charge.objects.get().refunded) == (RefundState.DONE, 1250)
    assert len([each for each in stripe.objects.values() if each.get("metadata", {}).get("refund")]) == 1
    assert tell(client, stripe, copies=2) == {200}
    assert ProviderNotification.objects.count() == len(stripe.events)
    assert not Charge.objects.get().needs_review
    assert list(troubles()) == []


def test_without_a_notification_the_return_or_the_clock_finds_out(stripe, parts):
    start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    charge = Charge.objects.get()
    stripe.pay(charge.external_id)

    fetch_and_apply(charge.pk)

    assert Charge.objects.get().state == ChargeState.AUTHORISED


def test_a_payment_of_another_order_pays_nothing(stripe, parts):
    start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    other = StripeProvider("stripe", stripe.options()).start(
        ChargeRequest("999999-1", 1000, "MXN", "A lime", "https://market.example/", capture_later=True)
    )
    stripe.pay(other.external_id)
    Charge.objects.update(external_id=other.external_id)

    fetch_and_apply(Charge.objects.get().pk)

    charge = Charge.objects.get()
    assert (charge.state, charge.needs_review) == (ChargeState.ACTION_REQUIRED, True)
    assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.AWAITING_PAYMENT}


def test_an_unsigned_notification_leaves_no_trace(client, stripe, parts):
    start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    stripe.pay("cs_test_000001")
    forged = stripe.notification(stripe.events[0], secret="whsec_of_somebody_else")

    answer = client.post(URL, forged.body, content_type="application/json", headers=dict(forged.headers))

    assert answer.status_code == 401
    assert not ProviderNotification.objects.exists()


def test_a_start_whose_answer_was_lost_is_one_session(stripe, parts):
    stripe.fail("drop_after", path="/checkout/sessions")
    assert start_payment(parts[0].order, provider="stripe", by=SHOPPER).redirect_url is None
    assert Charge.objects.get().is_unknown

    started = start_payment(parts[0].order, provider="stripe", by=SHOPPER)

    assert started.redirect_url == "https://checkout.stripe.com/c/pay/cs_000001"
    assert [number for number in stripe.objects if number.startswith("cs_")] == ["cs_test_000001"]
