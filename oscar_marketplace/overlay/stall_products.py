"""Which products only stalls sell."""

from oscar.core.loading import get_model


def only_stalls_sell(product) -> bool:
    """Whether the product has offers, and every one of them is a stall's. One statement."""
    records = get_model("partner", "StockRecord").objects.filter(product_id=product.pk)
    listings = list(records.values_list("listing", flat=True))
    return bool(listings) and all(listings)
