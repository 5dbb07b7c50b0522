"""In which market, at which pitch a stall's goods are picked up on a day, and how that place is said."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.markets.calendar import is_valid_on
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.stalls.models import StallPitch

#: How far ahead the next place of a stall is looked for: every weekday comes up twice.
DAYS_AHEAD = 15


def places_of_stalls(stall_ids: Iterable[int], *, with_market_days: bool = True) -> dict[int, list[StallPitch]]:
    """Stall -> its places with pitch, market and operator; one statement, and one more for the markets' days."""
    places = StallPitch.objects.filter(stall_id__in=list(stall_ids)).select_related("pitch__market__operator")
    if with_market_days:
        places = places.prefetch_related("pitch__market__opening_rules")
    by_stall: dict[int, list[StallPitch]] = {}
    for place in places:
        by_stall.setdefault(place.stall_id, []).append(place)
    return by_stall


def holds_on(place: StallPitch, day: date) -> bool:
    """Whether the stall is at this place on a day; market days count where they were read with it."""
    return (
        str(day.isoweekday()) in place.weekdays
        and (place.valid_from is None or place.valid_from <= day)
        and (place.valid_until is None or day <= place.valid_until)
        and _is_market_day(place, day)
    )


def _is_market_day(place: StallPitch, day: date) -> bool:
    read = getattr(place.pitch.market, "_prefetched_objects_cache", {}).get("opening_rules")
    if not read:
        # Not read, or a market that has not said when it opens.
        return True
    return any(rule.weekday == day.isoweekday() and is_valid_on(rule, day) for rule in read)


def place_on(places: list[StallPitch], day: date, *, market_id: int | None = None) -> StallPitch | None:
    """Where the stall is on a day, in that market if one is given."""
    return next((p for p in places if holds_on(p, day) and (market_id is None or p.pitch.market_id == market_id)), None)


def next_place(places: list[StallPitch], *, now=None) -> StallPitch | None:
    """Where the stall can be found next: today, or the first of the coming days it is anywhere."""
    now = now or timezone.now()
    for ahead in range(DAYS_AHEAD):
        for place in places:
            if holds_on(place, timezone.localdate(now, place.pitch.market.zone) + timedelta(days=ahead)):
                return place
    return places[0] if places else None


def say_place(part: StallOrder) -> str:
    """Where the stall stood when the order was placed, as people ask for it: ``Stall 214 · Vegetables``, or empty."""
    return _("Stall %(place)s") % {"place": part.pitch_text} if part.pitch_text else ""
