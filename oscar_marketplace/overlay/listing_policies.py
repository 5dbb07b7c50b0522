"""Oscar's price and availability objects for a listing."""

from decimal import Decimal

from oscar.apps.partner.availability import Base as Availability
from oscar.apps.partner.prices import TaxInclusiveFixedPrice

from oscar_marketplace.listings.availability import why_not
from oscar_marketplace.listings.price import line_amount
from oscar_marketplace.money import without_tax


class StepAmount(Decimal):
    """The price of one step, whose product with a whole number of steps *is* the rounded amount of the line.

    As a number it is the rounded price of a single step; ``quantity * price``, which is how Oscar computes a line,
    asks the listing instead of multiplying the rounding error.
    """

    def __new__(cls, of_steps):
        self = super().__new__(cls, of_steps(1))
        self.of_steps = of_steps
        return self

    def __mul__(self, other):
        if isinstance(other, int) and not isinstance(other, bool):
            return self.of_steps(other)
        return super().__mul__(other)

    __rmul__ = __mul__

    def __reduce__(self):
        return Decimal, (str(self),)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class ListingPrice(TaxInclusiveFixedPrice):
    """Price of one step; tax included is the truth, the amount without tax is derived from each whole line."""

    def __init__(self, listing, rate: Decimal):
        self.listing, self.rate = listing, rate
        currency = listing.stall.operator.currency
        self._incl_tax = StepAmount(lambda steps: line_amount(listing, steps))
        excl_tax = StepAmount(lambda steps: without_tax(line_amount(listing, steps), rate, currency))
        super().__init__(currency, excl_tax, tax=self._incl_tax - excl_tax, tax_code=f"{rate.normalize():f}")

    @property
    def incl_tax(self):
        return self._incl_tax


class ListingAvailability(Availability):
    """Availability of a listing, asked of ``listings.availability``."""

    def __init__(self, listing, *, now):
        self.listing, self.now = listing, now

    @property
    def code(self) -> str:
        return "instock" if self.is_available_to_buy else "outofstock"

    @property
    def message(self) -> str:
        reason = why_not(self.listing, self.listing.min_steps, now=self.now)
        return str(reason) if reason else ""

    @property
    def num_available(self) -> int | None:
        """Steps left of counted stock; None where stock is not counted."""
        from oscar_marketplace.listings.models import StockMode
        from oscar_marketplace.listings.queries import free_steps

        return free_steps(self.listing.stockrecord) if self.listing.stock_mode == StockMode.COUNTED else None

    @property
    def is_available_to_buy(self) -> bool:
        return self.is_purchase_permitted(self.listing.min_steps)[0]

    def is_purchase_permitted(self, quantity):
        reason = why_not(self.listing, quantity, now=self.now)
        return (reason is None), (str(reason) if reason else "")
