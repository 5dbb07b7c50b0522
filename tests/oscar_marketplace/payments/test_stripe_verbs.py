"""An order paid at the double of Stripe, through the real verbs: set aside, packed, taken, handed over, given back."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.payments.capture import capture_charge
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import grant_refund, request_refunds, send_refund
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.fake_stripe import FakeStripe
from oscar_marketplace.test.stall_orders import SHOPPER, fresh
from tests.oscar_marketplace.payments.test_capture import balances, later, pack

pytestmark = pytest.mark.django_db


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


@pytest.fixture
def begun(stripe, parts):
    """The shopper was sent to Stripe's page."""
    started = start_payment(parts[0].order, provider="stripe", by=SHOPPER)
    assert started.redirect_url.startswith("https://checkout.stripe.com/")
    return Charge.objects.get()


def session_of(stripe):
    return next(thing["id"] for thing in stripe.objects.values() if thing["object"] == "checkout.session")


def notify(stripe, events=None):
    """Stripe tells us everything that happened, and the tick works it off."""
    client = Client()
    for event in stripe.events if events is None else events:
        raw = stripe.notification(event)
        headers = {name: value for name, value in raw.headers.items() if name != "content-type"}
        path = f"/payments/stripe/notify/{raw.endpoint}/" if raw.endpoint else "/payments/stripe/notify/"
        assert client.post(path, raw.body, content_type="application/json", headers=headers).status_code == 200
    for pk in notifications_due(now=timezone.now()):
        act_on(pk)


def test_from_setting_aside_to_a_refund_the_books_are_right(stripe, begun, parts, vendors):
    stripe.pay(session_of(stripe))
    notify(stripe)
    set_aside = Charge.objects.get()
    pack(parts[0], vendors[0])
    pack(parts[1], vendors[1], share="0.95")
    pack(parts[2], vendors[2])

    capture_charge(begun.pk, now=later())
    for part, vendor in zip(parts, vendors, strict=True):
        deliver_part(fresh(part), code=part.hand_over.code, by=vendor)
    city = Actor.of(factories.make_user(), role="city")
    refund = grant_refund(fresh(parts[0]), amount=parts[0].amount_due / 2, liable="stall", by=city, reason="Rotten")
    send_refund(refund.pk)
    notify(stripe)

    charge = Charge.objects.get()
    assert (set_aside.state, set_aside.authorised) == (ChargeState.AUTHORISED, begun.requested)
    assert set(StallOrder.objects.values_list("state", flat=True)) == {"delivered"}
    assert (charge.state, charge.captured, charge.refunded) == (ChargeState.CAPTURED, 19480, 1600)
    assert charge.fee > 0
    assert Refund.objects.get().state == RefundState.DONE
    assert request_refunds(charge.order_id) == []
    assert balances() == {
        "psp": 19480 - 1600 - charge.fee,
        "psp_fee": charge.fee,
        "payable": -(19480 - 1600),
    }
    assert (charge.needs_review, list(troubles())) == (False, [])


def test_told_in_any_order_and_twice_it_ends_alike(stripe, begun):
    stripe.pay(session_of(stripe))

    notify(stripe, [*reversed(stripe.events), *stripe.events])

    assert Charge.objects.get().state == ChargeState.AUTHORISED
    assert set(StallOrder.objects.values_list("state", flat=True)) == {"new"}


def test_never_told_the_order_s_page_asks(stripe, begun):
    stripe.pay(session_of(stripe))

    fetch_and_apply(begun.pk)

    assert Charge.objects.get().state == ChargeState.AUTHORISED


def test_paying_another_way_closes_the_page_at_stripe(stripe, begun, parts):
    start_payment(parts[0].order, provider="cash", by=SHOPPER)

    session = stripe.objects[session_of(stripe)]
    charge = Charge.objects.get(provider="stripe")
    assert (session["status"], charge.state, charge.is_closed_there) == ("expired", ChargeState.CANCELLED, True)
    assert set(StallOrder.objects.values_list("state", flat=True)) == {"new"}


def test_paid_in_another_tab_just_before_the_card_counts(stripe, begun, parts):
    stripe.pay(session_of(stripe))

    start_payment(parts[0].order, provider="cash", by=SHOPPER)

    assert list(Charge.objects.values_list("provider", "state")) == [("stripe", ChargeState.AUTHORISED)]


def test_what_the_card_let_go_of_while_stalls_prepare_is_for_a_person(stripe, begun):
    stripe.pay(session_of(stripe))
    fetch_and_apply(begun.pk)
    stripe.lapse(session_of(stripe))

    fetch_and_apply(begun.pk)

    charge = Charge.objects.get()
    assert (charge.state, charge.needs_review) == (ChargeState.EXPIRED, True)


def test_another_order_s_payment_never_pays_this_one(stripe, begun, parts, three_stalls):
    """Its number at Stripe is put on a dearer order: what Stripe says does not fit, and a person looks."""
    stripe.pay(session_of(stripe))
    wave = factories.make_wave(parts[0].hand_over.market, starts_in=timedelta(hours=8))
    listing = factories.make_listing(stall=three_stalls[0], price="500.00", stock=9)
    dear = factories.place([(listing, 4)], waves=[wave])
    start_payment(dear, provider="stripe", by=SHOPPER)
    charge = Charge.objects.get(order=dear)
    Charge.objects.filter(pk=charge.pk).update(external_id=begun.external_id)

    fetch_and_apply(charge.pk)

    charge = Charge.objects.get(pk=charge.pk)
    assert (charge.state, charge.captured, charge.needs_review) == (ChargeState.ACTION_REQUIRED, 0, True)
    assert StallOrder.objects.get(order=dear).state == "awaiting_payment"


def test_the_way_back_from_stripe_confirms_nothing_by_itself(stripe, begun, client):
    page = client.get(stripe.objects[session_of(stripe)]["success_url"], {"status": "approved", "payment_id": "1"})

    assert page.status_code == 200
    assert Charge.objects.get().state == ChargeState.ACTION_REQUIRED


@pytest.mark.parametrize("field", ["amount", "price", "total", "requested", "tip"])
def test_what_is_asked_of_stripe_is_the_order_s_own_amount_whatever_is_sent(stripe, parts, client, field):
    order = parts[0].order

    client.post(f"{tracking_path(order)}pay/", {"provider": "stripe", field: "-1.00"})

    sent = [each.params for each in stripe.sent if each.path == "/v1/checkout/sessions" and each.method == "POST"]
    charge = Charge.objects.get(order=order)
    assert charge.requested > 20200
    assert sent[0]["line_items"][0]["price_data"]["unit_amount"] in {charge.requested, str(charge.requested)}
