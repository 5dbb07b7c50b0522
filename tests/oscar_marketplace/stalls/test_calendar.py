"""When and where a stall is open: its places within the markets' hours."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest

from oscar_marketplace.markets.models import Closure, Market, OpeningRule, Pitch
from oscar_marketplace.stalls.calendar import (
    is_open,
    next_opening,
    open_until,
    opening_of_stalls,
    pitches_on,
    stall_markets_on,
)
from oscar_marketplace.stalls.models import Stall, StallClosure, StallPitch
from oscar_marketplace.test import factories
from oscar_marketplace.test.factories import at

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
MEXICO = ZoneInfo("America/Mexico_City")


@pytest.fixture
def operator():
    return factories.make_operator()


def make_market(operator, days="1234567", opens="07:00", closes="15:00", **kwargs):
    market = factories.make_market(operator=operator, always_open=False, **kwargs)
    OpeningRule.objects.bulk_create(
        OpeningRule(market=market, weekday=int(day), opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))
        for day in days
    )
    return market


def make_stall(market, **place):
    """A stall with one place in a market; ``place`` narrows it."""
    stall = factories.make_stall(market=market)
    narrow(stall.places.get(), **place)
    return stall


def narrow(place, **values):
    for name in ("opens", "closes"):
        if name in values:
            values[name] = time.fromisoformat(values[name])
    StallPitch.objects.filter(pk=place.pk).update(**values)


def add_place(stall, market, **values):
    place = StallPitch.objects.create(
        stall=stall, pitch=Pitch.objects.create(market=market, number=f"S{stall.pk}-{StallPitch.objects.count()}")
    )
    narrow(place, **values)
    return place


def opening(stall, moment, zone=MEXICO):
    return opening_of_stalls([stall], at=at(moment, zone))[stall.pk]


def local(moment, zone=MEXICO):
    return None if moment is None else f"{moment.astimezone(zone):%a %H:%M}"


# 2026-11-23 is a Monday.


class TestHours:
    def test_a_stall_has_its_markets_hours(self, operator):
        stall = make_stall(make_market(operator))

        found = opening(stall, "2026-11-23 10:00")

        assert found.is_open
        assert local(found.until) == "Mon 15:00"
        assert local(found.next) == "Tue 07:00"
        assert found.pitch == stall.places.get().pitch
        assert found.market == found.pitch.market

    @pytest.mark.parametrize(
        ("narrowed", "opens", "closes"),
        [
            ({"opens": "09:00", "closes": "13:00"}, "09:00", "13:00"),
            ({"opens": "09:00"}, "09:00", "15:00"),
            ({"closes": "13:00"}, "07:00", "13:00"),
            ({"opens": "05:00", "closes": "22:00"}, "07:00", "15:00"),
            ({"opens": "05:00"}, "07:00", "15:00"),
            ({"closes": "22:00"}, "07:00", "15:00"),
        ],
    )
    def test_hours_of_a_place_narrow_the_markets_and_never_widen_them(self, operator, narrowed, opens, closes):
        stall = make_stall(make_market(operator), **narrowed)

        found = opening(stall, "2026-11-23 06:00")

        assert not found.is_open
        assert local(found.next) == f"Mon {opens}"
        assert local(open_until(stall, at=found.next)) == f"Mon {closes}"

    @pytest.mark.parametrize(
        ("narrowed", "opens", "closes"),
        [
            ({}, "Sat 18:00", "Sun 02:00"),
            ({"opens": "20:00"}, "Sat 20:00", "Sun 02:00"),
            ({"closes": "01:00"}, "Sat 18:00", "Sun 01:00"),
            ({"closes": "23:00"}, "Sat 18:00", "Sat 23:00"),
            ({"opens": "20:00", "closes": "01:00"}, "Sat 20:00", "Sun 01:00"),
            ({"opens": "00:30"}, "Sun 00:30", "Sun 02:00"),
            ({"opens": "00:30", "closes": "01:30"}, "Sun 00:30", "Sun 01:30"),
        ],
    )
    def test_past_midnight_it_is_still_the_place_of_the_evening_before(self, operator, narrowed, opens, closes):
        night_market = make_market(operator, "67", "18:00", "02:00")
        stall = make_stall(night_market, weekdays="6", **narrowed)

        found = opening(stall, "2026-11-28 12:00")

        assert local(found.next) == opens
        assert local(open_until(stall, at=found.next)) == closes
        assert not is_open(stall, at=at("2026-11-29 20:30", MEXICO))

    def test_a_market_around_the_clock_leaves_a_place_its_own_hours(self, operator):
        stall = make_stall(make_market(operator, opens="08:00", closes="08:00"), opens="06:00", closes="10:00")

        found = opening(stall, "2026-11-23 07:00")

        assert found.is_open
        assert local(found.until) == "Mon 10:00"
        assert local(found.next) == "Tue 06:00"

    def test_hours_keep_their_wall_time_when_the_clocks_change(self, operator):
        market = make_market(operator, time_zone="Europe/Madrid")
        stall = make_stall(market, opens="09:00", closes="13:00")

        for day in ("2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"):
            found = opening(stall, f"{day} 08:00", MADRID)
            assert found.next == at(f"{day} 09:00", MADRID)
            assert open_until(stall, at=found.next) == at(f"{day} 13:00", MADRID)

    def test_two_places_side_by_side_are_one_stall(self, operator):
        market = make_market(operator)
        stall = make_stall(market, closes="12:00")
        second = add_place(stall, market, opens="10:00")

        assert local(open_until(stall, at=at("2026-11-23 08:00", MEXICO))) == "Mon 15:00"
        assert opening(stall, "2026-11-23 14:00").pitch == second.pitch


class TestDays:
    def test_a_place_holds_on_its_weekdays(self, operator):
        stall = make_stall(make_market(operator), weekdays="13")

        assert is_open(stall, at=at("2026-11-23 10:00", MEXICO))
        assert not is_open(stall, at=at("2026-11-24 10:00", MEXICO))
        assert local(next_opening(stall, after=at("2026-11-24 10:00", MEXICO))) == "Wed 07:00"

    def test_a_place_holds_from_and_until_its_days_both_included(self, operator):
        stall = make_stall(make_market(operator), valid_from=date(2026, 11, 24), valid_until=date(2026, 11, 25))

        opened = [is_open(stall, at=at(f"2026-11-{day} 10:00", MEXICO)) for day in (23, 24, 25, 26)]

        assert opened == [False, True, True, False]
        assert next_opening(stall, after=at("2026-11-25 15:00", MEXICO)) is None

    def test_market_days_of_an_open_air_market(self, operator):
        tianguis = make_market(operator, "7", kind=Market.Kind.STREET)
        stall = make_stall(tianguis)

        assert local(opening(stall, "2026-11-23 10:00").next) == "Sun 07:00"
        assert pitches_on(stall, day=date(2026, 11, 23)) == []
        assert stall_markets_on(stall, day=date(2026, 11, 29)) == [tianguis]

    def test_one_stall_in_two_street_markets_on_two_weekdays(self, operator):
        tuesdays = make_market(operator, "2", kind=Market.Kind.STREET)
        sundays = make_market(operator, "7", "06:00", "14:00", kind=Market.Kind.STREET)
        stall = make_stall(tuesdays)
        on_sunday = add_place(stall, sundays)

        monday, tuesday, sunday = (opening(stall, f"2026-11-{day} 10:00") for day in (23, 24, 29))

        assert (monday.is_open, local(monday.next), monday.market) == (False, "Tue 07:00", tuesdays)
        assert (tuesday.is_open, local(tuesday.next), tuesday.market) == (True, "Sun 06:00", tuesdays)
        assert (sunday.is_open, sunday.market, sunday.pitch) == (True, sundays, on_sunday.pitch)
        assert stall_markets_on(stall, day=date(2026, 11, 24)) == [tuesdays]
        assert stall_markets_on(stall, day=date(2026, 11, 29)) == [sundays]
        assert stall_markets_on(stall, day=date(2026, 11, 25)) == []

    def test_two_places_in_one_market_are_two_pitches_and_one_market(self, operator):
        market = make_market(operator)
        stall = make_stall(market)
        second = add_place(stall, market)

        assert pitches_on(stall, day=date(2026, 11, 23)) == [stall.places.first().pitch, second.pitch]
        assert stall_markets_on(stall, day=date(2026, 11, 23)) == [market]

    def test_markets_in_two_zones(self, operator):
        here = make_market(operator, "1")
        there = make_market(operator, "2", time_zone="Europe/Madrid")
        stall = make_stall(here)
        add_place(stall, there)

        found = opening(stall, "2026-11-23 16:00")

        assert found.next == at("2026-11-24 07:00", MADRID)
        assert found.market == there


class TestClosures:
    def test_the_markets_closure_closes_the_stall(self, operator):
        market = make_market(operator)
        stall = make_stall(market)
        Closure.objects.create(
            market=market, starts_at=at("2026-11-23 12:00", MEXICO), ends_at=at("2026-11-24 12:00", MEXICO)
        )

        assert local(open_until(stall, at=at("2026-11-23 10:00", MEXICO))) == "Mon 12:00"
        assert local(next_opening(stall, after=at("2026-11-23 10:00", MEXICO))) == "Tue 12:00"

    def test_in_two_markets_a_closure_of_one_leaves_the_other(self, operator):
        first, second = make_market(operator), make_market(operator)
        stall = make_stall(first)
        add_place(stall, second)
        Closure.objects.create(
            market=first, starts_at=at("2026-11-23 00:00", MEXICO), ends_at=at("2026-11-24 00:00", MEXICO)
        )

        assert opening(stall, "2026-11-23 10:00").market == second
        assert stall_markets_on(stall, day=date(2026, 11, 23)) == [second]

    def test_a_day_off_of_the_stall(self, operator):
        stall = make_stall(make_market(operator))
        other = make_stall(make_market(operator))
        StallClosure.objects.create(
            stall=stall, starts_at=at("2026-11-23 00:00", MEXICO), ends_at=at("2026-11-24 09:00", MEXICO)
        )

        assert local(opening(stall, "2026-11-23 10:00").next) == "Tue 09:00"
        assert pitches_on(stall, day=date(2026, 11, 23)) == []
        assert pitches_on(stall, day=date(2026, 11, 24)) != []
        assert is_open(other, at=at("2026-11-23 10:00", MEXICO))

    def test_until_further_notice(self, operator):
        stall = make_stall(make_market(operator))
        StallClosure.objects.create(stall=stall, starts_at=at("2026-11-23 12:00", MEXICO))

        found = opening(stall, "2026-11-23 10:00")

        assert (found.is_open, local(found.until), found.next) == (True, "Mon 12:00", None)
        assert (
            opening(stall, "2026-11-23 13:00")
            == opening_of_stalls([stall], at=at("2026-12-23 13:00", MEXICO))[stall.pk]
        )
        assert not is_open(stall, at=at("2026-12-23 10:00", MEXICO))

    @pytest.mark.parametrize("state", ["draft", "submitted", "rejected", "paused", "suspended", "closed"])
    def test_a_stall_that_is_not_approved_is_not_open(self, operator, state):
        stall = make_stall(make_market(operator))
        Stall.objects.filter(pk=stall.pk).update(state=state)
        stall = Stall.objects.get(pk=stall.pk)

        found = opening(stall, "2026-11-23 10:00")

        assert (found.is_open, found.until, found.next, found.market) == (False, None, None, None)

    def test_without_a_place_it_is_not_open(self, operator):
        stall = make_stall(make_market(operator))
        stall.places.all().delete()

        assert not opening(stall, "2026-11-23 10:00").is_open


class TestStatements:
    @pytest.mark.parametrize("count", [1, 15])
    def test_a_list_takes_four_however_many_stalls_and_markets(self, operator, count, django_assert_num_queries):
        for _ in range(count):
            stall = make_stall(make_market(operator))
            add_place(stall, make_market(operator, time_zone="Europe/Madrid"))
            StallClosure.objects.create(stall=stall, starts_at=at("2026-12-01 00:00", MEXICO))
        stalls = list(Stall.objects.all())

        with django_assert_num_queries(4):
            openings = opening_of_stalls(stalls, at=at("2026-11-23 10:00", MEXICO))
            names = {(each.market.name, each.pitch.number, each.market.zone) for each in openings.values()}

        assert len(names) == count
        assert all(each.is_open for each in openings.values())

    def test_no_stall_takes_none(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert opening_of_stalls([], at=at("2026-11-23 10:00", MEXICO)) == {}

    def test_any_iterable_will_do(self, operator):
        stall = make_stall(make_market(operator))

        assert opening_of_stalls(iter([stall]), at=at("2026-11-23 10:00", MEXICO))[stall.pk].is_open
