"""What an order will cost beside its lines, computed alike by the page that shows it and the verb that places it."""

from dataclasses import dataclass

from oscar.core.loading import get_class
from oscar.core.prices import Price

from oscar_marketplace.orders.pickup import MarketPickup


@dataclass(frozen=True)
class OrderAmounts:
    """Through the city's own surcharges and total calculator."""

    shipping_method: object
    shipping_charge: Price
    surcharges: list | None
    total: Price


def order_amounts(basket, *, request=None, shipping_method=None) -> OrderAmounts:
    """Amounts of a basket that has its strategy and its offers; ``shipping_method`` is pick-up if left out."""
    method = shipping_method or MarketPickup()
    charge = method.calculate(basket)
    applicator = get_class("checkout.applicator", "SurchargeApplicator")(request)
    surcharges = applicator.get_applicable_surcharges(basket, shipping_charge=charge)
    calculator = get_class("checkout.calculators", "OrderTotalCalculator")(request)
    return OrderAmounts(method, charge, surcharges, calculator.calculate(basket, charge, surcharges=surcharges))
