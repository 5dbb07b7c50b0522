"""The door from staff's screens to the shop: what choosers, lists and forms read of it, and what they may do to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Prefetch, Q, QuerySet, Value, When
from django.urls import NoReverseMatch, reverse
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor, target_of
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.markets.models import Closure, Market, OpeningRule, WaveRule
from oscar_marketplace.markets.waves import waves_on_offer_by_market
from oscar_marketplace.measures import say_per
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.stalls import onboard
from oscar_marketplace.stalls.models import Stall, StallPitch, StallState, Trade
from oscar_marketplace.state_words import HAND_OVER, STALL_ORDER
from oscar_marketplace.storefront.markets import next_pickup_words
from oscar_marketplace.storefront.stall_places import SHOWN
from oscar_marketplace.translations.columns import Column, translation_columns
from oscar_marketplace.translations.lookups import in_every_language, shown_text

__all__ = [
    "ACT_WORDS",
    "Closure",
    "Listing",
    "ListingState",
    "Market",
    "MarketplaceError",
    "OpeningRule",
    "Stall",
    "StallAct",
    "StallState",
    "Trade",
    "WaveRule",
    "act_on_stall",
    "acts_on_stall",
    "found_by",
    "history_of",
    "listing_name",
    "listings_of_register",
    "markets_of_register",
    "place_of_stall",
    "price_of_listing",
    "register_url",
    "sale_state_of",
    "say_in_zone",
    "stalls_of_register",
    "trades_of_stall",
    "translation_columns_of",
    "with_next_pickup",
]


#: More words than anybody looks for; each is a condition of its own.
MOST_WORDS = 10


def found_by(rows: QuerySet, text: str, lookups: Iterable[str]) -> QuerySet:
    """Rows that have each word of ``text`` in one of their texts, in whatever language; no row twice."""
    lookups = in_every_language(rows.model, lookups)
    for word in text.split()[:MOST_WORDS]:
        wanted = Q()
        for lookup in lookups:
            wanted |= Q(**{f"{lookup}__icontains": word})
        rows = rows.filter(pk__in=rows.model.objects.filter(wanted).values("pk"))
    return rows


def translation_columns_of(model) -> list[Column]:
    """A model's columns per language; none where its texts are in one language."""
    return list(translation_columns().get((model._meta.app_label, model._meta.model_name), {}).values())


def register_url(row, user) -> str:
    """The row in Django's admin, where the whole register is; empty if there is none for this person."""
    opts = row._meta
    try:
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""
    return url if user.is_staff and user.has_perm(f"{opts.app_label}.view_{opts.model_name}") else ""


# Markets


def markets_of_register() -> QuerySet:
    """All markets by name, hidden ones too, with ``shown_name`` and ``stall_count``; one statement."""
    here = Q(pitches__occupations__stall__state__in=SHOWN)
    return (
        Market.objects.select_related("operator")
        .annotate(
            shown_name=shown_text(Market, "name"),
            stall_count=Count("pitches__occupations__stall", filter=here, distinct=True),
        )
        .order_by("shown_name", "pk")
    )


def with_next_pickup(markets: Iterable[Market]) -> list[Market]:
    """The markets with ``next_pickup``: their next pick-up time with a place left, in words. One statement."""
    markets, now = list(markets), timezone.now()
    waves = waves_on_offer_by_market(markets, now=now)
    for market in markets:
        market.next_pickup = next_pickup_words(waves[market.pk], market, now)["next_pickup"]
    return markets


# Stalls


def stalls_of_register() -> QuerySet:
    """All stalls by name, in any state, with ``shown_name``, places, trades and members; four statements."""
    places = StallPitch.objects.select_related("pitch__market").order_by("pitch__number")
    return (
        Stall.objects.select_related("operator")
        .annotate(shown_name=shown_text(Stall, "name"))
        .prefetch_related(Prefetch("places", places), "trades", "members")
        .order_by("shown_name", "pk")
    )


def place_of_stall(stall: Stall) -> str:
    """Markets and numbers of a stall from :func:`stalls_of_register`: ``Mercado Corona 14, 15``."""
    numbers: dict[Market, list[str]] = {}
    for place in stall.places.all():
        numbers.setdefault(place.pitch.market, []).append(place.pitch.number)
    return "; ".join(f"{market} {', '.join(dict.fromkeys(found))}" for market, found in numbers.items())


def trades_of_stall(stall: Stall) -> str:
    return ", ".join(trade.name for trade in stall.trades.all())


