"""Money that came late: the goods are taken anew if they are still to be had, else nothing changes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.exceptions import CannotPlace, OutOfStock
from oscar_marketplace.markets.models import Wave
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.orders.states import HandOverState
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import DESK, fresh, member_of, pack, placed_parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave(market):
    return factories.make_wave(market, capacity=1)


@pytest.fixture
def listings(market):
    stalls = [factories.make_stall(market=market) for _ in range(2)]
    return [
        factories.make_listing(stall=stall, title=title, stock=4)
        for stall, title in zip(stalls, ["Jitomate", "Queso"], strict=True)
    ]


@pytest.fixture
def parts(listings, wave):
    return advance.expire_parts(placed_parts([(listing, 4) for listing in listings], wave=wave))


def stock(listing):
    record = fresh(listing.stockrecord)
    return record.num_in_stock, record.num_allocated


def test_goods_place_and_clock_are_taken_anew(parts, listings, wave):
    now = timezone.now()

    rows = advance.revive_parts(parts, by=DESK, now=now)

    assert [(row.state, row.released_at, row.amount_due) for row in rows] == [
        (S.NEW, None, row.placed_incl_tax) for row in rows
    ]
    assert [row.accept_by for row in rows] == [now + timedelta(minutes=40)] * 2
    assert [stock(listing) for listing in listings] == [(4, 4), (4, 4)]
    assert wave.places.get().hand_over == parts[0].hand_over
    assert HandOver.objects.get().state == HandOverState.CONFIRMED
    assert OutboxEvent.objects.filter(topic="stall_order_new").count() == 2


def test_a_revived_part_goes_its_way_and_its_stock_is_used_up(parts, listings):
    vendor = member_of(parts[0].stall)
    row = advance.revive_part(parts[0], by=DESK)

    row = pack(advance.accept(row, by=vendor), by=vendor)
    advance.use_up_packed_goods(row, now=timezone.now() + timedelta(minutes=2))

    assert stock(listings[0]) == (0, 0)


def test_reviving_twice_is_once(parts, listings):
    advance.revive_part(parts[0], by=DESK)

    again = advance.revive_part(parts[0], by=DESK)

    assert (again.state, stock(listings[0])) == (S.NEW, (4, 4))


def nothing_changed(parts, listings, wave, bought=0):
    assert [fresh(part).state for part in parts] == [S.EXPIRED, S.EXPIRED]
    assert [stock(listing)[1] for listing in listings] == [0, bought]
    assert wave.places.get().hand_over != parts[0].hand_over
    assert not OutboxEvent.objects.filter(topic="stall_order_new", payload__stall_order=parts[0].pk).exists()


def test_what_ran_out_is_named_and_nothing_is_changed(parts, listings, wave):
    fresh_record = fresh(listings[1].stockrecord)
    fresh_record.num_allocated = 1
    fresh_record.save()

    with pytest.raises(OutOfStock) as refusal:
        advance.revive_parts(parts, by=DESK)

    assert str(refusal.value) == "Queso ran out in the meantime."
    nothing_changed(parts, listings, wave, bought=1)


def test_a_full_pick_up_time_is_refused(parts, listings, wave, market):
    other = factories.make_listing(stall=factories.make_stall(market=market))
    placed_parts([(other, 1)], wave=wave)

    with pytest.raises(CannotPlace) as refusal:
        advance.revive_parts(parts, by=DESK)

    assert refusal.value.code == "slot_full"
    nothing_changed(parts, listings, wave)


def test_a_pick_up_time_that_is_too_near_is_refused(parts, listings, wave):
    with pytest.raises(CannotPlace) as refusal:
        advance.revive_parts(parts, by=DESK, now=wave.starts_at - timedelta(minutes=30))

    assert refusal.value.code == "slot_gone"
    nothing_changed(parts, listings, wave)


def test_a_pick_up_time_the_market_closed_is_refused(parts, listings, wave):
    Wave.objects.update(closed=True)

    with pytest.raises(CannotPlace):
        advance.revive_parts(parts, by=DESK)

    nothing_changed(parts, listings, wave)


def test_a_stall_that_no_longer_sells_is_refused(parts, listings, wave):
    stall = Stall.objects.get(pk=parts[1].stall_id)
    stall.suspend()
    stall.save()

    with pytest.raises(CannotPlace) as refusal:
        advance.revive_parts(parts, by=DESK)

    assert refusal.value.code == "stall_closed"
    nothing_changed(parts, listings, wave)
