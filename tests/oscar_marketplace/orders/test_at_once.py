"""Everybody acts on one order at the same moment, from connections of their own: no deadlock, nothing half done."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from oscar_marketplace.aftersales.cancel import cancel_by_shopper
from oscar_marketplace.aftersales.decide import answer_decision
from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.aftersales.refusal import carry_out_refusal, refuse_part
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over_state import hand_over_state
from oscar_marketplace.orders.models import Decision, HandOver, StallOrder
from oscar_marketplace.orders.states import RELEASED, ChargeState, HandOverState
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh, member_of, new_parts, placed_parts
from oscar_marketplace.tick.run import run_due_jobs

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
STALLS, ROUNDS = 4, 6


def everybody_at_once(acts):
    """Run each act in a thread of its own; returns what was not an ordinary refusal."""
    start, problems = threading.Barrier(len(acts)), []

    def run(act):
        try:
            start.wait(timeout=20)
            act()
        except MarketplaceError:
            pass
        except Exception as problem:  # noqa: BLE001 (shown by the caller's assertion)
            problems.append(repr(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    return problems


@pytest.mark.parametrize("seed", range(4))
def test_no_deadlock_and_nothing_half_done(market, seed):
    chance = random.Random(seed)
    Operator.objects.update(undo_seconds=0)
    stalls = [factories.make_stall(market=market) for _ in range(STALLS)]
    vendors = [member_of(stall) for stall in stalls]
    listings = [factories.make_listing(stall=stall, stock=20) for stall in stalls]
    # A limited place is locked by most acts before the parts, so half of the time there is none.
    wave = factories.make_wave(market, capacity=1 if seed % 2 else None)
    parts = placed_parts([(listing, 4) for listing in listings], wave=wave)
    order = parts[0].order
    start_payment(order, provider="cash", by=SHOPPER)

    def stall_acts(part, by):
        return [
            lambda: advance.accept(part, by=by),
            lambda: refuse_part(part, by=by),
            lambda: pack_part(part, by=by, packed={}, bags=1),
            lambda: deliver_part(part, code=part.hand_over.code, by=by),
            lambda: carry_out_refusal(part),
        ]

    def decide():
        question = Decision.objects.filter(order=order, answered_at=None).first()
        if question is not None:
            answer_decision(question, answer=chance.choice(["keep", "cancel_rest"]), by=SHOPPER, channel="link")

    for _ in range(ROUNDS):
        # From the last stall to the first as well as the other way round: only the locks bring order into it.
        acts = [chance.choice(stall_acts(part, by)) for part, by in zip(parts, vendors, strict=True)]
        acts += [decide, lambda: run_due_jobs(now=timezone.now() + timedelta(minutes=1))]
        if chance.random() < 0.3:
            acts.append(lambda: cancel_by_shopper(order, by=SHOPPER))
        chance.shuffle(acts)
        assert everybody_at_once(acts) == []

    _everything_fits_together(parts, listings)


def test_of_parts_packed_at_once_the_last_one_completes_the_hand_over(market):
    stalls = [factories.make_stall(market=market) for _ in range(6)]
    vendors = [member_of(stall) for stall in stalls]
    for _ in range(3):
        parts = new_parts([(factories.make_listing(stall=stall), 4) for stall in stalls], wave=a_wave(market))
        for part, by in zip(parts, vendors, strict=True):
            advance.accept(part, by=by)

        problems = everybody_at_once(
            [
                lambda part=part, by=by: advance.make_ready(part, by=by, packed={}, bags=1)
                for part, by in zip(parts, vendors, strict=True)
            ]
        )

        assert problems == []
        assert fresh(parts[0].hand_over).state == HandOverState.WAITING


def a_wave(market):
    """A pick-up time; each market has one at a time of day."""
    return factories.make_wave(market, starts_in=timedelta(hours=5 + market.waves.count()))


def _everything_fits_together(parts, listings):
    run_due_jobs(now=timezone.now() + timedelta(minutes=2))
    hand_over = HandOver.objects.get()
    assert hand_over.state == hand_over_state(hand_over.stall_orders.all(), kind=hand_over.kind)
    for part, listing in zip(parts, listings, strict=True):
        row, record = fresh(part), fresh(listing.stockrecord)
        charge = Charge.objects.get(shares__stall_order=row)
        is_gone = row.state in RELEASED
        assert (row.amount_due == 0) == is_gone
        assert (charge.state == ChargeState.CANCELLED) == is_gone
        assert (charge.state == ChargeState.CAPTURED) == (row.state in {"delivered", "completed"})
        used_up = 0 if is_gone or row.released_at is None else 4
        assert (record.num_in_stock, record.num_allocated) == (20 - used_up, 0 if row.released_at else 4)
    assert StallOrder.objects.count() == STALLS
