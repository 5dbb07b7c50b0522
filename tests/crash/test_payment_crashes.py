"""Whatever breaks between setting money aside and giving some of it back, the tick ends it: one charge, books balanced.

For every n the n-th SQL statement, commit or answer of the provider is where the process dies. The provider did what it
was asked before its answer is lost. Then only the tick runs, some minutes later.
"""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.capture import capture_charge
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import grant_refund, request_refunds, send_refund
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh, member_of
from oscar_marketplace.tick.run import run_due_jobs
from tests.crash.saboteur import Crash, Saboteur
from tests.oscar_marketplace.payments.conftest import paper  # noqa: F401 (a fixture)

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]


@pytest.fixture
def stall(db):
    market = factories.make_market()
    stall = factories.make_stall(market=market)
    stall.seller = member_of(stall)
    stall.cheese = factories.make_listing(stall=stall, price="144.00", stock=100_000, is_estimated=True)
    stall.wave = factories.make_wave(market)
    return stall


@pytest.fixture(autouse=True)
def tick_resumes_at_once(monkeypatch):
    monkeypatch.setattr("oscar_marketplace.payments.start.RESUME_AFTER_SECONDS", -1)
    monkeypatch.setattr("oscar_marketplace.payments.settle.POLL_EVERY_SECONDS", -1)


def at_the_provider(monkeypatch, paper, saboteur):  # noqa: F811
    """Each answer of the provider is a step: what was asked is done, and the process dies before it hears of it."""
    real = paper.answer

    def answer(operation, fact):
        saboteur.step(f"answer to {operation}")
        return real(operation, fact)

    monkeypatch.setattr(paper, "answer", answer)


def tick():
    for _ in range(3):
        run_due_jobs(now=timezone.now() + timedelta(minutes=5))


def crash_everywhere(monkeypatch, paper, prepare, act, check):  # noqa: F811
    """Run ``act`` on a newly prepared order with a crash at each of its steps in turn; then tick, then check."""
    for n in range(1, 2000):
        part = prepare(n)
        saboteur = Saboteur(at=n)
        with monkeypatch.context() as patch:
            at_the_provider(patch, paper, saboteur)
            with saboteur.at_work(), suppress(Crash):
                act(part)
        if not saboteur.fired_in:
            return n
        tick()
        check(part, saboteur.fired_in)
    raise AssertionError("it never ended")


def pack(part, seller):
    part = advance.accept(fresh(part), by=seller)
    packed = {line.pk: line.promised_measure * Decimal("0.95") for line in part.lines.all()}
    return pack_part(part, by=seller, version=part.version, packed=packed, bags=1)


def test_setting_aside_and_taking(paper, monkeypatch, stall):  # noqa: F811
    def prepare(n):
        order = factories.place([(stall.cheese, 4)], waves=[stall.wave])
        start_payment(order, provider="paper", by=SHOPPER)
        part = StallOrder.objects.get(order=order)
        pack(part, stall.seller)
        return part

    def act(part):
        capture_charge(Charge.objects.get(order=part.order_id).pk, now=timezone.now() + timedelta(minutes=5))

    def check(part, where):
        charge = Charge.objects.get(order=part.order_id)
        assert (charge.state, charge.captured, charge.is_unknown) == (ChargeState.CAPTURED, 13680, False), where
        assert paper.facts[charge.reference].captured == 13680, where
        assert LedgerTransaction.objects.filter(order=part.order_id, kind="capture").count() == 1, where
        assert list(troubles()) == [], where

    assert crash_everywhere(monkeypatch, paper, prepare, act, check) > 15


def test_starting(paper, monkeypatch, stall):  # noqa: F811
    paper.open(LATER=False)

    def prepare(n):
        order = factories.place([(stall.cheese, 4)], waves=[stall.wave], provider="paper")
        return StallOrder.objects.get(order=order)

    def act(part):
        start_payment(part.order, provider="paper", by=SHOPPER)

    def check(part, where):
        charge = Charge.objects.get(order=part.order_id)
        assert (charge.state, charge.captured) == (ChargeState.CAPTURED, 14400), where
        assert fresh(part).state == "new", where
        assert OutboxEvent.objects.filter(topic="stall_order_new", payload__stall_order=part.pk).count() == 1, where
        assert list(troubles()) == [], where

    assert crash_everywhere(monkeypatch, paper, prepare, act, check) > 15


def test_giving_back(paper, monkeypatch, stall):  # noqa: F811
    paper.open(LATER=False)
    city = SHOPPER

    def prepare(n):
        order = factories.place([(stall.cheese, 4)], waves=[stall.wave])
        start_payment(order, provider="paper", by=SHOPPER)
        part = StallOrder.objects.get(order=order)
        return deliver_part(pack(part, stall.seller), code=part.hand_over.code, by=stall.seller)

    def act(part):
        grant_refund(part, amount=Decimal("10.00"), liable="stall", by=city, reason="Rotten")
        request_refunds(part.order_id)
        for refund in Refund.objects.filter(charge__order=part.order_id):
            send_refund(refund.pk)

    def check(part, where):
        charge = Charge.objects.get(order=part.order_id)
        refunds = list(Refund.objects.filter(charge=charge))
        granted = sum(refund.amount for refund in refunds if refund.liable)
        assert granted in {0, 1000}, where
        assert {refund.state for refund in refunds} == {RefundState.DONE}, where
        assert charge.refunded == 720 + granted, where
        back = [fact.amount for key, fact in paper.refunds.items() if key.startswith(f"{charge.reference}-r")]
        assert sum(back) == charge.refunded, where
        assert LedgerTransaction.objects.filter(order=part.order_id, kind="refund").count() == len(refunds), where
        assert list(troubles()) == [], where

    assert crash_everywhere(monkeypatch, paper, prepare, act, check) > 30
