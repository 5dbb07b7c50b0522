"""The shopper's bank asks money back: it holds what the stalls are paid, and a person ends it in the books."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.payments.capture import capture_charge
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.disputes import lost_borne_by_market, lost_borne_by_stalls
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refunds import grant_refund, refunds_to_send
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payouts.owed import due_postings
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh
from tests.oscar_marketplace.payments.test_capture import balances, later, pack
from tests.oscar_marketplace.payments.test_stripe_verbs import begun, notify, session_of, stripe  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(db):
    return Actor.of(factories.make_user("Staff"), role="city")


@pytest.fixture
def charge(stripe, begun, parts, vendors):  # noqa: F811
    """Three stalls, 202.00, all handed over and completed long ago; the provider keeps 7.27."""
    stripe.pay(session_of(stripe))
    fetch_and_apply(begun.pk)
    for part, vendor in zip(parts, vendors, strict=True):
        pack(part, vendor)
    capture_charge(begun.pk, now=later())
    for part, vendor in zip(parts, vendors, strict=True):
        deliver_part(fresh(part), code=part.hand_over.code, by=vendor)
    StallOrder.objects.update(state="completed")
    return Charge.objects.get()


def due(part):
    postings = due_postings(part.stall.operator, now=timezone.now() + timedelta(days=30))
    return sum(-posting.amount for posting in postings)


def test_a_dispute_is_heard_of_and_holds_what_stalls_are_paid(stripe, charge, parts):  # noqa: F811
    before = due(parts[0])
    dispute = stripe.dispute(session_of(stripe))
    notify(stripe, [stripe.events[-1]])

    disputed = Charge.objects.get()
    assert (before, due(parts[0])) == (20200, 0)
    assert (disputed.disputed, disputed.needs_review) == (20200, True)
    assert AuditEntry.objects.get(verb="charge_disputed").data["amount"] == 20200
    assert dispute["status"] == "needs_response"


def test_won_lets_the_stalls_be_paid_and_books_nothing(stripe, charge, parts):  # noqa: F811
    dispute = stripe.dispute(session_of(stripe))
    fetch_and_apply(charge.pk)
    stripe.end_dispute(dispute["id"], won=True)
    notify(stripe, [stripe.events[-1]])

    assert (Charge.objects.get().disputed, due(parts[0])) == (0, 20200)
    assert not LedgerTransaction.objects.filter(kind="dispute").exists()


def test_lost_is_borne_by_the_market_once(stripe, charge, parts, city):  # noqa: F811
    dispute = stripe.dispute(session_of(stripe), reason="fraudulent")
    stripe.end_dispute(dispute["id"], won=False)
    fetch_and_apply(charge.pk)
    held = due(parts[0])

    lost_borne_by_market(charge, by=city, reason="Stolen card")
    fetch_and_apply(charge.pk)

    assert (held, due(parts[0])) == (0, 20200)
    assert Charge.objects.get().disputed == 0, "what is booked is not asked about again"
    assert balances()["goodwill"] == 20200
    assert balances()["psp"] == -charge.fee
    assert list(troubles()) == []
    with pytest.raises(NotAllowed) as refused:
        lost_borne_by_market(charge, by=city, reason="Again")
    assert refused.value.code == "not_disputed"


def test_lost_is_borne_by_the_stalls_each_its_part_also_below_zero(stripe, charge, parts, city):  # noqa: F811
    stripe.dispute(session_of(stripe), 10000, reason="product_unacceptable")
    fetch_and_apply(charge.pk)

    lost_borne_by_stalls(charge, by=city, reason="Spoilt")

    booked = LedgerTransaction.objects.get(kind="dispute").postings.filter(account__kind="payable")
    # 100.00 by what each was paid: 32.00, 144.00 and 26.00 of 202.00.
    assert {posting.account.stall_id: posting.amount for posting in booked} == {
        part.stall_id: amount for part, amount in zip(parts, [1584, 7129, 1287], strict=True)
    }
    assert due(parts[0]) == 20200 - 10000
    assert list(troubles()) == []


def test_meanwhile_nobody_gives_the_same_money_back(stripe, charge, parts, city):  # noqa: F811
    refund = grant_refund(fresh(parts[0]), amount=parts[0].amount_due / 4, liable="stall", by=city, reason="Rotten")
    stripe.dispute(session_of(stripe))
    fetch_and_apply(charge.pk)

    with pytest.raises(NotAllowed) as refused:
        grant_refund(fresh(parts[1]), amount=parts[1].amount_due, liable="stall", by=city, reason="Rotten")

    assert refused.value.code == "disputed"
    assert (refund.state, refunds_to_send(now=later())) == ("approved", [])


@pytest.mark.parametrize("lose", [lost_borne_by_market, lost_borne_by_stalls])
def test_it_asks_why_and_what_is_not_disputed_is_not_lost(charge, city, lose):
    for reason, code in (("  ", "reason_missing"), ("Why", "not_disputed")):
        with pytest.raises(NotAllowed) as refused:
            lose(charge, by=city, reason=reason)
        assert refused.value.code == code
    assert not LedgerTransaction.objects.filter(kind="dispute").exists()


def test_given_back_on_stripe_s_own_pages_asks_for_a_person(stripe, charge):  # noqa: F811
    intent = stripe.objects[stripe.objects[session_of(stripe)]["payment_intent"]]
    stripe.objects[intent["latest_charge"]]["amount_refunded"] += 500

    fetch_and_apply(charge.pk)

    found = Charge.objects.get()
    assert (found.needs_review, found.refunded, found.details["refunded_there"]) == (True, 0, 500)
