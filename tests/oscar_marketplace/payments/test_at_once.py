"""Everybody at the same moment, on PostgreSQL: one payment, one refund, one transaction in the books."""

import random
from dataclasses import replace
from functools import partial

import pytest
from django.test import Client

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.capture import capture_charge
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.inbox import act_on, notifications_due
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import grant_refund, request_refunds, send_refund
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.ledger.test_at_once import at_once
from tests.oscar_marketplace.payments.test_capture import later, pack
from tests.oscar_marketplace.payments.test_notifications import tell

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def charge(paper, parts):
    paper.open(LATER=False)
    original = paper.answer
    paper.answer = lambda operation, fact: original(operation, _not_yet(fact) if operation == "start" else fact)
    start_payment(parts[0].order, provider="paper", by=SHOPPER)
    return Charge.objects.get()


def test_fifty_copies_of_a_notification_are_one_payment(charge):
    def copy():
        assert tell(Client(), reference=charge.reference).status_code == 200
        for pk in notifications_due(now=later()):
            act_on(pk)

    problems = at_once(*[copy] * 50)

    assert problems == []
    assert ProviderNotification.objects.count() == 1
    assert list(LedgerTransaction.objects.values_list("kind", flat=True)) == ["capture"]
    assert set(StallOrder.objects.values_list("state", flat=True)) == {StallOrderState.NEW}
    told = list(OutboxEvent.objects.values_list("key", flat=True))
    assert len(told) == len(set(told))


def test_notification_and_return_page_race_to_one_end(paper, three_stalls):
    """A hundred orders, each raced for by the notification and two returns in another order."""
    paper.open(LATER=False)
    original = paper.answer
    paper.answer = lambda operation, fact: original(operation, _not_yet(fact) if operation == "start" else fact)
    listing = factories.make_listing(stall=three_stalls[0], price="32.00", stock=500)
    wave = factories.make_wave(listing.stall.places.get().pitch.market)
    ends = set()

    for seed in range(100):
        order = factories.place([(listing, 1)], waves=[wave])
        start_payment(order, provider="paper", by=SHOPPER)
        charge = Charge.objects.get(order=order)
        tell(Client(), id=f"evt-{seed}", reference=charge.reference)
        notification = ProviderNotification.objects.get(event_id=f"evt-{seed}")
        acts = [partial(act_on, notification.pk), *[partial(fetch_and_apply, charge.pk)] * 2]
        random.Random(seed).shuffle(acts)
        problems = at_once(*acts)
        part = StallOrder.objects.get(order=order)
        booked = LedgerTransaction.objects.filter(order=order).count()
        told = OutboxEvent.objects.filter(payload__stall_order=part.pk).count()
        ends.add((tuple(problems), Charge.objects.get(order=order).state, part.state, booked, told))

    assert ends == {((), ChargeState.CAPTURED, StallOrderState.NEW, 1, 1)}


def _not_yet(fact):
    return replace(fact, state=ChargeState.ACTION_REQUIRED)


def test_ten_grants_of_a_fifth_give_back_no_more_than_was_paid(charge, parts, vendors):
    fetch_and_apply(charge.pk)
    part = deliver_part(pack(parts[0], vendors[0]), code=parts[0].hand_over.code, by=vendors[0])
    city = Actor.of(factories.make_user(), role="city")

    def give():
        grant_refund(part, amount=part.amount_due / 5, liable="stall", by=city, reason="Rotten")

    problems = at_once(*[give] * 10)

    assert problems == []
    assert sum(Refund.objects.values_list("amount", flat=True)) == 3200
    assert list(troubles()) == []


def test_ticks_at_once_ask_for_one_refund_and_post_it_once(charge, parts, vendors, paper):
    fetch_and_apply(charge.pk)
    deliver_part(pack(parts[1], vendors[1], share="0.95"), code=parts[1].hand_over.code, by=vendors[1])
    order_id = parts[0].order_id

    def tick():
        request_refunds(order_id)
        for refund_id in Refund.objects.values_list("pk", flat=True):
            send_refund(refund_id)

    problems = at_once(*[tick] * 8)

    assert problems == []
    assert (Refund.objects.count(), len(paper.refunds)) == (1, 1)
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1
    assert Charge.objects.get().refunded == 720


def test_ticks_at_once_take_what_is_set_aside_once(paper, parts, vendors):
    paper.open(LATER=True)
    start_payment(parts[0].order, provider="paper", by=SHOPPER)
    charge = Charge.objects.get()
    for part, vendor in zip(parts, vendors, strict=True):
        pack(part, vendor)

    problems = at_once(*[lambda: capture_charge(charge.pk, now=later())] * 8)

    assert problems == []
    assert Charge.objects.get().captured == 20200
    assert LedgerTransaction.objects.filter(kind="capture").count() == 1
