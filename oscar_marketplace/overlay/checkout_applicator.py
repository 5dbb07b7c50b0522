"""Surcharges in whole cents: what the page shows is what the row stores and what is charged."""

from oscar.core.prices import Price

from oscar_marketplace.money import quantise


class SurchargeApplicatorMixin:
    def get_applicable_surcharges(self, basket, **kwargs):
        surcharges = super().get_applicable_surcharges(basket, **kwargs)
        for each in surcharges or ():
            each.price = whole_cents(each.price)
        return surcharges


def whole_cents(price: Price) -> Price:
    """The price rounded half up to its currency's exponent, with and without tax."""
    if price.currency is None:
        return price
    return Price(
        currency=price.currency,
        excl_tax=quantise(price.excl_tax, price.currency),
        incl_tax=quantise(price.incl_tax, price.currency) if price.is_tax_known else None,
        tax_code=price.tax_code,
    )
