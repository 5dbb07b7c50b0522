"""When a market is open: weekly hours in its own zone, closures cut out; deadlines that count opening time only.

Hours are wall-clock times and become UTC one day at a time, so a zone may change its clocks, stop doing so or
never have done it. A time the clocks jump over is read with the offset before the jump (02:30 becomes 03:30); of
a time that comes twice the first one counts. Spans are half-open: at the moment of closing a market is closed.

Moments may come in any zone and are made UTC before anything is added to them: adding to a local time would add
wall time, an hour too much or too little across a change of the clocks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from oscar_marketplace.markets.models import Closure, Market, OpeningRule

#: Start and end, in UTC.
Span = tuple[datetime, datetime]

#: How far ahead openings are looked for.
LOOK_AHEAD = timedelta(days=14)
DAY = timedelta(days=1)


@dataclass
class MarketHours:
    """The rules and closures of one market, read once; days are computed when asked for and kept."""

    zone: ZoneInfo
    rules: Sequence[OpeningRule]
    closed: Sequence[Span]
    _days: dict[date, list[tuple[OpeningRule, Span]]] = field(default_factory=dict, repr=False)

    def of_day(self, day: date) -> list[tuple[OpeningRule, Span]]:
        """Each rule that opens the market on ``day`` with its span, closures not yet taken out."""
        if day not in self._days:
            self._days[day] = [
                (rule, self.wall_span(day, rule.opens, rule.closes)) for rule in self.rules if _holds(rule, day)
            ]
        return self._days[day]

    def wall_span(self, day: date, opens: time, closes: time) -> Span:
        """From ``opens`` on ``day`` until ``closes``, the day after if that is not later.

        A jump of the clocks may leave nothing of it: it then ends before it starts and holds no time.
        """
        last = day if closes > opens else day + DAY
        return moment_at(day, opens, self.zone), moment_at(last, closes, self.zone)

    def open_between(self, start: datetime, end: datetime) -> list[Span]:
        """Open spans within [start, end), merged, closures cut out."""
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        spans = (span for day in days_between(start, end, self.zone) for _, span in self.of_day(day))
        return clip(cut(merge(spans), self.closed), start, end)

    def state_at(self, at: datetime) -> "OpenState":
        """Open or not at a moment, until and from when."""
        at = at.astimezone(UTC)
        return state_at(self.open_between(at, at + LOOK_AHEAD), at)

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """See :func:`add_opening_minutes`."""
        rest = timedelta(minutes=minutes)
        counted_to = start.astimezone(UTC)
        while rest and (spans := self.open_between(counted_to, counted_to + LOOK_AHEAD)):
            for opens, closes in spans:
                if closes - opens >= rest:
                    return opens + rest
                rest -= closes - opens
                counted_to = closes
        return counted_to + rest


@dataclass(frozen=True)
class OpenState:
    """Open or not at a moment; until when (None: unknown), and when it next opens (None: not soon)."""

    is_open: bool = False
    until: datetime | None = None
    next: datetime | None = None


@dataclass(frozen=True)
class DayHours:
    """One row of the hours table. ``hours`` are in the market's zone and begin on ``day``; none means closed.

    ``reason`` is why a closure takes some or all of the day away.
    """

    day: date
    is_today: bool
    hours: tuple[Span, ...]
    reason: str = ""


def moment_at(day: date, wall_time: time, zone: ZoneInfo) -> datetime:
    """A local wall-clock time as a moment in UTC."""
    return datetime.combine(day, wall_time, tzinfo=zone).astimezone(UTC)


def hours_of(market: Market) -> MarketHours:
    """The market's calendar; two statements, none for what was prefetched."""
    return _hours(market, market.opening_rules.all(), market.closures.all())


def _hours(market: Market, rules: Iterable[OpeningRule], closures: Iterable[Closure]) -> MarketHours:
    return MarketHours(market.zone, list(rules), merge((each.starts_at, each.ends_at) for each in closures))


def hours_of_markets(markets: Iterable[Market], *, since: datetime) -> dict[int, MarketHours]:
    """Market pk -> calendar, three statements at most. Closures that ended before ``since`` are left out."""
    markets = list({market.pk: market for market in markets}.values())
    prefetch_related_objects(markets, "operator")
    rules: dict[int, list[OpeningRule]] = {market.pk: [] for market in markets}
    closures: dict[int, list[Closure]] = {market.pk: [] for market in markets}
    if markets:
        for rule in OpeningRule.objects.filter(market_id__in=rules):
            rules[rule.market_id].append(rule)
        for closure in Closure.objects.filter(market_id__in=closures, ends_at__gt=since):
            closures[closure.market_id].append(closure)
    return {market.pk: _hours(market, rules[market.pk], closures[market.pk]) for market in markets}


