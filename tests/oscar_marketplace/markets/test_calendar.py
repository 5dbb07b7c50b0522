"""When a market is open, in zones that change their clocks and in zones that do not."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from oscar_marketplace.markets.calendar import (
    closes_at,
    is_open,
    next_opening,
    opening_intervals,
    opening_of_markets,
    week_hours,
)
from oscar_marketplace.markets.models import Closure, Market, OpeningRule
from oscar_marketplace.test import factories
from oscar_marketplace.test.factories import at

pytestmark = pytest.mark.django_db

MADRID = ZoneInfo("Europe/Madrid")
MEXICO = ZoneInfo("America/Mexico_City")


def make_market(*rules, zone="America/Mexico_City", **kwargs):
    """A market with rules like ``("12345", "07:00", "15:00")``."""
    market = factories.make_market(always_open=False, time_zone=zone, **kwargs)
    for days, opens, closes, *validity in rules:
        add_rule(market, days, opens, closes, *validity)
    return market


def add_rule(market, days, opens, closes, valid_from=None, valid_until=None):
    for day in days:
        OpeningRule.objects.create(
            market=market,
            weekday=int(day),
            opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes),
            valid_from=valid_from,
            valid_until=valid_until,
        )


def close(market, start, end, reason="", zone=MEXICO):
    Closure.objects.create(market=market, starts_at=at(start, zone), ends_at=at(end, zone), reason=reason)


def spans(market, first, last, zone=MEXICO):
    """Open spans between two local moments, as local texts."""
    found = opening_intervals(market, start=at(first, zone), end=at(last, zone))
    return [tuple(f"{moment.astimezone(zone):%a %H:%M}" for moment in span) for span in found]


# 2026-11-23 is a Monday.


def test_weekly_hours_become_spans_in_utc():
    market = make_market(("12345", "07:00", "15:00"))

    found = opening_intervals(market, start=at("2026-11-23 00:00", MEXICO), end=at("2026-11-25 00:00", MEXICO))

    assert found == [
        (datetime(2026, 11, 23, 13, tzinfo=UTC), datetime(2026, 11, 23, 21, tzinfo=UTC)),
        (datetime(2026, 11, 24, 13, tzinfo=UTC), datetime(2026, 11, 24, 21, tzinfo=UTC)),
    ]
    assert all(moment.utcoffset() == timedelta(0) for span in found for moment in span)


def test_spans_are_clipped_to_what_was_asked():
    market = make_market(("1", "07:00", "15:00"))

    assert spans(market, "2026-11-23 09:00", "2026-11-23 11:00") == [("Mon 09:00", "Mon 11:00")]


def test_two_rules_of_a_day_with_a_siesta_between():
    market = make_market(("1", "07:00", "13:00"), ("1", "16:00", "20:00"))

    assert spans(market, "2026-11-23 00:00", "2026-11-24 00:00") == [
        ("Mon 07:00", "Mon 13:00"),
        ("Mon 16:00", "Mon 20:00"),
    ]


def test_overlapping_and_touching_rules_are_one_span():
    market = make_market(("1", "07:00", "12:00"), ("1", "11:00", "14:00"), ("1", "14:00", "16:00"))

    assert spans(market, "2026-11-23 00:00", "2026-11-24 00:00") == [("Mon 07:00", "Mon 16:00")]


def test_hours_past_midnight_belong_to_the_day_they_began():
    market = make_market(("6", "18:00", "02:00"))

    assert spans(market, "2026-11-28 00:00", "2026-11-30 00:00") == [("Sat 18:00", "Sun 02:00")]
    assert is_open(market, at=at("2026-11-29 01:59", MEXICO))
    assert not is_open(market, at=at("2026-11-29 02:00", MEXICO))
    assert not is_open(market, at=at("2026-11-28 01:00", MEXICO))
    assert closes_at(market, at=at("2026-11-29 01:00", MEXICO)) == at("2026-11-29 02:00", MEXICO)


def test_around_the_clock_is_one_span_and_never_closes():
    market = make_market(("1234567", "00:00", "00:00"))
    moment = at("2026-11-23 10:00", MEXICO)

    assert spans(market, "2026-11-23 10:00", "2026-11-27 10:00") == [("Mon 10:00", "Fri 10:00")]
    assert is_open(market, at=moment)
    assert closes_at(market, at=moment) is None


def test_it_is_open_at_the_moment_of_opening_and_closed_at_that_of_closing():
    market = make_market(("1", "07:00", "15:00"))

    assert not is_open(market, at=at("2026-11-23 06:59", MEXICO))
    assert is_open(market, at=at("2026-11-23 07:00", MEXICO))
    assert not is_open(market, at=at("2026-11-23 15:00", MEXICO))
    assert closes_at(market, at=at("2026-11-23 15:00", MEXICO)) is None


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ("10:00", "11:00", [("Mon 07:00", "Mon 10:00"), ("Mon 11:00", "Mon 15:00")]),
        ("06:00", "08:00", [("Mon 08:00", "Mon 15:00")]),
        ("14:00", "18:00", [("Mon 07:00", "Mon 14:00")]),
        ("07:00", "15:00", []),
        ("15:00", "18:00", [("Mon 07:00", "Mon 15:00")]),
    ],
)
def test_a_closure_cuts_the_hours(start, end, left):
    market = make_market(("1", "07:00", "15:00"))
    close(market, f"2026-11-23 {start}", f"2026-11-23 {end}")

    assert spans(market, "2026-11-23 00:00", "2026-11-24 00:00") == left


def test_overlapping_closures_cut_once():
    market = make_market(("1", "07:00", "15:00"))
    close(market, "2026-11-23 09:00", "2026-11-23 12:00")
    close(market, "2026-11-23 10:00", "2026-11-23 11:00")
    close(market, "2026-11-23 11:30", "2026-11-23 13:00")

    assert spans(market, "2026-11-23 00:00", "2026-11-24 00:00") == [
        ("Mon 07:00", "Mon 09:00"),
        ("Mon 13:00", "Mon 15:00"),
    ]


def test_a_closure_of_days_is_jumped_over():
    market = make_market(("1234567", "07:00", "15:00"))
    close(market, "2026-11-23 12:00", "2026-11-27 09:00")

    assert closes_at(market, at=at("2026-11-23 11:00", MEXICO)) == at("2026-11-23 12:00", MEXICO)
    assert next_opening(market, after=at("2026-11-23 13:00", MEXICO)) == at("2026-11-27 09:00", MEXICO)


def test_an_open_air_market_opens_on_its_market_days_only():
    tianguis = make_market(("7", "06:00", "14:00"), kind=Market.Kind.STREET)

    assert spans(tianguis, "2026-11-23 00:00", "2026-12-07 00:00") == [
        ("Sun 06:00", "Sun 14:00"),
        ("Sun 06:00", "Sun 14:00"),
    ]
    assert next_opening(tianguis, after=at("2026-11-29 06:00", MEXICO)) == at("2026-12-06 06:00", MEXICO)


def test_rules_hold_from_and_until_their_days_both_included():
    market = make_market(
        ("1234567", "07:00", "15:00", None, date(2026, 11, 24)),
        ("1234567", "09:00", "13:00", date(2026, 11, 25), None),
    )

    assert spans(market, "2026-11-24 00:00", "2026-11-26 00:00") == [
        ("Tue 07:00", "Tue 15:00"),
        ("Wed 09:00", "Wed 13:00"),
    ]


def test_a_market_without_hours_is_closed_and_opens_never():
    market = make_market()
    moment = at("2026-11-23 10:00", MEXICO)

    assert spans(market, "2026-11-23 00:00", "2026-12-23 00:00") == []
    assert not is_open(market, at=moment)
    assert closes_at(market, at=moment) is None
    assert next_opening(market, after=moment) is None


def test_an_opening_more_than_14_days_away_is_not_announced():
    market = make_market(("1", "07:00", "15:00", date(2026, 12, 14), None))

    assert next_opening(market, after=at("2026-11-23 10:00", MEXICO)) is None
    assert next_opening(market, after=at("2026-12-01 10:00", MEXICO)) == at("2026-12-14 07:00", MEXICO)


def test_the_market_has_its_own_zone_or_the_operators():
    operator = factories.make_operator(time_zone="America/Tijuana")
    of_operator = make_market(("1", "07:00", "15:00"), zone="", operator=operator)
    own = make_market(("1", "07:00", "15:00"), zone="America/Mexico_City", operator=operator)
    seven_in_mexico = at("2026-11-23 07:00", MEXICO)

    assert is_open(own, at=seven_in_mexico)
    assert not is_open(of_operator, at=seven_in_mexico)
    assert next_opening(of_operator, after=seven_in_mexico) == at("2026-11-23 07:00", ZoneInfo("America/Tijuana"))


class TestClocksGoForward:
    """Madrid, Sunday 2026-03-29: after 01:59 comes 03:00."""

    def test_hours_keep_their_wall_time_and_the_night_is_an_hour_shorter(self):
        market = make_market(("67", "09:00", "14:00"), zone="Europe/Madrid")

        found = opening_intervals(market, start=at("2026-03-28 00:00", MADRID), end=at("2026-03-30 00:00", MADRID))

        assert found == [
            (datetime(2026, 3, 28, 8, tzinfo=UTC), datetime(2026, 3, 28, 13, tzinfo=UTC)),
            (datetime(2026, 3, 29, 7, tzinfo=UTC), datetime(2026, 3, 29, 12, tzinfo=UTC)),
        ]

    def test_a_night_across_the_jump_is_an_hour_shorter(self):
        market = make_market(("6", "22:00", "04:00"), zone="Europe/Madrid")

        ((opens, closes),) = opening_intervals(
            market, start=at("2026-03-28 12:00", MADRID), end=at("2026-03-29 12:00", MADRID)
        )

        assert closes - opens == timedelta(hours=5)

    def test_a_time_that_does_not_exist_moves_on_by_the_hour_that_is_missing(self):
        market = make_market(("6", "22:00", "02:30"), zone="Europe/Madrid")

        assert closes_at(market, at=at("2026-03-28 23:00", MADRID)) == at("2026-03-29 03:30", MADRID)

    def test_a_span_that_the_jump_swallows_is_left_out(self):
        # 02:30 is read as 03:30, which is after the closing time.
        market = make_market(("7", "02:30", "03:15"), zone="Europe/Madrid")

        assert spans(market, "2026-03-29 00:00", "2026-03-30 00:00", MADRID) == []
        assert spans(market, "2026-04-05 00:00", "2026-04-06 00:00", MADRID) == [("Sun 02:30", "Sun 03:15")]

    def test_the_day_of_23_hours_leaves_no_gap_around_the_clock(self):
        market = make_market(("1234567", "00:00", "00:00"), zone="Europe/Madrid")

        ((opens, closes),) = opening_intervals(
            market, start=at("2026-03-29 00:00", MADRID), end=at("2026-03-30 00:00", MADRID)
        )

        assert closes - opens == timedelta(hours=23)


class TestClocksGoBack:
    """Madrid, Sunday 2026-10-25: 02:00 to 02:59 comes twice."""

    def test_hours_keep_their_wall_time(self):
        market = make_market(("67", "09:00", "14:00"), zone="Europe/Madrid")

        found = opening_intervals(market, start=at("2026-10-24 00:00", MADRID), end=at("2026-10-26 00:00", MADRID))

        assert [opens for opens, _ in found] == [
            datetime(2026, 10, 24, 7, tzinfo=UTC),
            datetime(2026, 10, 25, 8, tzinfo=UTC),
        ]

    def test_a_night_across_it_is_an_hour_longer(self):
        market = make_market(("6", "22:00", "04:00"), zone="Europe/Madrid")

        ((opens, closes),) = opening_intervals(
            market, start=at("2026-10-24 12:00", MADRID), end=at("2026-10-25 12:00", MADRID)
        )

        assert closes - opens == timedelta(hours=7)

    def test_of_a_time_that_comes_twice_the_first_counts(self):
        market = make_market(("6", "22:00", "02:30"), zone="Europe/Madrid")
        first, second = at("2026-10-25 02:15", MADRID), at("2026-10-25 02:15", MADRID).replace(fold=1)

        assert is_open(market, at=first)
        assert not is_open(market, at=second)


def test_a_zone_without_dst_keeps_one_offset_all_year():
    market = make_market(("7", "09:00", "14:00"))

    opens = {
        opening_intervals(market, start=at(f"2026-{day} 00:00", MEXICO), end=at(f"2026-{day} 23:59", MEXICO))[0][0].hour
        for day in ("03-29", "04-05", "06-28", "10-25", "11-01", "12-27")
    }

    assert opens == {15}


def test_local_moments_are_as_good_as_utc_across_a_change_of_the_clocks():
    market = make_market(("1234567", "00:00", "00:00"), zone="Europe/Madrid")
    close(market, "2026-10-26 00:00", "2026-10-27 00:00", zone=MADRID)
    local = at("2026-10-25 02:30", MADRID).replace(fold=1)

    assert closes_at(market, at=local) == closes_at(market, at=local.astimezone(UTC)) == at("2026-10-26 00:00", MADRID)


class TestTableOfHours:
    def test_monday_first_and_each_day_the_next_one(self):
        market = make_market(("12345", "07:00", "17:00"), ("7", "08:00", "14:00"))

        rows = week_hours(market, today=date(2026, 11, 26))

        assert [row.day.isoweekday() for row in rows] == [1, 2, 3, 4, 5, 6, 7]
        assert rows[3].day == date(2026, 11, 26)
        assert [row.is_today for row in rows] == [False, False, False, True, False, False, False]
        assert rows[0].day == date(2026, 11, 30)
        assert rows[0].hours == ((at("2026-11-30 07:00", MEXICO), at("2026-11-30 17:00", MEXICO)),)
        assert rows[5].hours == ()

    def test_times_are_told_in_the_markets_zone(self):
        market = make_market(("7", "08:00", "14:00"), zone="Europe/Madrid")

        ((opens, closes),) = week_hours(market, today=date(2026, 3, 29))[6].hours

        assert f"{opens:%H:%M} {closes:%H:%M}" == "08:00 14:00"

    def test_a_night_is_one_row_of_the_day_it_begins(self):
        market = make_market(("6", "18:00", "02:00"))

        rows = week_hours(market, today=date(2026, 11, 23))

        assert [len(row.hours) for row in rows] == [0, 0, 0, 0, 0, 1, 0]

    def test_a_closure_takes_the_hours_away_and_says_why(self):
        market = make_market(("1234567", "07:00", "15:00"))
        close(market, "2026-11-25 00:00", "2026-11-26 00:00", "Fumigation")
        close(market, "2026-11-26 13:00", "2026-11-26 23:00", "Inventory")

        rows = week_hours(market, today=date(2026, 11, 23))

        assert (rows[2].hours, rows[2].reason) == ((), "Fumigation")
        assert rows[3].hours == ((at("2026-11-26 07:00", MEXICO), at("2026-11-26 13:00", MEXICO)),)
        assert rows[3].reason == "Inventory"
        assert rows[4].reason == ""


class TestStatements:
    def test_one_market_takes_two_and_none_when_prefetched(self, django_assert_num_queries):
        market = make_market(("1", "07:00", "15:00"))
        moment = at("2026-11-23 10:00", MEXICO)
        loaded = Market.objects.select_related("operator")

        with django_assert_num_queries(2):
            assert is_open(market, at=moment)
        prefetched = loaded.prefetch_related("opening_rules", "closures").get(pk=market.pk)
        with django_assert_num_queries(0):
            assert is_open(prefetched, at=moment)
            assert week_hours(prefetched, today=date(2026, 11, 23))[0].hours

    @pytest.mark.parametrize("count", [1, 12])
    def test_a_list_of_markets_takes_three_however_long(self, count, django_assert_num_queries):
        operator = factories.make_operator()
        for _ in range(count):
            make_market(("1", "07:00", "15:00"), zone="", operator=operator)
        markets = list(Market.objects.all())

        with django_assert_num_queries(3):
            states = opening_of_markets(markets, at=at("2026-11-23 10:00", MEXICO))

        assert len(states) == count
        assert all(state.until == at("2026-11-23 15:00", MEXICO) for state in states.values())

    def test_no_market_takes_none(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert opening_of_markets([], at=at("2026-11-23 10:00", MEXICO)) == {}
