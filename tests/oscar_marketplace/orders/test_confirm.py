"""Paid or promised: the stalls are asked, and their time to answer counts only while the market is open."""

from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.exceptions import IllegalTransition
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.markets.models import OpeningRule
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.orders.states import HandOverState
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import CLOCK, fresh, placed_parts

pytestmark = pytest.mark.django_db
MEXICO = ZoneInfo("America/Mexico_City")


def listing_in(market, **kwargs):
    return factories.make_listing(stall=factories.make_stall(market=market, **kwargs), stock=20)


def test_the_stall_is_asked_and_the_hold_becomes_a_plain_promise(market):
    listing = listing_in(market)
    [part] = placed_parts([(listing, 4)])

    row = advance.confirm_part(part, by=CLOCK)

    assert (row.state, row.version) == (S.NEW, 2)
    assert not StockHold.objects.exists()
    assert type(listing.stockrecord).objects.get(pk=listing.stockrecord_id).num_allocated == 4
    assert OutboxEvent.objects.get(topic="stall_order_new").payload == {"stall_order": part.pk}
    assert fresh(part.hand_over).state == HandOverState.CONFIRMED


def test_an_answer_is_due_after_the_operators_minutes(market):
    [part] = placed_parts([(listing_in(market), 4)])
    now = timezone.now()

    row = advance.confirm_part(part, by=CLOCK, now=now)

    assert row.accept_by == now + timedelta(minutes=40)
    assert row.ready_by == part.hand_over.wave.starts_at


def test_an_order_of_sunday_night_does_not_run_out_before_the_market_opens():
    market = factories.make_market(always_open=False)
    OpeningRule.objects.create(market=market, weekday=1, opens=time(7), closes=time(16))
    night, monday_noon = "2026-11-22 23:30", factories.at("2026-11-23 12:00", MEXICO)
    with time_machine.travel(factories.at(night, MEXICO), tick=False):
        wave = factories.make_wave(market, starts_in=monday_noon - timezone.now())
        [part] = placed_parts([(listing_in(market), 4)], wave=wave)

        row = advance.confirm_part(part, by=CLOCK)

    assert row.accept_by == factories.at("2026-11-23 07:40", MEXICO)


def test_the_answer_leaves_time_to_prepare_before_the_pick_up(market):
    wave = factories.make_wave(market, starts_in=timedelta(minutes=50), cutoff_minutes=45)
    [part] = placed_parts([(listing_in(market, preparation_minutes=35), 4)], wave=wave)

    row = advance.confirm_part(part, by=CLOCK)

    assert row.accept_by == wave.starts_at - timedelta(minutes=35)


def test_confirming_twice_changes_nothing(market):
    [part] = placed_parts([(listing_in(market), 4)])
    row = advance.confirm_part(part, by=CLOCK)

    again = advance.confirm_part(part, by=CLOCK, now=timezone.now() + timedelta(minutes=5))

    assert (again.version, again.accept_by) == (row.version, row.accept_by)
    assert OutboxEvent.objects.filter(topic="stall_order_new").count() == 1


def test_money_for_an_expired_part_does_not_make_it_new_by_itself(market):
    [part] = placed_parts([(listing_in(market), 4)])
    advance.expire_part(part)

    with pytest.raises(IllegalTransition):
        advance.confirm_part(part, by=CLOCK)

    assert fresh(part).state == S.EXPIRED


def test_a_stall_that_accepts_by_itself_has_accepted(market):
    [part] = placed_parts([(listing_in(market, auto_accept=True), 4)])

    row = advance.confirm_part(part, by=CLOCK)

    assert (row.state, row.undo_until) == (S.ACCEPTED, None)


def test_the_number_of_statements_does_not_grow_with_the_stalls(market):
    wave = factories.make_wave(market)

    def statements(stalls):
        parts = placed_parts([(listing_in(market), 1) for _ in range(stalls)], wave=wave)
        with CaptureQueriesContext(connection) as counted:
            advance.confirm_parts(parts, by=CLOCK)
        return len(counted)

    assert statements(2) == statements(7)


def test_expiring_frees_goods_hold_and_place_and_tells_the_shopper_once(market):
    wave = factories.make_wave(market, capacity=1)
    listings = [listing_in(market), listing_in(market)]
    parts = placed_parts([(listing, 4) for listing in listings], wave=wave)

    rows = advance.expire_parts(parts)

    assert [row.state for row in rows] == [S.EXPIRED, S.EXPIRED]
    assert {row.amount_due for row in rows} == {0}
    record = type(listings[0].stockrecord)
    assert list(record.objects.values_list("num_in_stock", "num_allocated")) == [(20, 0), (20, 0)]
    assert not StockHold.objects.exists()
    assert wave.places.get().hand_over is None
    assert HandOver.objects.get().state == HandOverState.EXPIRED
    assert OutboxEvent.objects.filter(topic="order_expired").count() == 1
