"""A listing as a shopper sees it in a list; the same words and amounts on every page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from oscar_marketplace.listings.availability import why_not
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.measures import say_measure, say_per
from oscar_marketplace.money import format_money
from oscar_marketplace.storefront.shown_language import shown_language


@dataclass(frozen=True)
class ListingCard:
    """``amount`` is the price per unit, tax included; ``sold_out`` says why nothing can be bought, empty if it can."""

    listing: Listing
    url: str
    name: str
    language: str
    icon: str
    hue: str
    amount: Decimal
    currency: str
    per: str
    note: str
    step: str
    sold_out: str
    in_basket: str = ""

    @property
    def anchor(self) -> str:
        return anchor_of(self.listing.pk)


def listing_card(listing: Listing, *, now: datetime, steps_in_basket: int = 0) -> ListingCard:
    """The card of a listing loaded with its price facts."""
    product = listing.stockrecord.product
    entry = getattr(product, "catalogue_entry", None)
    refusal = why_not(listing, listing.min_steps, now=now)
    return ListingCard(
        listing=listing,
        url=reverse("market:listing", args=[listing.pk]),
        name=product.get_title(),
        language=shown_language(product, "title", written_in=listing.stall.operator.language),
        icon=entry.icon if entry else "",
        hue=entry.hue if entry else "",
        amount=listing.price,
        currency=listing.stall.operator.currency,
        per=say_per(listing.price_unit),
        note=listing.note,
        step=say_steps(listing, listing.min_steps),
        sold_out=_sold_out(refusal.code) if refusal else "",
        in_basket=_in_basket(listing, steps_in_basket),
    )


def listing_cards(
    listings: Iterable[Listing], *, now: datetime, steps_in_basket: Mapping[int, int] | None = None
) -> list[ListingCard]:
    """Cards of several listings; ``steps_in_basket`` maps stock records to the steps the basket holds of them."""
    held = steps_in_basket or {}
    return [listing_card(listing, now=now, steps_in_basket=held.get(listing.stockrecord_id, 0)) for listing in listings]


def say_steps(listing: Listing, steps: int) -> str:
    """How much so many steps are, in words: ``¾ kg``, ``2 bunches``, or ``$20.00`` worth of it."""
    amount = listing.step * steps
    if listing.by_amount:
        return format_money(amount, listing.stall.operator.currency)
    return say_measure(amount, listing.order_unit)


def anchor_of(listing_id: int) -> str:
    """Id of the listing's card in a page, which adding it goes back to."""
    return f"listing-{listing_id}"


def steps_in_basket(basket) -> dict[int, int]:
    """Stock record -> steps, for what the basket holds."""
    held: dict[int, int] = {}
    for line in basket.all_lines():
        held[line.stockrecord_id] = held.get(line.stockrecord_id, 0) + line.quantity
    return held


def _sold_out(code: str) -> str:
    if code == "stall_closed":
        return _("The stall is not selling")
    if code == "not_listed":
        return _("No longer sold")
    return _("Sold out today")


def _in_basket(listing: Listing, steps: int) -> str:
    return _("%(amount)s in your basket") % {"amount": say_steps(listing, steps)} if steps else ""
