"""Clock times on the vendor's screens, in whole sentences; today needs no date."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext, gettext_lazy, pgettext

from oscar_marketplace.day_words import WEEKDAYS, say_whole_day
from oscar_marketplace.markets.models import Wave

#: Sentence -> what it says of a time today, and of one on another day.
SENTENCES = {
    "answer": (
        gettext_lazy("Answer before %(time)s"),
        gettext_lazy("Answer before %(day)s, %(time)s"),
    ),
    "before": (
        gettext_lazy("Before %(time)s"),
        gettext_lazy("Before %(day)s, %(time)s"),
    ),
    "late": (
        gettext_lazy("Late: it was due at %(time)s"),
        gettext_lazy("Late: it was due on %(day)s, %(time)s"),
    ),
    "ready": (
        gettext_lazy("Ready before %(time)s"),
        gettext_lazy("Ready before %(day)s, %(time)s"),
    ),
    "fetched": (
        gettext_lazy("They come for it at %(time)s"),
        gettext_lazy("They come for it on %(day)s, %(time)s"),
    ),
    "fetched_between": (
        gettext_lazy("They come for it from %(time)s to %(end)s"),
        gettext_lazy("They come for it on %(day)s from %(time)s to %(end)s"),
    ),
    # About the end of the pick-up time, once it has begun: what is not packed yet, what is, and what nobody fetched.
    "due_now": (
        gettext_lazy("Should be ready now: they come for it until %(time)s"),
        gettext_lazy("Should be ready now: they come for it until %(day)s, %(time)s"),
    ),
    "fetched_now": (
        gettext_lazy("They come for it now, until %(time)s"),
        gettext_lazy("They come for it now, until %(day)s, %(time)s"),
    ),
    "over": (
        gettext_lazy("The pick-up time has passed: it ended at %(time)s"),
        gettext_lazy("The pick-up time has passed: it ended on %(day)s, %(time)s"),
    ),
    "changed": (
        gettext_lazy("changed today at %(time)s"),
        gettext_lazy("changed on %(day)s, %(time)s"),
    ),
}


def say_moment(sentence: str, moment: datetime, *, zone: ZoneInfo, now: datetime, end: datetime | None = None) -> str:
    """One of ``SENTENCES`` about ``moment`` in the market's ``zone``; ``end`` for a stretch of time."""
    day = moment.astimezone(zone).date()
    is_today = day == now.astimezone(zone).date()
    words = SENTENCES[sentence][0 if is_today else 1]
    return words % {
        "time": say_time(moment, zone=zone),
        "day": gettext("%(weekday)s %(number)d") % {"weekday": WEEKDAYS[day.weekday()], "number": day.day},
        "end": say_time(end, zone=zone) if end else "",
    }


def say_pickup_begun(wave: Wave | None, *, is_packed: bool, zone: ZoneInfo, now: datetime) -> str:
    """That the shopper may stand at the counter already, or should have; empty before that, and without a wave."""
    if wave is None or now < wave.starts_at:
        return ""
    sentence = "over" if wave.ends_at <= now else "fetched_now" if is_packed else "due_now"
    return say_moment(sentence, wave.ends_at, zone=zone, now=now)


def say_time(moment: datetime, *, zone: ZoneInfo) -> str:
    """``8:40``, as the clock on the wall shows it."""
    # Translators: a time of day in Django's date format; "G:i" gives 7:00 and 17:00, "P" gives 7 a.m. and 5 p.m.
    return formats.date_format(moment.astimezone(zone), pgettext("time of day", "P"))


def say_day(now: datetime, *, zone: ZoneInfo) -> str:
    """``Saturday, November 21``, as the calendar at the market shows it."""
    return say_whole_day(now.astimezone(zone))


def say_day_and_time(now: datetime, *, zone: ZoneInfo) -> str:
    """``Saturday, November 21, 8:24``."""
    return gettext("%(day)s, %(time)s") % {"day": say_day(now, zone=zone), "time": say_time(now, zone=zone)}
