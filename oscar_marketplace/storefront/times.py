"""Days and hours as people say them: "today", "tomorrow", "Thursday 26"; always in the market's own zone."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oscar_marketplace.day_words import WEEKDAYS


@dataclass(frozen=True)
class OpenWord:
    """Whether something is open and the sentence that says until or from when."""

    is_open: bool
    text: str

    @property
    def tone(self) -> str:
        return "go" if self.is_open else "off"


def say_time(moment: datetime, zone: ZoneInfo) -> str:
    """Time of day at the market: ``17:00``, ``5 p.m.``."""
    # Translators: a time of day in Django's date format; "G:i" gives 7:00 and 17:00, "P" gives 7 a.m. and 5 p.m.
    return formats.date_format(moment.astimezone(zone), pgettext("time of day", "P"))


def say_day(day: date, *, today: date) -> str:
    """``today``, ``tomorrow`` or, as there are never weeks between, weekday and number: ``Thursday 26``."""
    ahead = (day - today).days
    if ahead == 0:
        return _("today")
    if ahead == 1:
        return _("tomorrow")
    return _("%(weekday)s %(number)d") % {"weekday": WEEKDAYS[day.weekday()], "number": day.day}


def say_moment(moment: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """Day and time as they stand in a sentence: ``today at 5 p.m.``, ``Thursday 26 at 8 a.m.``"""
    day, today = moment.astimezone(zone).date(), _today(zone, now)
    words = {"day": say_day(day, today=today), "time": say_time(moment, zone)}
    if 0 <= (day - today).days <= 1:
        # Translators: the day is "today" or "tomorrow".
        return _("%(day)s at %(time)s") % words
    # Translators: the day is a weekday and a number, "Thursday 26"; in Spanish it takes an article.
    return pgettext("weekday in a sentence", "%(day)s at %(time)s") % words


def say_window(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Two times of one day: ``12 to 2 p.m.``"""
    return _("%(start)s to %(end)s") % {"start": say_time(starts_at, zone), "end": say_time(ends_at, zone)}


def say_wave(wave, zone: ZoneInfo, *, now: datetime | None = None) -> str:
    """A pick-up time: ``today, 12 to 2 p.m.``"""
    return _("%(day)s, %(window)s") % {
        "day": say_day(wave.starts_at.astimezone(zone).date(), today=_today(zone, now)),
        "window": say_window(wave.starts_at, wave.ends_at, zone),
    }


def open_word(state, zone: ZoneInfo, *, now: datetime) -> OpenWord:
    """Open or closed, and until or from when; ``state`` has ``is_open``, ``until`` and ``next``."""
    if state.is_open:
        if state.until is None:
            return OpenWord(True, _("Open"))
        return OpenWord(True, _("Open until %(time)s") % {"time": say_time(state.until, zone)})
    if state.next is None:
        return OpenWord(False, _("Closed"))
    return OpenWord(False, _("Opens %(moment)s") % {"moment": say_moment(state.next, zone, now=now)})


def _today(zone: ZoneInfo, now: datetime | None) -> date:
    return (now or timezone.now()).astimezone(zone).date()