def opening_intervals(market: Market, *, start: datetime, end: datetime) -> list[Span]:
    """When the market is open within [start, end): merged spans in UTC, soonest first, closures cut out."""
    return hours_of(market).open_between(start, end)


def is_open(market: Market, *, at: datetime) -> bool:
    return hours_of(market).state_at(at).is_open


def closes_at(market: Market, *, at: datetime) -> datetime | None:
    """When a market that is open closes; None if it is closed or does not close within 14 days."""
    return hours_of(market).state_at(at).until


def next_opening(market: Market, *, after: datetime) -> datetime | None:
    """When the market next opens, later than ``after``; None if it does not within 14 days."""
    return hours_of(market).state_at(after).next


def opening_of_markets(markets: Iterable[Market], *, at: datetime) -> dict[int, OpenState]:
    """Market pk -> open or not, until and from when; three statements at most, however many markets."""
    return {pk: hours.state_at(at) for pk, hours in hours_of_markets(markets, since=at).items()}


def add_opening_minutes(market: Market, *, start: datetime, minutes: int) -> datetime:
    """The moment when ``minutes`` minutes of opening time have passed since ``start``.

    Nights, closures and days off do not count. Where the market does not open for 14 days on end, the rest of
    the minutes runs on the clock, so a market without hours still has its deadlines. UTC.
    """
    return hours_of(market).add_minutes(start, minutes)


def week_hours(market: Market, *, today: date) -> list[DayHours]:
    """Monday to Sunday, each the next such day from ``today`` on, as it really will be: closures cut out."""
    closures = list(market.closures.all())
    hours = _hours(market, market.opening_rules.all(), closures)
    days = sorted((today + n * DAY for n in range(7)), key=date.isoweekday)
    return [_day_hours(hours, closures, day, today) for day in days]


def _day_hours(hours: MarketHours, closures: list[Closure], day: date, today: date) -> DayHours:
    planned = merge(span for _, span in hours.of_day(day))
    reasons = (
        closure.reason
        for closure in closures
        if any(closure.starts_at < closes and opens < closure.ends_at for opens, closes in planned)
    )
    left = tuple(
        (opens.astimezone(hours.zone), closes.astimezone(hours.zone)) for opens, closes in cut(planned, hours.closed)
    )
    return DayHours(day, day == today, left, next(filter(None, reasons), ""))


def _holds(rule: OpeningRule, day: date) -> bool:
    return rule.weekday == day.isoweekday() and is_valid_on(rule, day)


def is_valid_on(row, day: date) -> bool:
    """Whether ``day`` lies within the row's ``valid_from`` and ``valid_until`` (the last day)."""
    return (row.valid_from or day) <= day <= (row.valid_until or day)


def days_between(start: datetime, end: datetime, zone: ZoneInfo) -> Iterable[date]:
    """Local days whose opening may touch [start, end): the day before too, as hours may run past midnight."""
    day = start.astimezone(zone).date() - DAY
    last = end.astimezone(zone).date()
    while day <= last:
        yield day
        day += DAY


def merge(spans: Iterable[Span]) -> list[Span]:
    """The same time as spans that neither overlap nor touch, soonest first."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def cut(spans: Iterable[Span], holes: Sequence[Span]) -> list[Span]:
    """``spans`` without ``holes``; the holes are sorted and do not overlap."""
    left: list[Span] = []
    for start, end in spans:
        for hole_start, hole_end in holes:
            if hole_end <= start or end <= hole_start:
                continue
            if start < hole_start:
                left.append((start, hole_start))
            start = hole_end
            if start >= end:
                break
        if start < end:
            left.append((start, end))
    return left


def clip(spans: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """The parts of ``spans`` within [start, end)."""
    clipped = ((max(opens, start), min(closes, end)) for opens, closes in spans)
    return [(opens, closes) for opens, closes in clipped if opens < closes]


def state_at(spans: Sequence[Span], at: datetime) -> OpenState:
    """What ``spans`` say of the moment ``at``; they are merged and reach 14 days ahead."""
    current = next((span for span in spans if span[0] <= at < span[1]), None)
    until = current[1] if current and current[1] < at + LOOK_AHEAD else None
    return OpenState(
        is_open=current is not None, until=until, next=next((opens for opens, _ in spans if opens > at), None)
    )
