"""Whatever is sold, kept, given back, paid and sent back: what was paid and what is owed are what the books say."""

import os

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.ledger.models import AccountKind, LedgerPosting
from oscar_marketplace.payouts import pay
from oscar_marketplace.payouts.check_payouts import troubles_of_payouts
from oscar_marketplace.payouts.models import Payout, PayoutLine
from oscar_marketplace.payouts.owed import OURS, due_postings
from oscar_marketplace.payouts.schedule import make_batch
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payouts.conftest import owe, owed_to, sold, stands_at

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("PAYOUT_EXAMPLES", "25"))
MAKER, SECOND = Actor("city"), Actor("city")

amounts = st.integers(1, 100_000)
acts = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(0, 1), amounts),
        st.tuples(st.just("keep"), st.integers(0, 9), amounts),
        st.tuples(st.just("give back"), st.integers(0, 9), amounts),
        st.tuples(st.just("batch"), st.sampled_from(["pay", "fail", "pay and fail", "cancel", "leave"]), st.just(0)),
    ),
    min_size=3,
    max_size=14,
)


class World:
    def __init__(self):
        self.stalls = [factories.make_stall()]
        self.stalls.append(factories.make_stall(market=self.stalls[0].places.get().pitch.market))
        self.operator = self.stalls[0].operator
        self.parts, self.numbers = [], {}

    def sell(self, n, amount):
        self.parts.append(sold(self.stalls[n], amount))

    def take(self, kind, n, amount):
        if not self.parts:
            return
        part = self.parts[n % len(self.parts)]
        key = (kind, part.pk)
        self.numbers[key] = self.numbers.get(key, 0) + 1
        owe(part, -amount, kind, sequence=self.numbers[key])

    def batch(self, end):
        batch = make_batch(self.operator, method="cash", by=MAKER)
        if batch is None or end == "leave":
            return
        if end == "cancel":
            pay.cancel_batch(batch, by=MAKER, reason="x")
            return
        pay.approve_batch(batch, by=SECOND)
        pay.mark_sent(batch, by=SECOND)
        for payout in batch.payouts.all():
            if end != "fail":
                pay.mark_paid(payout, by=SECOND, receipt="1")
            if end != "pay":
                pay.mark_failed(payout, by=SECOND, reason="x")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=acts)
def test_paid_and_owed_are_the_sum_of_the_postings(script, settings):
    settings.OSCAR_MARKETPLACE_PAYOUT_FOUR_EYES_ABOVE = None
    block = transaction.atomic()
    # As Django's own test case does: the verbs may be durable in it.
    block._from_testcase = True
    with block:
        world = World()
        for name, what, amount in script:
            if name == "sell":
                world.sell(what, amount)
            elif name == "batch":
                world.batch(what)
            else:
                world.take("commission" if name == "keep" else "recovery", what, amount)

        check(world)
        transaction.set_rollback(True)


def check(world):
    earned = LedgerPosting.objects.filter(account__kind=AccountKind.PAYABLE).exclude(transaction__kind__in=OURS)
    earned = -sum(earned.values_list("amount", flat=True))
    paid = sum(Payout.objects.filter(state="paid").values_list("amount", flat=True))
    owed = sum(owed_to(stall.tenures.get().payee) for stall in world.stalls)
    live = list(PayoutLine.objects.filter(is_live=True).values_list("posting", flat=True))
    assert paid + owed == earned
    assert stands_at("cash_desk") == -paid
    assert len(live) == len(set(live))
    assert list(troubles_of_payouts()) == []
    # What may be paid now is what is owed and in no payout; the rest of it is below zero.
    open_payouts = sum(Payout.objects.filter(state="draft").values_list("amount", flat=True))
    due = -sum(due_postings(world.operator, now=timezone.now()).values_list("amount", flat=True))
    assert due == owed - open_payouts
