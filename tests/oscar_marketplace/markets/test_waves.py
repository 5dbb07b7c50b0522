"""Pick-up times are made once per rule and day, and offered only while an order can still be made ready."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import SYSTEM, Actor
from oscar_marketplace.markets.models import Closure, OpeningRule, Wave, WavePlace, WaveRule
from oscar_marketplace.markets.waves import (
    close_wave,
    generate_waves,
    reopen_wave,
    waves_on_offer,
    waves_on_offer_by_market,
)
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.test import factories
from oscar_marketplace.test.factories import at

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
MEXICO = ZoneInfo("America/Mexico_City")
#: A Monday, before anything begins.
MONDAY = at("2026-11-23 06:00", MEXICO)


@pytest.fixture
def market():
    return factories.make_market()


def add_rule(market, days="1234567", starts="10:00", ends="12:00", **kwargs):
    return [
        WaveRule.objects.create(
            market=market, weekday=int(day), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), **kwargs
        )
        for day in days
    ]


def told(waves, zone=MEXICO):
    return [f"{wave.starts_at.astimezone(zone):%a %H:%M}–{wave.ends_at.astimezone(zone):%H:%M}" for wave in waves]


def take_place(wave):
    order = get_model("order", "Order").objects.create(
        number=f"W{WavePlace.objects.count()}-{HandOver.objects.count()}", total_incl_tax=1, total_excl_tax=1
    )
    hand_over = HandOver.objects.create(order=order, market=wave.market, wave=wave, code="ABC234")
    place = wave.places.filter(hand_over=None).first()
    place.hand_over = hand_over
    place.save()


class TestMaking:
    def test_today_and_the_next_days(self, market):
        add_rule(market, "13", cutoff_minutes=60)

        made = generate_waves(market, now=MONDAY, days=3)

        assert made == 2
        assert told(Wave.objects.all()) == ["Mon 10:00–12:00", "Wed 10:00–12:00"]
        assert Wave.objects.first().cutoff_at == at("2026-11-23 09:00", MEXICO)

    @pytest.mark.parametrize(("days", "made"), [(0, 1), (1, 2), (7, 8)])
    def test_how_far_ahead(self, market, days, made):
        add_rule(market)

        assert generate_waves(market, now=MONDAY, days=days) == made

    def test_how_far_ahead_by_default_is_a_setting(self, market, settings):
        settings.OSCAR_MARKETPLACE_WAVE_DAYS = 5
        add_rule(market)

        assert generate_waves(market, now=MONDAY) == 6

    def test_again_makes_nothing_new(self, market):
        add_rule(market, capacity=3)
        generate_waves(market, now=MONDAY, days=3)

        again = generate_waves(market, now=MONDAY + timedelta(minutes=5), days=3)

        assert again == 0
        assert Wave.objects.count() == 4
        assert WavePlace.objects.count() == 12

    def test_the_next_day_adds_the_day_that_came_into_reach(self, market):
        add_rule(market)
        generate_waves(market, now=MONDAY, days=1)

        generate_waves(market, now=MONDAY + timedelta(days=1), days=1)

        assert told(Wave.objects.all()) == ["Mon 10:00–12:00", "Tue 10:00–12:00", "Wed 10:00–12:00"]

    @pytest.mark.parametrize("capacity", [None, 0, 3])
    def test_places_are_rows_and_no_limit_has_none(self, market, capacity):
        add_rule(market, "1", capacity=capacity)

        generate_waves(market, now=MONDAY, days=0)

        wave = Wave.objects.get()
        assert wave.is_limited is (capacity is not None)
        assert wave.places.count() == (capacity or 0)

    def test_a_rule_that_is_changed_acts_from_the_first_day_without_its_wave(self, market):
        (rule,) = add_rule(market, "1", capacity=2)
        generate_waves(market, now=MONDAY, days=3)
        rule.starts, rule.ends, rule.capacity = time(11), time(13), 5
        rule.save()

        generate_waves(market, now=MONDAY, days=7)

        assert told(Wave.objects.all()) == ["Mon 10:00–12:00", "Mon 11:00–13:00"]
        assert [wave.places.count() for wave in Wave.objects.all()] == [2, 5]
        assert [wave.starts_at.astimezone(MEXICO).day for wave in Wave.objects.all()] == [23, 30]

    def test_a_rule_that_is_deleted_and_written_again_doubles_nothing(self, market):
        (rule,) = add_rule(market, "1")
        generate_waves(market, now=MONDAY, days=0)
        rule.delete()
        add_rule(market, "1", capacity=4)

        made = generate_waves(market, now=MONDAY, days=0)

        assert made == 0
        assert WavePlace.objects.count() == 0

    def test_a_wave_made_by_hand_is_left_alone(self, market):
        special = Wave.objects.create(
            market=market,
            starts_at=at("2026-11-23 10:00", MEXICO),
            ends_at=at("2026-11-23 10:30", MEXICO),
            cutoff_at=at("2026-11-23 08:00", MEXICO),
        )
        add_rule(market, "1", capacity=4)
        add_rule(market, "1", "16:00", "17:00")

        generate_waves(market, now=MONDAY, days=0)

        special.refresh_from_db()
        assert told([special]) == ["Mon 10:00–10:30"]
        assert special.places.count() == 0
        assert told(Wave.objects.all()) == ["Mon 10:00–10:30", "Mon 16:00–17:00"]

    def test_two_rules_may_overlap(self, market):
        add_rule(market, "1", "10:00", "12:00")
        add_rule(market, "1", "11:00", "13:00")

        generate_waves(market, now=MONDAY, days=0)

        assert told(Wave.objects.all()) == ["Mon 10:00–12:00", "Mon 11:00–13:00"]

    def test_nothing_is_made_whose_cutoff_has_passed(self, market):
        add_rule(market, "1", cutoff_minutes=90)

        assert generate_waves(market, now=at("2026-11-23 08:30", MEXICO), days=0) == 0
        assert generate_waves(market, now=at("2026-11-23 08:29", MEXICO), days=0) == 1

    def test_nothing_is_made_while_the_market_is_closed_and_it_comes_back_with_the_market(self, market):
        add_rule(market, "1")
        closure = Closure.objects.create(
            market=market, starts_at=at("2026-11-23 00:00", MEXICO), ends_at=at("2026-11-24 00:00", MEXICO)
        )

        while_closed = generate_waves(market, now=MONDAY, days=0)
        closure.delete()
        after = generate_waves(market, now=MONDAY, days=0)

        assert (while_closed, after) == (0, 1)

    def test_nothing_is_made_on_a_day_without_opening_hours(self):
        market = factories.make_market(always_open=False)
        OpeningRule.objects.create(market=market, weekday=7, opens=time(6), closes=time(14))
        add_rule(market, "67", "10:00", "12:00")

        generate_waves(market, now=MONDAY, days=7)

        assert told(Wave.objects.all()) == ["Sun 10:00–12:00"]

    def test_a_market_that_never_said_its_hours_is_believed(self):
        market = factories.make_market(always_open=False)
        add_rule(market, "1")

        assert generate_waves(market, now=MONDAY, days=0) == 1

    def test_wall_times_hold_across_a_change_of_the_clocks(self):
        market = factories.make_market(time_zone="Europe/Madrid")
        add_rule(market, "67", cutoff_minutes=60)

        generate_waves(market, now=at("2026-10-24 06:00", MADRID), days=1)

        assert [wave.starts_at for wave in Wave.objects.all()] == [
            datetime(2026, 10, 24, 8, tzinfo=UTC),
            datetime(2026, 10, 25, 9, tzinfo=UTC),
        ]

    def test_a_wave_the_jump_of_the_clocks_swallows_is_left_out(self):
        market = factories.make_market(time_zone="Europe/Madrid")
        add_rule(market, "7", "02:30", "03:15")

        assert generate_waves(market, now=at("2026-03-28 06:00", MADRID), days=1) == 0

    def test_looking_again_takes_four_statements_however_much_there_is(self, market, django_assert_num_queries):
        add_rule(market)
        add_rule(market, starts="15:00", ends="17:00", capacity=30)
        generate_waves(market, now=MONDAY, days=5)

        with django_assert_num_queries(4):
            generate_waves(market, now=MONDAY, days=5)


class TestOffering:
    def test_soonest_first_with_the_places_left(self, market):
        later = factories.make_wave(market, starts_in=timedelta(hours=8))
        limited = factories.make_wave(market, starts_in=timedelta(hours=4), capacity=3)
        take_place(limited)

        offers = waves_on_offer(market, now=datetime.now(UTC))

        assert [offer.wave for offer in offers] == [limited, later]
        assert [offer.places_left for offer in offers] == [2, None]
        assert [offer.is_full for offer in offers] == [False, False]

    def test_a_full_wave_is_shown_as_full(self, market):
        wave = factories.make_wave(market, capacity=1)
        take_place(wave)

        (offer,) = waves_on_offer(market, now=datetime.now(UTC))

        assert offer.places_left == 0
        assert offer.is_full

    def test_a_limit_of_no_places_is_full(self, market):
        factories.make_wave(market, capacity=0)

        assert [offer.is_full for offer in waves_on_offer(market, now=datetime.now(UTC))] == [True]

    def test_at_the_cutoff_it_is_too_late(self, market):
        wave = factories.make_wave(market)

        assert waves_on_offer(market, now=wave.cutoff_at - timedelta(seconds=1))
        assert not waves_on_offer(market, now=wave.cutoff_at)

    def test_two_overlapping_waves_are_both_offered(self, market):
        first = factories.make_wave(market, starts_in=timedelta(hours=4), hours=3)
        second = factories.make_wave(market, starts_in=timedelta(hours=5), hours=3)

        assert [offer.wave for offer in waves_on_offer(market, now=datetime.now(UTC))] == [first, second]

    @pytest.mark.parametrize(
        ("starts", "ends", "offered"),
        [(-60, 600, False), (-30, 1, False), (119, 180, False), (-60, 0, True), (120, 180, True)],
    )
    def test_a_wave_that_a_later_closure_touches_is_not_offered(self, market, starts, ends, offered):
        wave = factories.make_wave(market, hours=2)
        Closure.objects.create(
            market=market,
            starts_at=wave.starts_at + timedelta(minutes=starts),
            ends_at=wave.starts_at + timedelta(minutes=ends),
        )

        assert bool(waves_on_offer(market, now=datetime.now(UTC))) is offered

    def test_another_markets_closure_does_not_count(self, market):
        wave = factories.make_wave(market)
        Closure.objects.create(market=factories.make_market(), starts_at=wave.starts_at, ends_at=wave.ends_at)

        assert waves_on_offer(market, now=datetime.now(UTC))

    def test_one_in_some_weeks_is_not_offered_yet(self, market):
        wave = factories.make_wave(market, starts_in=timedelta(days=20))

        assert not waves_on_offer(market, now=datetime.now(UTC))
        assert waves_on_offer(market, now=wave.starts_at - timedelta(days=3))

    def test_a_wave_the_market_closed_is_not_offered_until_it_is_reopened(self, market):
        wave = factories.make_wave(market)
        manager = Actor("city", factories.make_user().pk)

        close_wave(wave, by=manager, reason="The desk is alone")
        while_closed = waves_on_offer(market, now=datetime.now(UTC))
        reopen_wave(wave, by=manager)

        assert while_closed == []
        assert len(waves_on_offer(market, now=datetime.now(UTC))) == 1
        acts = AuditEntry.objects.filter(target=f"wave:{wave.pk}").values_list("verb", "actor", "reason")
        assert list(acts) == [
            ("close_wave", manager.user_id, "The desk is alone"),
            ("reopen_wave", manager.user_id, ""),
        ]

    def test_closing_twice_is_one_act(self, market):
        wave = factories.make_wave(market)

        close_wave(wave, by=SYSTEM, reason="Rain")
        close_wave(wave, by=SYSTEM, reason="Rain")

        assert AuditEntry.objects.filter(verb="close_wave").count() == 1

    @pytest.mark.parametrize("count", [1, 8])
    def test_one_statement_for_any_number_of_markets(self, count, django_assert_num_queries):
        markets = [factories.make_market() for _ in range(count)]
        for market in markets:
            take_place(factories.make_wave(market, capacity=2))
            factories.make_wave(market, starts_in=timedelta(hours=9))

        with django_assert_num_queries(1):
            offers = waves_on_offer_by_market(markets, now=datetime.now(UTC))
            names = {offer.wave.market.name for each in offers.values() for offer in each}

        assert len(names) == count
        assert all([offer.places_left for offer in each] == [1, None] for each in offers.values())

    def test_a_market_without_waves_offers_none(self, market, django_assert_num_queries):
        assert waves_on_offer(market, now=datetime.now(UTC)) == []
        with django_assert_num_queries(0):
            assert waves_on_offer_by_market([], now=datetime.now(UTC)) == {}
