"""When and where a stall is open: its places in the markets' hours, its own closures cut out.

A place belongs to the market's day: on a Saturday night that runs until two, it is Saturday's place until two. The
hours of a place are wall-clock hours that narrow the market's, whatever day the clock shows by then. A stall that is
not approved (paused, suspended) is not open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from oscar_marketplace.markets.calendar import (
    DAY,
    LOOK_AHEAD,
    DayHours,
    MarketHours,
    Span,
    clip,
    cut,
    days_between,
    hours_of_markets,
    is_valid_on,
    merge,
    state_at,
)
from oscar_marketplace.markets.models import Market, OpeningRule, Pitch
from oscar_marketplace.stalls.models import Stall, StallClosure, StallPitch, StallState

FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Opening:
    """Open or not, until when (None: unknown), when next (None: not within 14 days).

    ``pitch`` and ``market`` say where it stands now if it is open, else where it opens next.
    """

    is_open: bool = False
    until: datetime | None = None
    next: datetime | None = None
    pitch: Pitch | None = None
    market: Market | None = None


@dataclass(frozen=True)
class _Facts:
    """What was read of some stalls, by stall pk (places, closures) and market pk (hours)."""

    places: dict[int, list[StallPitch]]
    closed: dict[int, list[Span]]
    hours: dict[int, MarketHours]


def opening_of_stalls(stalls: Iterable[Stall], *, at: datetime) -> dict[int, Opening]:
    """Stall pk -> its opening at a moment; four statements, however many stalls and markets."""
    at = at.astimezone(UTC)
    is_approved = {stall.pk: stall.state == StallState.APPROVED for stall in stalls}
    facts = _read([pk for pk, approved in is_approved.items() if approved], since=at)
    return {pk: _opening(pk, facts, at) if approved else Opening() for pk, approved in is_approved.items()}


def is_open(stall: Stall, *, at: datetime) -> bool:
    return opening_of_stalls([stall], at=at)[stall.pk].is_open


def open_until(stall: Stall, *, at: datetime) -> datetime | None:
    """When a stall that is open closes; None if it is closed or does not close within 14 days."""
    return opening_of_stalls([stall], at=at)[stall.pk].until


def next_opening(stall: Stall, *, after: datetime) -> datetime | None:
    """When the stall next opens, later than ``after``; None if it does not within 14 days."""
    return opening_of_stalls([stall], at=after)[stall.pk].next


def pitches_on(stall: Stall, *, day: date) -> list[Pitch]:
    """The pitches it serves for some of the market's ``day``, with their markets, whatever the stall's state is."""
    # A day begins up to 14 hours before UTC's.
    facts = _read([stall.pk], since=datetime.combine(day - DAY, datetime.min.time(), tzinfo=UTC))
    return [
        place.pitch
        for place in facts.places.get(stall.pk, [])
        if cut(_spans(place, day, facts), facts.closed.get(stall.pk, []))
    ]


def stall_markets_on(stall: Stall, *, day: date) -> list[Market]:
    """The markets in which it serves a pitch for some of ``day``, whatever the stall's state is."""
    return list({pitch.market_id: pitch.market for pitch in pitches_on(stall, day=day)}.values())


def week_hours(stall: Stall, *, today: date) -> list[DayHours]:
    """Monday to Sunday, each the next such day from ``today`` on, as it really will be: closures are cut out.

    Hours are in the zone of the market the stall is in that day.
    """
    facts = _read([stall.pk], since=datetime.combine(today - DAY, datetime.min.time(), tzinfo=UTC))
    days = sorted((today + n * DAY for n in range(7)), key=date.isoweekday)
    return [DayHours(day, day == today, _hours_on(stall.pk, facts, day)) for day in days]


def _hours_on(stall_id: int, facts: _Facts, day: date) -> tuple[Span, ...]:
    # A set, as two adjacent places are one stall with one set of hours.
    hours: set[Span] = set()
    for place in facts.places.get(stall_id, []):
        zone = facts.hours[place.pitch.market_id].zone
        for opens, closes in cut(_spans(place, day, facts), facts.closed.get(stall_id, [])):
            hours.add((opens.astimezone(zone), closes.astimezone(zone)))
    return tuple(sorted(hours))


def _read(ids: list[int], *, since: datetime) -> _Facts:
    """Places, closures of stalls, hours of markets and their closures: four statements, none without stalls."""
    places: dict[int, list[StallPitch]] = {}
    closed: dict[int, list[Span]] = {}
    if ids:
        for place in StallPitch.objects.filter(stall_id__in=ids).select_related("pitch__market__operator"):
            places.setdefault(place.stall_id, []).append(place)
        for closure in StallClosure.objects.filter(stall_id__in=ids).exclude(ends_at__lte=since):
            closed.setdefault(closure.stall_id, []).append((closure.starts_at, closure.ends_at or FOR_EVER))
    markets = (place.pitch.market for of_stall in places.values() for place in of_stall)
    return _Facts(
        places,
        {pk: merge(spans) for pk, spans in closed.items()},
        hours_of_markets(markets, since=since),
    )


def _opening(stall_id: int, facts: _Facts, at: datetime) -> Opening:
    end = at + LOOK_AHEAD
    by_place = []
    for place in facts.places.get(stall_id, []):
        zone = facts.hours[place.pitch.market_id].zone
        spans = [span for day in days_between(at, end, zone) for span in _spans(place, day, facts)]
        by_place.append((place.pitch, clip(cut(merge(spans), facts.closed.get(stall_id, [])), at, end)))
    state = state_at(merge(span for _, spans in by_place for span in spans), at)
    moment = at if state.is_open else state.next
    pitch = next((pitch for pitch, spans in by_place if moment and any(s <= moment < e for s, e in spans)), None)
    return Opening(state.is_open, state.until, state.next, pitch, pitch.market if pitch else None)


def _spans(place: StallPitch, day: date, facts: _Facts) -> list[Span]:
    """When this place is served on the market's ``day``, the stall's own closures not taken out."""
    if str(day.isoweekday()) not in place.weekdays or not is_valid_on(place, day):
        return []
    hours = facts.hours[place.pitch.market_id]
    spans = [part for rule, span in hours.of_day(day) for part in _narrowed(place, rule, span, day, hours)]
    return cut(merge(spans), hours.closed)


def _narrowed(place: StallPitch, rule: OpeningRule, span: Span, day: date, hours: MarketHours) -> list[Span]:
    if place.opens is None and place.closes is None:
        return [span]
    opens, closes = place.opens or rule.opens, place.closes or rule.closes
    # The day before and after too: in a market open from six in the evening until two, "from half past midnight" is
    # on the next day of the clock.
    windows = [hours.wall_span(day + n * DAY, opens, closes) for n in (-1, 0, 1)]
    return [part for window in windows for part in clip([span], *window)]