@dataclass(frozen=True)
class StallAct:
    """What the city may do with a stall now; ``words`` stand on the button."""

    verb: str
    words: Promise
    needs_reason: bool


ACT_WORDS = {
    "submit_stall": gettext_lazy("Hand in for approval"),
    "approve_stall": gettext_lazy("Approve: they may sell"),
    "reject_stall": gettext_lazy("Send back"),
    "pause_stall": gettext_lazy("Pause: no new orders for a while"),
    "reopen_stall": gettext_lazy("Sell again after a pause or a suspension"),
    "suspend_stall": gettext_lazy("Suspend: the city stops new orders"),
    "close_stall": gettext_lazy("Close for good"),
}


def acts_on_stall(stall: Stall) -> dict[str, StallAct]:
    """Acts that lead on from the stall's state, by the name of their verb."""
    return {
        verb: StallAct(verb, words, onboard.ACTS[verb].needs_reason)
        for verb, words in ACT_WORDS.items()
        if stall.state in onboard.ACTS[verb].sources
    }


def act_on_stall(stall: Stall, verb: str, *, user, reason: str = "") -> Stall:
    """Do it as the city; the row as it is then.

    Raises:
        MarketplaceError: it cannot be done, and why.
    """
    return getattr(onboard, verb)(stall, by=Actor.of(user, role="city"), reason=reason)


# Listings


def listings_of_register() -> QuerySet:
    """All listings, what is on sale first, then by product; with ``is_off`` and ``shown_name``; one statement."""
    on_sale = When(state=ListingState.LIVE, stall__state=StallState.APPROVED, then=Value(0))
    return (
        Listing.objects.select_related("stall__operator", "stockrecord__product__parent", "price_unit")
        .annotate(is_off=Case(on_sale, default=Value(1)), shown_name=shown_text(Listing, "stockrecord__product__title"))
        .order_by("is_off", "shown_name", "pk")
    )


def listing_name(listing: Listing) -> str:
    """``Jitomate saladet · Verduras Doña Chayo``"""
    return f"{listing.stockrecord.product.get_title()} · {listing.stall}"


def sale_state_of(listing: Listing) -> Promise | str:
    """The listing's state, or that its stall is not selling."""
    if listing.state == ListingState.LIVE and listing.stall.state != StallState.APPROVED:
        return gettext_lazy("The stall is not selling")
    return capfirst(listing.get_state_display())


def price_of_listing(listing: Listing) -> str:
    """``$28.00 por kilo``"""
    return f"{format_money(listing.price, listing.stall.operator.currency)} {say_per(listing.price_unit)}"


# What happened


def say_in_zone(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Date and time of day at the market, as the reader's language writes them; without a zone, the site's."""
    return formats.date_format(timezone.localtime(moment, zone), "SHORT_DATETIME_FORMAT")


def history_of(rows: Iterable, *, zone: ZoneInfo | None = None) -> list[dict[str, Any]]:
    """What is written down about these rows, oldest first: when, what, who and why. One statement."""
    targets = [target_of(row) for row in rows if row is not None]
    entries = AuditEntry.objects.filter(target__in=targets).select_related("actor").order_by("pk")
    return [
        {
            "when": say_in_zone(entry.at, zone),
            "what": _say_act(entry),
            "verb": entry.verb,
            "who": " · ".join(filter(None, [str(ROLE_WORDS.get(entry.role, entry.role)), str(entry.actor or "")])),
            "why": entry.reason,
        }
        for entry in entries
    ]


ROLE_WORDS = {
    "shopper": gettext_lazy("shopper"),
    "stall": gettext_lazy("stall"),
    "desk": gettext_lazy("desk"),
    "city": gettext_lazy("the city"),
    "system": gettext_lazy("by itself"),
}
STATES = {
    "stall": dict(StallState.choices),
    "stallorder": {"placed": gettext_lazy("placed"), **{state: found.word for state, found in STALL_ORDER.items()}},
    "handover": {state: found.word for state, found in HAND_OVER.items()},
    "charge": dict(ChargeState.choices),
}


def _say_act(entry: AuditEntry) -> str:
    """The state an act led to, in words; empty for one that led to none."""
    kind = entry.target.partition(":")[0]
    state = entry.data.get("to") or entry.data.get("new") or entry.verb.removeprefix("charge_")
    return capfirst(str(STATES.get(kind, {}).get(state, ""))) if isinstance(state, str) else ""
