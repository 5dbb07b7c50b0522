"""Pick-up times: made from weekly rules a few days ahead, and offered until their cut-off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.conf import settings
from oscar_marketplace.markets.calendar import MarketHours, hours_of, moment_at
from oscar_marketplace.markets.models import Closure, Market, Wave, WavePlace, WaveRule


@dataclass(frozen=True)
class WaveOffer:
    """A pick-up time a shopper may choose, or sees as full; ``places_left`` is None where there is no limit."""

    wave: Wave
    places_left: int | None

    @property
    def is_full(self) -> bool:
        return self.places_left == 0


def generate_waves(market: Market, *, now: datetime, days: int | None = None) -> int:
    """Make the market's waves of today and the next ``days`` days (default: ``WAVE_DAYS``). Returns how many it made.

    Safe to repeat and to run twice at once. Each rule makes one wave a day at most: a rule that is changed acts from
    the first day it has made none for, and shoppers keep the hours they were promised. Nothing is made whose cut-off
    has passed, or while the market is closed. Each wave is written with its places in one transaction.
    """
    days = settings.WAVE_DAYS if days is None else days
    hours = hours_of(market)
    today = now.astimezone(hours.zone).date()
    rules = list(market.wave_rules.all())
    made = _rule_days(market, hours, since=now)
    count = 0
    for day in (today + timedelta(days=n) for n in range(days + 1)):
        for rule in rules:
            if rule.weekday == day.isoweekday() and (rule.pk, day) not in made:
                wave = _wave(rule, day, hours)
                if now < wave.cutoff_at and wave.starts_at < wave.ends_at and _can_be_there(hours, wave):
                    count += _write(wave, rule)
    return count


def waves_on_offer(market: Market, *, now: datetime) -> list[WaveOffer]:
    """The market's waves that still take orders, soonest first; one statement."""
    return waves_on_offer_by_market([market], now=now)[market.pk]


def waves_on_offer_by_market(markets: Iterable[Market], *, now: datetime) -> dict[int, list[WaveOffer]]:
    """Market pk -> its waves that still take orders, soonest first; one statement for all markets.

    Not past the cut-off, not closed by the market, not touched by a closure, at most ``WAVE_DAYS`` ahead.
    """
    by_id = {market.pk: market for market in markets}
    offers: dict[int, list[WaveOffer]] = {pk: [] for pk in by_id}
    if not by_id:
        return offers
    free = Count("places", filter=Q(places__hand_over=None))
    for wave in waves_open(now=now).filter(market_id__in=by_id).annotate(free=free).order_by("starts_at", "pk"):
        wave.market = by_id[wave.market_id]
        offers[wave.market_id].append(WaveOffer(wave, wave.free if wave.is_limited else None))
    return offers


def waves_open(*, now: datetime) -> QuerySet[Wave]:
    """Waves that still take orders, full or not.

    A wave that a closure touches takes none, even if it is a minute: a shopper may come at any time of it.
    """
    closed = Closure.objects.filter(
        market=OuterRef("market"), starts_at__lt=OuterRef("ends_at"), ends_at__gt=OuterRef("starts_at")
    )
    last = now.astimezone(UTC) + timedelta(days=settings.WAVE_DAYS + 1)
    return Wave.objects.filter(~Exists(closed), closed=False, cutoff_at__gt=now, starts_at__lt=last)


def close_wave(wave: Wave, *, by: Actor, reason: str) -> Wave:
    """Take no further orders for this wave; those it has are kept. Locks the wave."""
    return _set_closed(wave, True, by=by, reason=reason)


def reopen_wave(wave: Wave, *, by: Actor, reason: str = "") -> Wave:
    """Take orders for this wave again. Locks the wave."""
    return _set_closed(wave, False, by=by, reason=reason)


def _set_closed(wave: Wave, closed: bool, *, by: Actor, reason: str) -> Wave:
    with transaction.atomic():
        wave = Wave.objects.select_for_update().get(pk=wave.pk)
        if wave.closed != closed:
            wave.closed = closed
            wave.save(update_fields=["closed"])
            record("close_wave" if closed else "reopen_wave", wave, by=by, reason=reason)
    return wave


def _rule_days(market: Market, hours: MarketHours, *, since: datetime) -> set:
    """(rule pk, local day) of the waves there are."""
    made = Wave.objects.filter(market=market, rule__isnull=False, ends_at__gt=since - timedelta(days=1))
    return {
        (rule_id, starts_at.astimezone(hours.zone).date())
        for rule_id, starts_at in made.values_list("rule", "starts_at")
    }


def _wave(rule: WaveRule, day, hours: MarketHours) -> Wave:
    starts_at = moment_at(day, rule.starts, hours.zone)
    return Wave(
        market_id=rule.market_id,
        rule=rule,
        starts_at=starts_at,
        ends_at=moment_at(day, rule.ends, hours.zone),
        cutoff_at=starts_at - timedelta(minutes=rule.cutoff_minutes),
        is_limited=rule.capacity is not None,
    )


def _can_be_there(hours: MarketHours, wave: Wave) -> bool:
    # A market that never said its hours is believed to be there at the times it offers.
    return not hours.rules or bool(hours.open_between(wave.starts_at, wave.ends_at))


def _write(wave: Wave, rule: WaveRule) -> bool:
    """Whether it was new. One at the same minute, made by hand or by another process, is left as it is."""
    with transaction.atomic():
        found, created = Wave.objects.get_or_create(
            market_id=wave.market_id,
            starts_at=wave.starts_at,
            defaults={
                "rule": rule,
                "ends_at": wave.ends_at,
                "cutoff_at": wave.cutoff_at,
                "is_limited": wave.is_limited,
            },
        )
        if created:
            WavePlace.objects.bulk_create(WavePlace(wave=found) for _ in range(rule.capacity or 0))
    return created
