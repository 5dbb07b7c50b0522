"""Which orders the demo has on which day and how each ends, derived from the data files alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from example_site.demo.assortment import Offer, assortment, chance
from example_site.demo.files import by_code, rows, rules, yes

#: How a stall's part ends. The first four happen only to stalls that do not accept by themselves.
ASKED = frozenset({"new", "rejected", "unanswered", "cancelled"})
ENDS = ASKED | {
    "accepted",
    "short",
    "preparing",
    "ready",
    "at-desk",
    "delivered",
    "returned",
    "no-show",
    "unpaid",
    "expired",
}


@dataclass(frozen=True)
class PlannedPart:
    """What is bought at one stall: (product, steps) pairs, and how it ends."""

    stall: str
    end: str
    lines: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class PlannedOrder:
    """One order; ``note`` is for its first line. ``placed_at`` is None for today's, placed ``minutes_ago``."""

    key: str
    shopper: str
    provider: str
    kind: str
    parts: tuple[PlannedPart, ...]
    placed_at: datetime | None = None
    minutes_ago: int = 0
    note: str = ""

    @property
    def ends(self) -> frozenset[str]:
        return frozenset(part.end for part in self.parts)


def orders_of(day: date, *, today: date, zone: ZoneInfo) -> list[PlannedOrder]:
    """The orders placed on ``day`` as seen from ``today``; a day that is over has none that is still open."""
    planned = [_written(row, day, zone) for row in rows("orders") if int(row["days_ago"]) == (today - day).days]
    return planned if day == today else planned + list(_usual(day, zone))


def _written(row: dict[str, str], day: date, zone: ZoneInfo) -> PlannedOrder:
    placed_at = datetime.combine(day, time.fromisoformat(row["at"]), tzinfo=zone) if row["at"] else None
    return PlannedOrder(
        key=f"demo-{day}-{row['key']}",
        shopper=row["shopper"],
        provider=row["provider"],
        kind=row["kind"],
        parts=tuple(_part(text) for text in row["parts"].split()),
        placed_at=placed_at,
        minutes_ago=int(row["minutes_ago"] or 0),
        note=row["note"],
    )


def _part(text: str) -> PlannedPart:
    """``stall=end:product*steps+product*steps``."""
    stall, _, rest = text.partition("=")
    end, _, goods = rest.partition(":")
    pairs = (each.split("*") for each in goods.split("+"))
    return PlannedPart(stall, end, tuple((product, int(steps)) for product, steps in pairs))


def _usual(day: date, zone: ZoneInfo) -> Iterator[PlannedOrder]:
    """What a day brings by itself: a few orders more at the weekend, most of them collected."""
    least, most = rules()["orders_a_day"]
    count = least + chance("orders", str(day), out_of=most - least + 1) + (2 if day.isoweekday() >= 6 else 0)
    for n in range(count):
        name = ("order", str(day), str(n))
        wave = _pick(_waves_of(day.isoweekday()), *name, "wave")
        lead = timedelta(minutes=int(wave["cutoff_minutes"]) + 15 + chance(*name, "lead", out_of=60))
        starts = datetime.combine(day, time.fromisoformat(wave["starts"]), tzinfo=zone)
        shopper = _pick(rows("shoppers"), *name, "shopper")
        stalls = _some_stalls(wave["market"], day, name)
        outcome = chance(*name, "outcome")
        yield PlannedOrder(
            key=f"demo-{day}-{n}",
            shopper=shopper["key"],
            provider="card" if outcome < 3 or chance(*name, "provider") < 45 else "cash",
            kind="stall",
            parts=tuple(PlannedPart(s, _end(s, outcome, name), _some_goods(s, day, name)) for s in stalls),
            placed_at=starts - lead,
        )


def _end(stall: str, outcome: int, name: tuple[str, ...]) -> str:
    """Most parts are collected; ``outcome`` decides for the order, a second draw for the part."""
    if outcome < 3:
        return "expired"
    if outcome < 6:
        return "no-show"
    drawn = chance(*name, stall, "end")
    if yes(by_code("stalls", "slug")[stall]["auto_accept"]) or drawn >= 9:
        return "delivered"
    return "rejected" if drawn < 5 else "unanswered"


@cache
def _waves_of(weekday: int) -> tuple[dict[str, str], ...]:
    return tuple(row for row in rows("waves") if str(weekday) in row["weekdays"])


def _some_stalls(market: str, day: date, name: tuple[str, ...]) -> list[str]:
    there = [
        place["stall"]
        for place in rows("places")
        if place["market"] == market
        and str(day.isoweekday()) in place["weekdays"]
        and by_code("stalls", "slug")[place["stall"]]["state"] == "approved"
    ]
    there = sorted(set(there), key=lambda stall: chance(*name, stall, out_of=1_000_000))
    return there[: 1 + chance(*name, "stalls", out_of=4)]


def _some_goods(stall: str, day: date, name: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    goods = [offer for offer in _offers_of()[stall] if not offer.is_paused and offer.is_in_season(day.month)]
    goods.sort(key=lambda offer: chance(*name, stall, offer.product, out_of=1_000_000))
    count = 1 + chance(*name, stall, "lines", out_of=3)
    return tuple((offer.product, 1 + chance(*name, offer.product, "steps", out_of=4)) for offer in goods[:count])


@cache
def _offers_of() -> dict[str, list[Offer]]:
    found: dict[str, list[Offer]] = {}
    for offer in assortment():
        found.setdefault(offer.stall, []).append(offer)
    return found


def _pick(choices, *parts: str):
    return choices[chance(*parts, out_of=len(choices))]
