"""The only door from the portal to the shop: whatever pages, blocks and staff's screens know of it comes from here."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.markets.calendar import is_valid_on, week_hours
from oscar_marketplace.markets.models import Market, Operator
from oscar_marketplace.markets.waves import waves_on_offer_by_market
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.stalls.models import Stall, StallPitch, StallState, Trade
from oscar_marketplace.storefront.going_back import add_url
from oscar_marketplace.storefront.hours_table import hours_rows
from oscar_marketplace.storefront.listing_cards import ListingCard, listing_cards, steps_in_basket
from oscar_marketplace.storefront.markets import (
    market_cards,
    market_word,
    next_pickup_words,
    public_markets,
    stall_cards,
)
from oscar_marketplace.storefront.page import page_context
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.stall_places import SHOWN, stalls_in
from oscar_marketplace.translations.lookups import shown_text

__all__ = [
    "Listing",
    "Market",
    "Operator",
    "Stall",
    "StallOrder",
    "Trade",
    "add_url",
    "cards_of_listings",
    "cards_of_market",
    "cards_of_markets",
    "cards_of_stalls",
    "chosen_listings",
    "facts_of_market",
    "facts_of_stall",
    "hours_of_market",
    "listings_of_stall",
    "page_context",
    "shown_market",
    "shown_stall",
    "trade_choices",
]


def cards_of_markets(operator: Operator | None = None) -> list[dict[str, Any]]:
    """All markets open to the public, of one operator or of all, as ``components/market_card.html`` wants them."""
    now = timezone.now()
    markets = public_markets(now)
    return market_cards(list(markets.filter(operator=operator) if operator else markets), now=now)


def shown_market(market_id: int | None) -> Market | None:
    """The market with its hours, if the public may see it."""
    return public_markets(timezone.now()).filter(pk=market_id).first() if market_id else None


def shown_stall(stall_id: int | None) -> Stall | None:
    """The stall, if it is approved or only paused."""
    return Stall.objects.filter(pk=stall_id, state__in=SHOWN).select_related("operator").first() if stall_id else None


def facts_of_market(market: Market) -> dict[str, Any]:
    """Of a market from :func:`shown_market`: its address in the shop, whether it is open and when bags are picked up.

    Two statements.
    """
    now = timezone.now()
    waves = waves_on_offer_by_market([market], now=now).get(market.pk, [])
    return {
        "shop_url": reverse("market:market", args=[market.slug]),
        "name": market.name,
        "language": shown_language(market, "name", written_in=market.operator.language),
        "opening": market_word(market, now),
        **next_pickup_words(waves, market, now),
    }


def facts_of_stall(stall: Stall) -> dict[str, Any]:
    """Its address in the shop, its name and its language, and whether it sells at the moment."""
    return {
        "shop_url": reverse("market:stall", args=[stall.slug]),
        "name": stall.name,
        "language": shown_language(stall, "name", written_in=stall.language),
        "is_selling": stall.state == StallState.APPROVED,
    }


def hours_of_market(market: Market) -> list[dict[str, Any]]:
    """Rows of ``components/hours.html`` for the week that begins today at the market."""
    return hours_rows(week_hours(market, today=timezone.localdate(timezone.now(), market.zone)))


def cards_of_market(market: Market, *, trade: str = "", most: int) -> list[dict[str, Any]]:
    """Stalls of a market by name, those of one trade or all, as ``components/stall_card.html`` wants them."""
    now = timezone.now()
    stalls = stalls_in(market, day=timezone.localdate(now, market.zone))
    if trade:
        stalls = stalls.filter(trades__slug=trade)
    return stall_cards(list(stalls[:most]), market, now=now)


def trade_choices() -> list[tuple[str, str]]:
    """Code and name of each trade there is, by name in the reader's language."""
    return [(trade.slug, trade.name) for trade in Trade.objects.order_by(shown_text(Trade, "name"), "pk")]


def cards_of_stalls(stall_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Cards of the stalls an editor chose, in that order; a stall that is closed or has no place is left out."""
    now = timezone.now()
    by_market: dict[Market, list[Stall]] = {}
    for stall, market in _with_first_market(stall_ids, now):
        by_market.setdefault(market, []).append(stall)
    cards = {
        stall.pk: card
        for market, stalls in by_market.items()
        for stall, card in zip(stalls, stall_cards(stalls, market, now=now), strict=True)
    }
    return [cards[pk] for pk in dict.fromkeys(stall_ids) if pk in cards]


def _with_first_market(stall_ids: Iterable[int], now: datetime) -> list[tuple[Stall, Market]]:
    """Each stall with the market of its first place, and ``places_here`` read along."""
    places = StallPitch.objects.select_related("pitch__market__operator").order_by("pitch__number")
    stalls = (
        Stall.objects.filter(pk__in=list(stall_ids), state__in=SHOWN)
        .select_related("operator")
        .prefetch_related(Prefetch("places", places, to_attr="all_places"), "trades")
    )
    found = []
    for stall in stalls:
        holding = [place for place in stall.all_places if _holds(place, now)]
        if holding:
            market = holding[0].pitch.market
            stall.places_here = [place for place in holding if place.pitch.market_id == market.pk]
            found.append((stall, market))
    return found


def _holds(place: StallPitch, now: datetime) -> bool:
    market = place.pitch.market
    return market.is_public and is_valid_on(place, timezone.localdate(now, market.zone))


def chosen_listings(listing_ids: Sequence[int]) -> list[Listing]:
    """Listings an editor chose that are still on sale, in that order."""
    live = with_price_facts(
        Listing.objects.filter(pk__in=list(listing_ids), state=ListingState.LIVE, stall__state__in=SHOWN)
    )
    found = {listing.pk: listing for listing in live}
    return [found[pk] for pk in dict.fromkeys(listing_ids) if pk in found]


def listings_of_stall(stall: Stall, *, most: int) -> list[Listing]:
    """What a stall has on sale, by name."""
    live = with_price_facts(stall.listings.filter(state=ListingState.LIVE))
    return list(live.order_by(shown_text(Listing, "stockrecord__product__title"), "pk")[:most])


def cards_of_listings(listings: list[Listing], *, basket) -> list[ListingCard]:
    """Cards for ``components/item.html``; ``basket`` may be None where nobody shops (a preview)."""
    held = steps_in_basket(basket) if basket is not None else None
    return listing_cards(listings, now=timezone.now(), steps_in_basket=held)
