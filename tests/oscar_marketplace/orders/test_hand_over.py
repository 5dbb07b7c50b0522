"""Against the code the bags change hands; every bag's way is recorded, wrong codes are counted."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.utils import timezone

from oscar_marketplace.exceptions import IllegalTransition, NotAllowed
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over import (
    CodeLocked,
    WrongCode,
    deliver_at_desk,
    deliver_at_stall,
    move_to_desk,
    take_back,
)
from oscar_marketplace.orders.models import BagMove, HandOver
from oscar_marketplace.orders.states import HandOverState
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import DESK, bring_to, fresh, member_of, placed_parts

pytestmark = pytest.mark.django_db
CODE, OTHER = "4729", "1111"


@pytest.fixture
def stalls(market):
    return [factories.make_stall(market=market), factories.make_stall(market=market)]


@pytest.fixture
def vendor(stalls):
    return member_of(stalls[0])


def ready_parts(stalls, vendor, kind=HandOver.Kind.STALL):
    lines = [(factories.make_listing(stall=stall, stock=20), 4) for stall in stalls]
    parts = placed_parts(lines, kind=kind)
    HandOver.objects.update(code=CODE)
    return [bring_to(fresh(part), S.READY, by=vendor) for part in parts]


@pytest.fixture
def parts(stalls, vendor):
    return ready_parts(stalls, vendor)


@pytest.fixture
def at_desk(stalls, vendor):
    return [move_to_desk(part, by=vendor) for part in ready_parts(stalls, vendor, kind=HandOver.Kind.DESK)]


def way_of(part):
    return list(BagMove.objects.filter(bag__stall_order=part).values_list("source", "target", "proof"))


def test_the_code_closes_only_that_stalls_part(parts, vendor):
    now = timezone.now()

    row = deliver_at_stall(parts[0], code=" 47 29 ", by=vendor, version=parts[0].version, now=now)

    assert (row.state, row.complete_at) == (S.DELIVERED, now + timedelta(hours=24))
    assert fresh(parts[1]).state == S.READY
    assert HandOver.objects.get().state == HandOverState.WAITING
    assert (way_of(row), way_of(parts[1])) == ([("stall", "shopper", "code")], [])
    assert BagMove.objects.get().by_id == vendor.user_id


def test_handing_over_uses_the_stock_up_even_inside_the_minute_to_undo(parts, vendor):
    deliver_at_stall(parts[0], code=CODE, by=vendor)

    record = fresh(parts[0].lines.get().listing.stockrecord)
    assert (record.num_in_stock, record.num_allocated) == (16, 0)
    with pytest.raises(IllegalTransition):
        advance.undo(fresh(parts[0]), by=vendor)


def test_the_last_part_makes_the_hand_over_delivered(parts, vendor):
    for part in parts:
        deliver_at_stall(part, code=CODE, by=vendor)

    assert HandOver.objects.get().state == HandOverState.DELIVERED


def test_handing_over_twice_is_once(parts, vendor):
    deliver_at_stall(parts[0], code=CODE, by=vendor, version=parts[0].version)

    again = deliver_at_stall(parts[0], code=CODE, by=vendor, version=parts[0].version)

    assert (again.state, BagMove.objects.count()) == (S.DELIVERED, 1)


def test_a_wrong_code_hands_nothing_over_and_says_how_many_tries_are_left(parts, vendor):
    with pytest.raises(WrongCode) as refusal:
        deliver_at_stall(parts[0], code=OTHER, by=vendor)

    assert str(refusal.value) == "That is not the code. 4 tries are left."
    assert (fresh(parts[0]).state, HandOver.objects.get().wrong_tries) == (S.READY, 1)


@pytest.mark.parametrize("code", ["", "47290", "0", "x" * 10_000, "４７２９"])
def test_what_is_not_the_code_is_wrong(parts, vendor, code):
    with pytest.raises(WrongCode):
        deliver_at_stall(parts[0], code=code, by=vendor)

    assert fresh(parts[0]).state == S.READY


def try_wrong(part, vendor, times):
    for _ in range(times):
        with pytest.raises(NotAllowed):
            deliver_at_stall(part, code=OTHER, by=vendor)


def test_five_wrong_tries_lock_the_code_for_a_quarter_of_an_hour_and_tell_the_desk(parts, vendor):
    with time_machine.travel("2026-11-24 18:00:00+00:00", tick=False) as clock:
        try_wrong(parts[0], vendor, 5)
        assert OutboxEvent.objects.filter(topic="desk_code_locked").count() == 1

        with pytest.raises(CodeLocked) as refusal:
            deliver_at_stall(parts[1], code=CODE, by=vendor)
        assert str(refusal.value).startswith("Too many wrong codes. Try again in 15 minutes")
        assert fresh(parts[1]).state == S.READY

        clock.shift(timedelta(minutes=14, seconds=59))
        with pytest.raises(CodeLocked):
            deliver_at_stall(parts[0], code=CODE, by=vendor)

        clock.shift(timedelta(seconds=1))
        assert deliver_at_stall(parts[0], code=CODE, by=vendor).state == S.DELIVERED


def test_four_wrong_tries_do_not_lock_and_the_right_one_starts_anew(parts, vendor):
    try_wrong(parts[0], vendor, 4)

    deliver_at_stall(parts[0], code=CODE, by=vendor)

    assert (HandOver.objects.get().wrong_tries, HandOver.objects.get().locked_until) == (0, None)


def test_after_the_lock_there_are_five_tries_again(parts, vendor):
    with time_machine.travel("2026-11-24 18:00:00+00:00", tick=False) as clock:
        try_wrong(parts[0], vendor, 5)
        clock.shift(timedelta(minutes=15))

        try_wrong(parts[0], vendor, 1)

        assert HandOver.objects.get().wrong_tries == 1


def test_a_part_that_is_not_ready_is_refused_before_the_code_is_looked_at(stalls, vendor):
    [part] = placed_parts([(factories.make_listing(stall=stalls[0]), 4)])
    row = bring_to(part, S.ACCEPTED, by=vendor)

    with pytest.raises(IllegalTransition):
        deliver_at_stall(row, code=OTHER, by=vendor)

    assert HandOver.objects.get().wrong_tries == 0


def test_goods_for_the_desk_are_not_handed_over_at_the_stall(stalls, vendor):
    [part, _other] = ready_parts(stalls, vendor, kind=HandOver.Kind.DESK)

    with pytest.raises(NotAllowed) as refusal:
        deliver_at_stall(part, code=CODE, by=vendor)

    assert refusal.value.code == "wrong_place"


def test_money_is_taken_in_the_same_transaction(parts, vendor):
    def fails(row):
        raise RuntimeError("the till is broken")

    with pytest.raises(RuntimeError):
        deliver_at_stall(parts[0], code=CODE, by=vendor, settle=fails)

    assert (fresh(parts[0]).state, BagMove.objects.count()) == (S.READY, 0)


def test_the_desk_waits_until_every_bag_is_there_and_then_tells_the_shopper(stalls, vendor):
    first, second = ready_parts(stalls, vendor, kind=HandOver.Kind.DESK)
    assert HandOver.objects.get().state == HandOverState.COMPLETE

    move_to_desk(first, by=vendor)
    assert HandOver.objects.get().state == HandOverState.COMPLETE
    assert not OutboxEvent.objects.filter(topic="hand_over_waiting").exists()

    move_to_desk(second, by=vendor)
    assert HandOver.objects.get().state == HandOverState.WAITING
    assert OutboxEvent.objects.filter(topic="hand_over_waiting").count() == 1
    assert not OutboxEvent.objects.filter(topic="stall_order_ready").exists()


def test_the_desk_hands_over_all_that_stands_there(at_desk):
    rows = deliver_at_desk(at_desk[0].hand_over, code=CODE, by=DESK)

    assert [row.state for row in rows] == [S.DELIVERED, S.DELIVERED]
    assert way_of(rows[0]) == [("stall", "desk", ""), ("desk", "shopper", "code")]
    assert HandOver.objects.get().state == HandOverState.DELIVERED


def test_the_desk_twice_is_once(at_desk):
    deliver_at_desk(at_desk[0].hand_over, code=CODE, by=DESK)

    deliver_at_desk(at_desk[0].hand_over, code=CODE, by=DESK)

    assert BagMove.objects.filter(target="shopper").count() == 2


def test_a_wrong_code_at_the_desk_counts_too(at_desk):
    with pytest.raises(WrongCode):
        deliver_at_desk(at_desk[0].hand_over, code=OTHER, by=DESK)

    assert HandOver.objects.get().wrong_tries == 1


def test_nothing_at_the_desk_yet(stalls, vendor):
    parts = ready_parts(stalls, vendor, kind=HandOver.Kind.DESK)

    with pytest.raises(IllegalTransition):
        deliver_at_desk(parts[0].hand_over, code=CODE, by=DESK)


def test_a_part_comes_back_only_with_every_bag(stalls, vendor):
    Operator.objects.update(undo_seconds=0)
    listing = factories.make_listing(stall=stalls[0], stock=20)
    [part] = placed_parts([(listing, 4)], kind=HandOver.Kind.DESK)
    row = advance.accept(advance.confirm_part(part, by=DESK), by=vendor)
    row = advance.make_ready(row, by=vendor, packed={}, bags=2)
    row = move_to_desk(row, by=vendor)

    with pytest.raises(NotAllowed) as refusal:
        take_back(row, bags=[2], by=vendor)
    assert (str(refusal.value), fresh(row).state) == ("These bags are still missing: 1.", S.HANDED_OVER)

    row = take_back(row, bags=[1, 2], by=vendor)
    line = row.lines.get()
    assert (row.state, row.amount_due, row.liable, line.returned_measure) == (S.RETURNED, 0, "shopper", D(1))
    assert HandOver.objects.get().state == HandOverState.RETURNED
    # Food that was out is not put back on sale.
    record = fresh(listing.stockrecord)
    assert (record.num_in_stock, record.num_allocated) == (16, 0)
