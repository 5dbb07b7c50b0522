"""Price and availability: each line has its own stall's, and its amount is exact to the cent.

Oscar's ``fetch_for_line`` ignores the line's stock record and charges whichever the strategy finds first; and it
multiplies a rounded unit price. Both end here. Partners without a stall keep the behaviour of the city's strategy.
"""

from collections.abc import Mapping
from contextlib import contextmanager
from types import MappingProxyType

from django.utils import timezone
from django.utils.functional import cached_property

from oscar_marketplace.overlay.loader import compose


class SelectorMixin:
    """Puts :class:`StrategyMixin` in front of whatever strategy the city's selector returns."""

    def strategy(self, request=None, user=None, **kwargs):
        chosen = super().strategy(request=request, user=user, **kwargs)
        chosen.__class__ = compose(type(chosen), (StrategyMixin,))
        return chosen


class StrategyMixin:
    """Answers for stock records that belong to a listing; everything else goes to the city's strategy."""

    #: Product id -> the stock record that answers for it.
    _narrowed_to: Mapping = MappingProxyType({})

    @contextmanager
    def narrowed_to(self, *stockrecords):
        """While active, ``fetch_for_product`` answers with these stock records for their products."""
        before = self._narrowed_to
        self._narrowed_to = {**before, **{record.product_id: record for record in stockrecords}}
        try:
            yield self
        finally:
            self._narrowed_to = before

    def fetch_for_line(self, line, stockrecord=None):
        wanted = stockrecord or line.stockrecord
        listing = self._listing_of_line(line, wanted)
        if listing is not None:
            return self.fetch_for_listing(listing, stockrecord=wanted)
        with self.narrowed_to(*filter(None, [wanted])):
            return super().fetch_for_line(line, stockrecord)

    def fetch_for_product(self, product, stockrecord=None):
        if stockrecord is None:
            stockrecord = self._narrowed_to.get(product.pk) or self._own_choice(product)
        if listing := self._listing_of(stockrecord):
            return self.fetch_for_listing(listing, stockrecord=stockrecord)
        found = super().fetch_for_product(product, stockrecord)
        if stockrecord is None and self._listing_of(found.stockrecord):
            # Sold by stalls and by the shop itself, and nobody said where: the shop answers for the shop.
            found = super().fetch_for_product(product, self._first_house_record(product))
        return _not_for_sale(found) if self._is_of_stall(found.stockrecord) else found

    def fetch_for_parent(self, product):
        """A product with variants costs what its cheapest variant costs, wherever that is sold."""
        from oscar_marketplace.listings.models import Listing

        if not Listing.objects.filter(stockrecord__product__parent=product).exists():
            return super().fetch_for_parent(product)
        variants = [self.fetch_for_product(child) for child in product.get_public_children()]
        priced = [each for each in variants if each.price.exists]
        buyable = [each for each in priced if each.availability.is_available_to_buy]
        if not priced:
            return super().fetch_for_parent(product)
        return min(buyable or priced, key=lambda each: each.price.effective_price)._replace(stockrecord=None)

    def fetch_for_listing(self, listing, *, stockrecord=None):
        """Purchase info of a listing loaded with its price facts."""
        from oscar.apps.partner.strategy import PurchaseInfo

        from oscar_marketplace.listings.availability import local_day
        from oscar_marketplace.overlay.listing_policies import ListingAvailability, ListingPrice

        rate = self._tax_table.rate(listing, day=local_day(listing, self._now))
        return PurchaseInfo(
            price=ListingPrice(listing, rate),
            availability=ListingAvailability(listing, now=self._now),
            stockrecord=stockrecord or listing.stockrecord,
        )

    @property
    def _now(self):
        return timezone.now()

    @property
    def _tax_table(self):
        from oscar_marketplace.listings.queries import TaxTable

        table = self.__dict__.get("_taxes")
        if table is None:
            table = TaxTable()
            if getattr(self, "request", None) is not None:
                self._taxes = table
        return table

    def forget(self) -> None:
        """Drop what was read, so that the next answers come from the database as it is now."""
        for name in ("_known", "_taxes"):
            self.__dict__.pop(name, None)

    @cached_property
    def _known(self) -> dict:
        """Stock record id -> listing or None, for those asked for so far."""
        return {}

    def _listings_of(self, stockrecord_ids) -> dict:
        """Stock record id -> listing or None, at least for these; one statement for those not known yet.

        Remembered for one request only: a strategy without a request may live as long as its process (Oscar's search
        index keeps one), and yesterday's price must not.
        """
        from oscar_marketplace.listings.queries import listings_of_stockrecords

        missing = [pk for pk in stockrecord_ids if pk not in self._known]
        if not missing:
            return self._known
        found = listings_of_stockrecords(missing)
        answer = {pk: found.get(pk) for pk in missing}
        if getattr(self, "request", None) is not None:
            self._known.update(answer)
            return self._known
        return {**self._known, **answer}

    def look_ahead(self, products) -> None:
        """Read the listings of many products at once, so that a page does not read them one product after another."""
        from oscar.core.loading import get_model

        records = get_model("partner", "StockRecord").objects.filter(product__in=products)
        self._listings_of(list(records.values_list("pk", flat=True)))

    def learn(self, listings, *, tax_table=None) -> None:
        """Take listings read elsewhere (with price facts), so that they are not read again one by one."""
        self._known.update({listing.stockrecord_id: listing for listing in listings})
        if tax_table is not None:
            self._taxes = tax_table

    def _listing_of_line(self, line, stockrecord):
        if stockrecord is None:
            return None
        if stockrecord.pk in self._known:
            return self._known[stockrecord.pk]
        # All lines of the basket at once: one statement, whatever their number.
        lines = line.basket.all_lines() if line.basket_id else [line]
        return self._listings_of({stockrecord.pk} | {each.stockrecord_id for each in lines})[stockrecord.pk]

    def _listing_of(self, stockrecord):
        return self._listings_of([stockrecord.pk]).get(stockrecord.pk) if stockrecord is not None else None

    def _is_of_stall(self, stockrecord) -> bool:
        """Whether the partner of a stock record without a listing is a stall's: a stall sells by its listings only."""
        from oscar_marketplace.stalls.models import Stall

        if stockrecord is None:
            return False
        known = self.__dict__.setdefault("_partners", {})
        partner_id = stockrecord.partner_id
        answer = known.get(partner_id)
        if answer is None:
            answer = Stall.objects.filter(partner_id=partner_id).exists()
            if getattr(self, "request", None) is not None:
                known[partner_id] = answer
        return answer

    def _first_house_record(self, product):
        records = sorted(product.stockrecords.all(), key=lambda record: record.pk)
        listings = self._listings_of([record.pk for record in records])
        return next((record for record in records if listings[record.pk] is None), None)

    def _own_choice(self, product):
        """For a product that only stalls sell: the cheapest listing on sale. None leaves the choice to the city."""
        if product.is_parent:
            return None
        records = list(product.stockrecords.all())
        listings = self._listings_of([record.pk for record in records])
        if not records or any(listings[record.pk] is None for record in records):
            return None
        buyable = [listing for listing in map(listings.get, (r.pk for r in records)) if self._is_buyable(listing)]
        chosen = min(buyable or [listings[r.pk] for r in records], key=lambda each: (each.price, each.pk))
        return next(record for record in records if record.pk == chosen.stockrecord_id)

    def _is_buyable(self, listing) -> bool:
        from oscar_marketplace.listings.availability import why_not

        return why_not(listing, listing.min_steps, now=self._now) is None


def _not_for_sale(found):
    from oscar.apps.partner.availability import Unavailable
    from oscar.apps.partner.prices import Unavailable as NoPrice

    return found._replace(price=NoPrice(), availability=Unavailable())
