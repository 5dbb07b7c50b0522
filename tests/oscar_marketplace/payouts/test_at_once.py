"""Two people pay the stalls at the same moment: each posting is claimed once, and paid once."""

import pytest

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.payouts import pay
from oscar_marketplace.payouts.check_payouts import troubles_of_payouts
from oscar_marketplace.payouts.models import Payout, PayoutLine
from oscar_marketplace.payouts.schedule import make_batch
from oscar_marketplace.test import factories
from tests.oscar_marketplace.ledger.test_at_once import at_once
from tests.oscar_marketplace.payouts.conftest import owed_to, sold

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 6


@pytest.fixture
def stalls(stall):
    market = stall.places.get().pitch.market
    return [stall, *(factories.make_stall(market=market) for _ in range(3))]


def test_each_posting_is_claimed_once(operator, stalls, maker):
    for each in stalls:
        sold(each, 3200)
        sold(each, 1000)

    problems = at_once(*[lambda: make_batch(operator, method="cash", by=maker)] * MANY)

    assert problems == []
    assert PayoutLine.objects.count() == 8
    assert list(Payout.objects.values_list("amount", flat=True)) == [4200] * 4
    assert list(troubles_of_payouts()) == []


def test_overlapping_choices_do_not_wait_for_each_other_for_ever(operator, stalls, maker):
    for each in stalls:
        sold(each, 3200)
    payees = [each.tenures.get().payee_id for each in stalls]
    acts = [
        lambda chosen=chosen: make_batch(operator, method="cash", by=maker, payees=chosen)
        for chosen in (payees, payees[::-1], payees[:2], payees[2:], payees[1:3])
    ]

    assert at_once(*acts) == []
    assert sorted(Payout.objects.values_list("payee", flat=True)) == sorted(payees)


def test_paid_and_come_back_at_once_the_books_are_right(operator, stall, payee, maker, second):
    sold(stall, 3200)
    batch = make_batch(operator, method="cash", by=maker)
    pay.approve_batch(batch, by=second)
    pay.mark_sent(batch, by=second)
    payout = batch.payouts.get()
    acts = [
        lambda: pay.mark_paid(payout, by=second, receipt="1"),
        lambda: pay.mark_failed(payout, by=second, reason="x"),
        lambda: make_batch(operator, method="cash", by=Actor("city")),
    ]

    assert at_once(*acts * 3) == []

    payout = Payout.objects.get(pk=payout.pk)
    assert payout.state == "failed"
    assert owed_to(payee) == 3200
    kinds = set(LedgerTransaction.objects.filter(source=f"payout:{payout.pk}").values_list("kind", flat=True))
    assert kinds in (set(), {"payout", "payout_failed"})
    assert list(troubles_of_payouts()) == []
