"""How much is kept of an order at a stall. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from oscar_marketplace.commissions.models import CommissionKind, Terms
from oscar_marketplace.money import from_minor, quantise, to_minor, without_tax


@dataclass(frozen=True)
class Kept:
    """Minor units: the commission, and the tax that comes on top of it."""

    fee: int = 0
    tax: int = 0

    @property
    def whole(self) -> int:
        return self.fee + self.tax


def kept_of(terms: Terms, amount: int, *, currency: str) -> Kept:
    """What ``terms`` keep of ``amount`` minor units, the price of the goods with tax as the shopper paid it.

    A percentage is rounded half up once, then bounded by ``floor`` and ``cap``. The tax is a percentage of the
    commission, rounded half up. Both together are never more than the amount; of nothing, nothing is kept.
    """
    if amount <= 0:
        return Kept()
    whole = from_minor(amount, currency)
    fee = _fee(terms, whole, currency)
    tax_rate = terms.tax_percent / 100
    tax = quantise(fee * tax_rate, currency)
    if fee + tax > whole:
        fee = without_tax(whole, tax_rate, currency)
        tax = whole - fee
    return Kept(to_minor(fee, currency), to_minor(tax, currency))


def _fee(terms: Terms, whole: Decimal, currency: str) -> Decimal:
    if terms.kind == CommissionKind.FIXED:
        return terms.fixed
    fee = quantise(whole * terms.percent / 100, currency)
    if terms.floor is not None:
        fee = max(fee, terms.floor)
    if terms.cap is not None:
        fee = min(fee, terms.cap)
    return fee
