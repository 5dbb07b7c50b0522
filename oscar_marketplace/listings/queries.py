"""Reads over listings; each is one statement whatever the number of rows."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from oscar_marketplace.listings.models import Listing, ListingState, TaxRate
from oscar_marketplace.stalls.models import StallState


def with_price_facts(listings: QuerySet) -> QuerySet:
    """Listings with everything a price and an availability need, in the same statement."""
    return listings.select_related(
        "stall__operator", "price_unit", "order_unit", "stockrecord__product__catalogue_entry"
    )


def listings_of_stockrecords(stockrecord_ids: Iterable[int]) -> dict[int, Listing]:
    """Stock record id -> listing, for those stock records that have one."""
    found = with_price_facts(Listing.objects.filter(stockrecord_id__in=list(stockrecord_ids)))
    return {listing.stockrecord_id: listing for listing in found}


def listings_on_sale() -> QuerySet:
    """Listings that shoppers may see: live, at an approved stall."""
    return with_price_facts(Listing.objects.filter(state=ListingState.LIVE, stall__state=StallState.APPROVED))


def offers_of_product(product_id: int) -> QuerySet:
    """Every listing on sale of one product, cheapest first, then oldest."""
    return listings_on_sale().filter(stockrecord__product_id=product_id).order_by("price", "pk")


def tax_category_id(listing: Listing) -> int | None:
    """The listing's own tax category, or its product's."""
    if listing.tax_category_id:
        return listing.tax_category_id
    entry = getattr(listing.stockrecord.product, "catalogue_entry", None)
    return entry.tax_category_id if entry else None


class TaxTable:
    """Every dated tax rate, read in one statement; asked per category, country and day."""

    def __init__(self):
        self._rates: dict[tuple[int, str], list[tuple[date, Decimal]]] = {}
        for rate in TaxRate.objects.order_by("valid_from"):
            self._rates.setdefault((rate.category_id, rate.country), []).append((rate.valid_from, rate.rate))

    def rate(self, listing: Listing, *, day: date) -> Decimal:
        """The rate that holds for a listing on a day at its counter, as a fraction; 0 where none is known."""
        known = self._rates.get((tax_category_id(listing), listing.stall.operator.country), ())
        return next((rate for valid_from, rate in reversed(known) if valid_from <= day), Decimal(0))


def free_steps(stockrecord) -> int:
    """Steps of counted stock nobody has a claim on."""
    return max(0, (stockrecord.num_in_stock or 0) - (stockrecord.num_allocated or 0))


FREE_STEPS = Coalesce(F("stockrecord__num_in_stock"), 0) - Coalesce(F("stockrecord__num_allocated"), 0)
