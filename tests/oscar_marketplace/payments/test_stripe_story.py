"""An order at three stalls, paid by Stripe: set aside, told by a notification, taken when it is packed, partly given back."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from oscar_marketplace.aftersales.refusal import carry_out_refusal, refuse_part
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.payments.capture import capture_charge, charges_to_capture
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import refunds_to_send, request_refunds, send_refund
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test.fake_stripe import FakeStripe
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.payments.test_capture import later, pack

pytestmark = pytest.mark.django_db
URL = "/payments/stripe/notify/events/"


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


def test_from_the_button_to_a_refund(client, stripe, parts, vendors):
    started = start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    charge = Charge.objects.get()
    assert started.redirect_url == f"https://checkout.stripe.com/c/pay/{charge.external_id.replace('_test', '')}"

    stripe.pay(charge.external_id)
    assert tell(client, stripe, copies=2, newest_first=True) == {200}
    charge = Charge.objects.get()
    assert (charge.state, charge.captured) == (ChargeState.AUTHORISED, 0)
    assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.NEW}

    for part, vendor in zip(parts, vendors, strict=True):
        pack(part, vendor, share="0.95" if part.pk == parts[1].pk else "1")
    for charge_id in charges_to_capture(now=later()):
        capture_charge(charge_id, now=later())
    charge = Charge.objects.get()
    assert (charge.state, charge.captured, charge.fee) == (ChargeState.CAPTURED, 19480, 701)
    assert tell(client, stripe, copies=2) == {200}
    assert ProviderNotification.objects.count() == len(stripe.events)
    assert not charge.needs_review and list(troubles()) == []


def test_a_part_that_is_refused_after_it_was_taken_goes_back(client, stripe, settings, parts, vendors):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS["stripe"]["OPTIONS"]["METHODS"] = ["bancontact"]
    StallOrder.objects.all()
    parts[0].order.currency  # noqa: B018
    start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    assert Charge.objects.get().state == ChargeState.FAILED
