"""Ordering again what was ordered before: from the same stall, in the same amount."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.listings.add import add_listing
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.listings.queries import listings_of_stockrecords
from oscar_marketplace.overlay.stall_products import only_stalls_sell


@dataclass
class OldLines:
    """Order lines by who sells them today."""

    market: list[tuple[object, Listing]] = field(default_factory=list)
    house: list = field(default_factory=list)
    #: Lines whose offer no longer exists while stalls sell the product: which stall is not ours to guess.
    gone: list = field(default_factory=list)


def old_lines(lines) -> OldLines:
    """Sort order lines by their stock records."""
    lines = list(lines)
    listings = listings_of_stockrecords({line.stockrecord_id for line in lines if line.stockrecord_id})
    found = OldLines()
    for line in lines:
        if line.stockrecord_id in listings:
            found.market.append((line, listings[line.stockrecord_id]))
        elif line.stockrecord_id is None and line.product is not None and only_stalls_sell(line.product):
            found.gone.append(line)
        else:
            found.house.append(line)
    return found


def add_again(basket, order_line, listing: Listing) -> str | None:
    """Add what the line ordered, from the same stall; the reason in words if that is not possible."""
    try:
        add_listing(basket, listing, steps_again(order_line, listing))
    except CannotBuy as refusal:
        return str(refusal)
    return None


def say_gone(order_line) -> str:
    return _("%(title)s is no longer sold where you bought it.") % {"title": order_line.title}


def steps_again(order_line, listing: Listing) -> int:
    """How many of today's steps are what was ordered: a stall may since sell by half kilos instead of quarters."""
    StallOrderLine = get_model("oscar_marketplace", "StallOrderLine")
    ordered = StallOrderLine.objects.filter(order_line=order_line, order_unit=listing.order_unit_id).first()
    if ordered is None or ordered.by_amount != listing.by_amount:
        return order_line.quantity
    steps = ordered.steps * ordered.step / listing.step
    return max(listing.min_steps, int(steps.quantize(Decimal(1), ROUND_HALF_UP)))
