"""Days in words, with the letters a sentence wants."""

from datetime import date, datetime

from babel.core import UnknownLocaleError
from babel.dates import format_date
from django.utils import formats, translation
from django.utils.text import capfirst
from django.utils.translation import pgettext, pgettext_lazy

# Some of Django's locales write them with a capital ("Jueves"), which is wrong inside a Spanish sentence.
WEEKDAYS = [
    pgettext_lazy("in a sentence", "Monday"),
    pgettext_lazy("in a sentence", "Tuesday"),
    pgettext_lazy("in a sentence", "Wednesday"),
    pgettext_lazy("in a sentence", "Thursday"),
    pgettext_lazy("in a sentence", "Friday"),
    pgettext_lazy("in a sentence", "Saturday"),
    pgettext_lazy("in a sentence", "Sunday"),
]


def say_whole_day(moment: datetime) -> str:
    """``Saturday, November 21``, of a moment in the market's own zone; in the order and letters of the language."""
    # Translators: a day without its year, as in Unicode's date patterns; words of your own go between apostrophes.
    return _say(moment, pgettext("day at the head of a page", "EEEE, MMMM d"))


def say_month(moment: datetime) -> str:
    """``November 2026``, likewise."""
    # Translators: a month and its year, as in Unicode's date patterns; words of your own go between apostrophes.
    return _say(moment, pgettext("month at the head of a page", "MMMM y"))


def say_date(day: date) -> str:
    """``November 24, 2026``, as it stands in a sentence."""
    # Translators: a day with its year, as in Unicode's date patterns; words of your own go between apostrophes.
    return _in_words(day, pgettext("day and year in a sentence", "MMMM d, y"))


def _say(moment: datetime, pattern: str) -> str:
    return capfirst(_in_words(moment.date(), pattern))


def _in_words(day: date, pattern: str) -> str:
    # Not Django's names: some of its locales write the months with a capital too ("Noviembre").
    locale = translation.to_locale(translation.get_language() or "en")
    try:
        return format_date(day, pattern, locale=locale)
    except UnknownLocaleError:
        # A language the formatter does not know (Náhuatl): the day still has to be readable.
        return formats.date_format(day, "DATE_FORMAT")
