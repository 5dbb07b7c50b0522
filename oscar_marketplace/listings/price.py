"""What an amount of a listing costs. Rounded once, for the whole line, half up.

With a rounded price per step, 4 x 250 g would differ from 1 kg for three prices in four; so the amount of a line is
always computed from the price per unit and the whole measure.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.listings.models import Listing, Unit
from oscar_marketplace.money import quantise


def step_measure(listing: Listing) -> Decimal:
    """How many price units one step is: 0.25 for steps of 250 g priced per kilo. Exact up to Decimal's precision.

    Raises:
        ValidationError: the two units cannot be converted into each other.
    """
    if listing.by_amount:
        return listing.step / listing.price
    over, under = _conversion(listing)
    return listing.step * over / under


def line_amount(listing: Listing, steps: int) -> Decimal:
    """Price of ``steps`` steps in the operator's currency, tax included, rounded half up once."""
    currency = listing.stall.operator.currency
    if listing.by_amount:
        return quantise(steps * listing.step, currency)
    over, under = _conversion(listing)
    # Multiply before dividing, so that what is exact stays exact.
    return quantise(steps * listing.step * over * listing.price / under, currency)


def measure_amount(price: Decimal, measure: Decimal, currency: str) -> Decimal:
    """Price of a packed measure (in price units), tax included, rounded half up."""
    return quantise(price * measure, currency)


def _conversion(listing: Listing) -> tuple[Decimal, Decimal]:
    """Order units to price units as a fraction, (over, under)."""
    sold_by, priced_per = listing.order_unit, listing.price_unit
    if sold_by.pk == priced_per.pk:
        return Decimal(1), Decimal(1)
    if sold_by.kind == priced_per.kind and sold_by.kind != Unit.Kind.COUNT:
        return sold_by.base_amount, priced_per.base_amount
    if listing.typical_weight_g and priced_per.kind == Unit.Kind.WEIGHT:
        return Decimal(listing.typical_weight_g), priced_per.base_amount
    raise ValidationError(
        _("Priced per %(price_unit)s and sold by %(order_unit)s: write the typical weight of one %(order_unit)s."),
        code="units",
        params={"price_unit": priced_per.name, "order_unit": sold_by.name},
    )
