"""Hours, days and measures in words: pure functions, at fixed times."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from oscar_marketplace.day_words import say_whole_day
from oscar_marketplace.storefront.hours_table import hours_rows
from oscar_marketplace.storefront.page import tel_url
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.stall_places import say_pitches
from oscar_marketplace.storefront.times import open_word, say_day, say_moment, say_window

MEXICO = ZoneInfo("America/Mexico_City")
#: Saturday, 21 November 2026, 9:00 in Mexico City.
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


@dataclass
class State:
    is_open: bool
    until: datetime | None = None
    next: datetime | None = None


@dataclass
class Day:
    day: date
    hours: tuple = ()
    is_today: bool = False
    reason: str = ""


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=MEXICO)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State(True, until=at(21, 17)), "Open until 5 p.m."),
        (State(True), "Open"),
        (State(False), "Closed"),
        (State(False, next=at(21, 10, 30)), "Opens today at 10:30 a.m."),
        (State(False, next=at(22, 7)), "Opens tomorrow at 7 a.m."),
        (State(False, next=at(26, 8)), "Opens Thursday 26 at 8 a.m."),
    ],
)
def test_open_or_closed_and_until_or_from_when(state, words):
    assert open_word(state, MEXICO, now=NOW).text == words


def test_today_is_the_market_s_day_not_utc_s():
    late = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # still Saturday, ten in the evening, in Mexico

    assert say_moment(at(21, 23), MEXICO, now=late) == "today at 11 p.m."


@pytest.mark.parametrize(
    ("day", "words"),
    [(21, "today"), (22, "tomorrow"), (23, "Monday 23"), (27, "Friday 27"), (30, "Monday 30")],
)
def test_a_day_is_said_as_people_say_it(day, words):
    assert say_day(date(2026, 11, day), today=date(2026, 11, 21)) == words


def test_a_window_across_a_change_of_the_clocks_is_said_as_the_clocks_show_it():
    madrid = ZoneInfo("Europe/Madrid")
    start = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
    end = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)

    assert say_window(start, end, madrid) == "12:30 a.m. to 4 a.m."


def test_days_with_equal_hours_are_said_together_and_today_by_itself():
    hours = ((at(21, 7), at(21, 17)),)
    week = [Day(date(2026, 11, n), hours) for n in range(16, 21)]
    week += [Day(date(2026, 11, 21), hours, is_today=True), Day(date(2026, 11, 22), (), reason="Fiesta")]

    rows = hours_rows(week)

    assert rows == [
        {"days": "Monday to Friday", "hours": "7 a.m. to 5 p.m.", "is_today": False},
        {"days": "Saturday, today", "hours": "7 a.m. to 5 p.m.", "is_today": True},
        {"days": "Sunday", "hours": "Closed (Fiesta)", "is_today": False},
    ]


def test_two_openings_of_a_day_are_both_said():
    day = Day(date(2026, 11, 20), ((at(20, 8), at(20, 14)), (at(20, 17), at(20, 20))))

    assert hours_rows([day])[0]["hours"] == "8 a.m. to 2 p.m., 5 p.m. to 8 p.m."


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([], ""), (["14"], "Stall 14"), (["18", "19"], "Stalls 18 and 19"), (["7", "7"], "Stall 7")],
)
def test_places_of_a_stall(numbers, words):
    assert say_pitches(numbers) == words


@pytest.mark.parametrize(
    ("phone", "url"), [("33 5550-0114", "tel:3355500114"), ("+52 (33) 5550", "tel:+52335550"), ("", ""), ("ask", "")]
)
def test_a_number_can_be_dialled_however_it_is_written(phone, url):
    assert tel_url(phone) == url


@dataclass
class Translated:
    name_es: str | None = None
    name_en: str | None = None


@pytest.mark.parametrize(
    ("row", "page", "language"),
    [
        (Translated("Jitomate"), "en", "es"),
        (Translated("Jitomate", ""), "en", "es"),
        (Translated("Jitomate", "Tomato"), "en", "en"),
        (Translated("Jitomate", "Tomato"), "en-gb", "en"),
        (Translated("Jitomate", "Tomato"), "es-mx", "es"),
        (Translated(None, "Tomato"), "es-mx", "en"),
        (Translated(), "en", "the city's"),
    ],
)
def test_the_language_a_text_is_shown_in(row, page, language):
    with translation.override(page):
        assert shown_language(row, "name", written_in="the city's") == language


def test_without_translations_a_text_is_in_the_language_it_was_written_in(monkeypatch):
    monkeypatch.setattr("oscar_marketplace.translations.columns.is_on", lambda: False)

    assert shown_language(Translated("Jitomate", "Tomato"), "name", written_in="es") == "es"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Saturday, November 21"), ("es-mx", "Sábado 21 de noviembre"), ("xx-unknown", "Nov. 21, 2026")],
)
def test_a_whole_day_has_the_letters_of_its_language(language, words):
    with translation.override(language):
        assert say_whole_day(at(21, 9)) == words
