"""Reads over baskets and orders: which stall is where, what belongs together, what state it adds up to."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.markets.models import Market
from oscar_marketplace.orders.places import next_place, places_of_stalls
from oscar_marketplace.orders.states import LIVE, StallOrderState
from oscar_marketplace.stalls.models import Stall, StallPitch


@dataclass
class BasketLine:
    """A basket line with the listing it buys; ``listing`` is None for goods of partners without a stall."""

    line: object
    listing: Listing | None

    @property
    def amount(self) -> Decimal | None:
        """Amount of the line, tax included, discounts taken off."""
        return self.line.line_price_incl_tax_incl_discounts


@dataclass
class StallPart:
    """One stall's lines in a basket; ``place`` is where it stands when the goods are picked up."""

    stall: Stall | None
    partner_id: int
    place: StallPitch | None
    places: list[StallPitch] = field(default_factory=list)
    lines: list[BasketLine] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.amount or Decimal(0) for line in self.lines), Decimal(0))


@dataclass
class MarketPart:
    """One market's stalls in a basket; ``market`` is None for goods of partners without a stall."""

    market: Market | None
    stalls: list[StallPart] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((part.total for part in self.stalls), Decimal(0))


def basket_by_market(basket) -> list[MarketPart]:
    """The lines of a basket, grouped by market and stall in the order they were added.

    The number of statements does not depend on the number of lines.
    """
    lines = [BasketLine(line, _listing_of(line)) for line in basket.all_lines()]
    places = places_of_stalls({each.listing.stall_id for each in lines if each.listing})
    markets: dict[int | None, MarketPart] = {}
    parts: dict[int, StallPart] = {}
    for each in lines:
        partner_id = each.line.stockrecord.partner_id
        if partner_id not in parts:
            stall = each.listing.stall if each.listing else None
            known = places.get(stall.pk, []) if stall else []
            place = next_place(known)
            market = place.pitch.market if place else None
            parts[partner_id] = StallPart(stall, partner_id, place, known)
            key = market.pk if market else None
            markets.setdefault(key, MarketPart(market)).stalls.append(parts[partner_id])
        parts[partner_id].lines.append(each)
    return list(markets.values())


def _listing_of(line) -> Listing | None:
    return getattr(line.purchase_info.price, "listing", None)


def has_listings(basket) -> bool:
    """Whether a basket holds anything that a stall sells."""
    if basket.pk is None:
        return False
    return Listing.objects.filter(stockrecord__basket_lines__basket_id=basket.pk).exists()


def order_state(states: Iterable[str]) -> str:
    """State of a whole order from its parts: awaiting_payment, new, in_progress, completed or cancelled."""
    states = set(states)
    if StallOrderState.AWAITING_PAYMENT in states:
        return "awaiting_payment"
    live = states & LIVE
    if not live:
        return "cancelled"
    if live <= {StallOrderState.NEW}:
        return "new"
    if live <= {StallOrderState.DELIVERED, StallOrderState.COMPLETED}:
        return "completed"
    return "in_progress"


def order_parts(order):
    """The stall orders of an order with lines, hand-over and market; three statements."""
    return (
        order.stall_orders.select_related("stall__operator", "hand_over__market__operator", "hand_over__wave", "order")
        .prefetch_related("lines__order_unit", "lines__price_unit", "bags")
        .order_by("sequence")
    )
