"""The total of an order is the sum of what its rows store."""

from decimal import Decimal

from oscar_marketplace.money import quantise


class OrderTotalCalculatorMixin:
    """Oscar adds unrounded lines and rounds the sum; the rows round each line. Here the rows' cents are added.

    Only the difference between the two is corrected, so that whatever a city's calculator adds stays in.
    """

    def calculate(self, basket, shipping_charge, surcharges=None, **kwargs):
        total = super().calculate(basket, shipping_charge, surcharges=surcharges, **kwargs)
        if total.currency is None:
            return total
        total.excl_tax = _corrected(total.excl_tax, "excl_tax", basket, total.currency)
        if total.incl_tax is not None:
            total.incl_tax = _corrected(total.incl_tax, "incl_tax", basket, total.currency)
        return total


def _corrected(whole: Decimal, kind: str, basket, currency: str) -> Decimal:
    amounts = [getattr(line, f"line_price_{kind}_incl_discounts") for line in basket.all_lines()]
    amounts = [amount for amount in amounts if amount is not None]
    lines = sum((quantise(amount, currency) for amount in amounts), Decimal(0))
    return quantise(whole + lines - getattr(basket, f"total_{kind}"), currency)
