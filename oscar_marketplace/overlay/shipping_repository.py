"""What is picked up at a market is not shipped."""

from oscar_marketplace.orders.pickup import MarketPickup


class RepositoryMixin:
    def get_shipping_methods(self, basket, shipping_addr=None, **kwargs):
        if _only_picked_up(basket):
            return [MarketPickup()]
        return super().get_shipping_methods(basket, shipping_addr=shipping_addr, **kwargs)


def _only_picked_up(basket) -> bool:
    """A stall's goods, and of the shop's own at most such as need no shipping."""
    from oscar_marketplace.listings.queries import listings_of_stockrecords

    lines = list(basket.all_lines())
    listings = listings_of_stockrecords({line.stockrecord_id for line in lines})
    house = [line for line in lines if line.stockrecord_id not in listings]
    return len(house) < len(lines) and not any(line.product.is_shipping_required for line in house)
