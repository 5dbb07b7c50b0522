"""Oscar's event handler on stock: a stall's lines ask the listing, never the product's class."""

from oscar_marketplace.listings.allocate import consume, give_back
from oscar_marketplace.listings.models import StockMode
from oscar_marketplace.listings.queries import listings_of_stockrecords


class EventHandlerMixin:
    """Stalls' lines are counted by ``listings.allocate``, where doing something twice does it once.

    Lines whose stock record was deleted have no stock to move: Oscar fails on them, here they are left out.
    """

    def are_stock_allocations_available(self, lines, line_quantities):
        if not all(lines):
            return False
        market, house = _split(lines, line_quantities)
        for line, quantity, listing in market:
            if listing.stock_mode != StockMode.COUNTED:
                continue
            if line.allocation_cancelled or quantity > line.num_allocated:
                return False
        return super().are_stock_allocations_available(*_columns(house))

    def consume_stock_allocations(self, order, lines=None, line_quantities=None):
        market, house = _split(*_all_of(order, lines, line_quantities))
        consume({line.pk: quantity for line, quantity, _listing in market})
        if house:
            super().consume_stock_allocations(order, *_columns(house))

    def cancel_stock_allocations(self, order, lines=None, line_quantities=None):
        market, house = _split(*_all_of(order, lines, line_quantities))
        give_back({line.pk: quantity for line, quantity, _listing in market})
        if house:
            super().cancel_stock_allocations(order, *_columns(house))


def _all_of(order, lines, line_quantities) -> tuple[list, list]:
    lines = list(lines or order.lines.all())
    return lines, list(line_quantities or [line.quantity for line in lines])


def _split(lines, line_quantities) -> tuple[list, list]:
    """(line, quantity, listing) of stalls' lines, and (line, quantity) of the shop's own that have stock."""
    pairs = [(line, quantity) for line, quantity in zip(lines, line_quantities, strict=False) if line.stockrecord_id]
    listings = listings_of_stockrecords({line.stockrecord_id for line, _quantity in pairs})
    market = [(*pair, listings[pair[0].stockrecord_id]) for pair in pairs if pair[0].stockrecord_id in listings]
    return market, [pair for pair in pairs if pair[0].stockrecord_id not in listings]


def _columns(pairs) -> tuple[list, list]:
    return [line for line, _quantity in pairs], [quantity for _line, quantity in pairs]
