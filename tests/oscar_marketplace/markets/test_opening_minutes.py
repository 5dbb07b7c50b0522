"""Deadlines that run only while the market is open."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscar_marketplace.markets.calendar import LOOK_AHEAD, MarketHours, add_opening_minutes, merge
from oscar_marketplace.markets.models import Closure, OpeningRule
from oscar_marketplace.test import factories
from oscar_marketplace.test.factories import at

MADRID = ZoneInfo("Europe/Madrid")
MEXICO = ZoneInfo("America/Mexico_City")


def rule(weekday, opens, closes) -> OpeningRule:
    return OpeningRule(weekday=weekday, opens=time.fromisoformat(opens), closes=time.fromisoformat(closes))


def hours(*rules, zone=MEXICO, closed=()) -> MarketHours:
    """Hours like ``("12345", "07:00", "15:00")``; ``closed`` are pairs of local texts."""
    return MarketHours(
        zone,
        [rule(int(day), opens, closes) for days, opens, closes in rules for day in days],
        merge((at(start, zone), at(end, zone)) for start, end in closed),
    )


EVERY_DAY = ("1234567", "07:00", "15:00")

# 2026-11-23 is a Monday.


@pytest.mark.django_db
def test_a_sunday_night_order_does_not_expire_before_the_market_opens():
    market = factories.make_market(always_open=False)
    for day in range(1, 7):
        OpeningRule.objects.create(market=market, weekday=day, opens=time(7), closes=time(17))

    accept_by = add_opening_minutes(market, start=at("2026-11-22 22:10", MEXICO), minutes=40)

    assert accept_by == at("2026-11-23 07:40", MEXICO)


@pytest.mark.django_db
def test_closures_of_the_market_do_not_count():
    market = factories.make_market()
    Closure.objects.create(
        market=market, starts_at=at("2026-11-23 10:00", MEXICO), ends_at=at("2026-11-25 09:00", MEXICO)
    )

    accept_by = add_opening_minutes(market, start=at("2026-11-23 09:50", MEXICO), minutes=40)

    assert accept_by == at("2026-11-25 09:30", MEXICO)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        ("2026-11-23 09:00", 40, "2026-11-23 09:40"),
        ("2026-11-23 05:00", 40, "2026-11-23 07:40"),
        ("2026-11-23 14:20", 40, "2026-11-23 15:00"),
        ("2026-11-23 14:40", 40, "2026-11-24 07:20"),
        ("2026-11-23 15:00", 40, "2026-11-24 07:40"),
        ("2026-11-23 09:00", 8 * 60, "2026-11-24 09:00"),
        ("2026-11-23 07:00", 3 * 8 * 60, "2026-11-25 15:00"),
        ("2026-11-23 20:00", 0, "2026-11-23 20:00"),
    ],
)
def test_nights_do_not_count(start, minutes, expected):
    assert hours(EVERY_DAY).add_minutes(at(start, MEXICO), minutes) == at(expected, MEXICO)


def test_a_closed_night_and_a_closure_after_it_are_both_jumped():
    closed = [("2026-11-24 00:00", "2026-11-26 08:00")]

    deadline = hours(EVERY_DAY, closed=closed).add_minutes(at("2026-11-23 14:50", MEXICO), 40)

    assert deadline == at("2026-11-26 08:30", MEXICO)


def test_market_days_a_week_apart():
    sundays = hours(("7", "06:00", "06:30"))

    assert sundays.add_minutes(at("2026-11-23 10:00", MEXICO), 40) == at("2026-12-06 06:10", MEXICO)


def test_a_market_without_hours_counts_every_minute():
    start = at("2026-11-22 22:10", MEXICO)

    assert hours().add_minutes(start, 40) == start + timedelta(minutes=40)


def test_a_market_closed_for_weeks_counts_every_minute():
    start = at("2026-11-23 10:00", MEXICO)
    closed = [("2026-11-23 00:00", "2026-12-23 00:00")]

    assert hours(EVERY_DAY, closed=closed).add_minutes(start, 40) == start + timedelta(minutes=40)


def test_when_the_last_opening_was_too_short_the_rest_runs_on_the_clock():
    closed = [("2026-11-23 10:10", "2026-12-23 00:00")]

    deadline = hours(EVERY_DAY, closed=closed).add_minutes(at("2026-11-23 10:00", MEXICO), 40)

    assert deadline == at("2026-11-23 10:40", MEXICO)


@pytest.mark.parametrize(
    ("night", "after_four_hours"),
    [
        (at("2026-03-28 23:30", MADRID), at("2026-03-29 04:30", MADRID)),
        (at("2026-10-24 23:30", MADRID), at("2026-10-25 02:30", MADRID).replace(fold=1)),
        (at("2026-10-24 23:30", MEXICO), at("2026-10-25 03:30", MEXICO)),
    ],
    ids=["Madrid, forward", "Madrid, back", "Mexico, never"],
)
def test_minutes_are_real_ones_when_the_clocks_change(night, after_four_hours):
    always = hours(("1234567", "00:00", "00:00"), zone=night.tzinfo)

    deadline = always.add_minutes(night, 4 * 60)

    assert deadline == after_four_hours.astimezone(UTC)


times = st.builds(time, hour=st.integers(0, 23), minute=st.sampled_from([0, 1, 15, 30, 59]))
rules = st.builds(OpeningRule, weekday=st.integers(1, 7), opens=times, closes=times)
zones = st.sampled_from(["Europe/Madrid", "America/Mexico_City", "America/Asuncion", "Australia/Lord_Howe"]).map(
    ZoneInfo
)
# Both changes of the clocks of Madrid, Asunción and Lord Howe lie in it.
moments = st.integers(0, 300 * 24 * 60).map(lambda n: datetime(2024, 2, 1, tzinfo=UTC) + timedelta(minutes=n))
closures = st.tuples(moments, st.timedeltas(timedelta(minutes=1), timedelta(days=20))).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1])
)
calendars = st.builds(
    MarketHours,
    zones,
    st.lists(rules, max_size=8),
    st.lists(closures, max_size=4).map(merge),
)
minutes = st.integers(1, 3 * 24 * 60)


@given(calendars, moments, minutes)
def test_a_deadline_is_never_earlier_than_on_the_clock(calendar, start, minutes):
    assert calendar.add_minutes(start, minutes) >= start + timedelta(minutes=minutes)


@given(calendars, moments, minutes)
def test_exactly_the_minutes_asked_for_are_open_until_the_deadline(calendar, start, minutes):
    deadline = calendar.add_minutes(start, minutes)

    spans = calendar.open_between(start, deadline)
    counted = sum((closes - opens for opens, closes in spans), timedelta(0))
    last = spans[-1][1] if spans else start
    if calendar.open_between(last, last + LOOK_AHEAD) or last == deadline:
        assert counted == timedelta(minutes=minutes)
        # Inside opening time or at its end: the last counted minute is the one before the deadline.
        assert last == deadline
    else:
        # It does not open again for 14 days: the rest ran on the clock.
        assert deadline - last == timedelta(minutes=minutes) - counted


@given(calendars, moments, minutes, st.timedeltas(timedelta(0), timedelta(days=3)))
def test_who_orders_later_never_has_an_earlier_deadline(calendar, start, minutes, later):
    if calendar.rules and all(
        calendar.open_between(start + n * LOOK_AHEAD, start + (n + 1) * LOOK_AHEAD) for n in range(6)
    ):
        assert calendar.add_minutes(start, minutes) <= calendar.add_minutes(start + later, minutes)


@given(calendars, moments, st.timedeltas(timedelta(hours=1), timedelta(days=20)))
def test_spans_are_sorted_apart_and_outside_the_closures(calendar, start, length):
    spans = calendar.open_between(start, start + length)

    assert all(opens < closes for opens, closes in spans)
    assert all(before[1] < after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert not any(
        opens < hole_end and hole_start < closes for opens, closes in spans for hole_start, hole_end in calendar.closed
    )


@given(calendars, moments)
def test_the_state_at_a_moment_agrees_with_the_spans(calendar, moment):
    state = calendar.state_at(moment)

    assert state.is_open == bool(calendar.open_between(moment, moment + timedelta(microseconds=1)))
    if state.until:
        assert not calendar.state_at(state.until).is_open
    if state.next:
        assert calendar.state_at(state.next).is_open
        assert not calendar.state_at(state.next - timedelta(microseconds=1)).is_open
