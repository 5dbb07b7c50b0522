"""The week's opening hours as rows in words: equal days in a row are said together, today by itself."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from oscar_marketplace.storefront.times import WEEKDAYS, say_time


def hours_rows(days: Iterable, *, closed_word: str = "") -> list[dict[str, Any]]:
    """Rows for ``components/hours.html`` from ``week_hours``; ``closed_word`` is what a day off is called."""
    words = _words_of(closed_word or _("Closed"))
    return [_row(list(group), words) for _key, group in groupby(days, key=lambda day: (day.is_today, words(day)))]


def _words_of(closed_word: str) -> Callable[[Any], str]:
    def words(day) -> str:
        spans = [
            _("%(start)s to %(end)s") % {"start": say_time(opens, opens.tzinfo), "end": say_time(closes, closes.tzinfo)}
            for opens, closes in day.hours
        ]
        said = ", ".join(spans) or closed_word
        return f"{said} ({day.reason})" if day.reason else said

    return words


def _row(days: list, words: Callable[[Any], str]) -> dict[str, Any]:
    first, last = WEEKDAYS[days[0].day.weekday()], WEEKDAYS[days[-1].day.weekday()]
    if days[0].is_today:
        label = _("%(weekday)s, today") % {"weekday": first}
    elif len(days) == 1:
        label = str(first)
    else:
        label = _("%(first)s to %(last)s") % {"first": first, "last": last}
    return {"days": capfirst(label), "hours": words(days[0]), "is_today": days[0].is_today}
