"""Times at the counter: the market's own clock, and no date where it is today."""

from zoneinfo import ZoneInfo

import pytest

from oscar_marketplace.markets.models import Wave
from oscar_marketplace.stall_area.moments import say_day_and_time, say_moment, say_pickup_begun
from oscar_marketplace.test.factories import at

ZONE = ZoneInfo("America/Mexico_City")
NOW = at("2026-11-24 08:24", ZONE)


@pytest.mark.parametrize(
    ("sentence", "moment", "words"),
    [
        ("answer", "2026-11-24 08:40", "Answer before 8:40 a.m."),
        ("answer", "2026-11-24 23:59", "Answer before 11:59 p.m."),
        ("answer", "2026-11-25 00:00", "Answer before Wednesday 25, midnight"),
        ("ready", "2026-11-28 10:30", "Ready before Saturday 28, 10:30 a.m."),
        ("late", "2026-11-23 18:00", "Late: it was due on Monday 23, 6 p.m."),
    ],
)
def test_a_day_is_named_unless_it_is_today(sentence, moment, words):
    assert say_moment(sentence, at(moment, ZONE), zone=ZONE, now=NOW) == words


def test_the_day_is_the_markets_and_not_the_servers():
    late_evening = at("2026-11-24 23:30", ZONE)

    assert say_day_and_time(late_evening, zone=ZONE) == "Tuesday, November 24, 11:30 p.m."
    assert say_day_and_time(late_evening, zone=ZoneInfo("Europe/Madrid")).startswith("Wednesday, November 25")


def test_a_stretch_of_time_says_both_ends():
    start, end = at("2026-11-24 12:00", ZONE), at("2026-11-24 14:00", ZONE)

    words = say_moment("fetched_between", start, zone=ZONE, now=NOW, end=end)

    assert words == "They come for it from noon to 2 p.m."


@pytest.mark.parametrize(
    ("now", "to_pack", "packed"),
    [
        ("2026-11-24 11:59", "", ""),
        (
            "2026-11-24 12:00",
            "Should be ready now: they come for it until 2 p.m.",
            "They come for it now, until 2 p.m.",
        ),
        (
            "2026-11-24 13:59",
            "Should be ready now: they come for it until 2 p.m.",
            "They come for it now, until 2 p.m.",
        ),
        ("2026-11-24 14:00", *["The pick-up time has passed: it ended at 2 p.m."] * 2),
        ("2026-11-25 08:00", *["The pick-up time has passed: it ended on Tuesday 24, 2 p.m."] * 2),
    ],
)
def test_a_pickup_time_that_has_begun_or_passed_is_said_in_words(now, to_pack, packed):
    wave = Wave(starts_at=at("2026-11-24 12:00", ZONE), ends_at=at("2026-11-24 14:00", ZONE))

    said = [say_pickup_begun(wave, is_packed=is_packed, zone=ZONE, now=at(now, ZONE)) for is_packed in (False, True)]

    assert said == [to_pack, packed]


def test_without_a_pickup_time_none_has_begun():
    assert say_pickup_begun(None, is_packed=False, zone=ZONE, now=NOW) == ""
