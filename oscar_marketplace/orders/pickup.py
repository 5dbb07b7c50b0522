"""Oscar's shipping method for goods that are picked up at the market."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from oscar.core import prices


class MarketPickup:
    """Free pick-up. Oscar stores its name and code on the order."""

    code = "market-pickup"
    name = _("Pick-up at the market")
    description = ""
    is_discounted = False

    def calculate(self, basket):
        return prices.Price(currency=basket.currency, excl_tax=Decimal("0.00"), tax=Decimal("0.00"))

    def discount(self, basket):
        return Decimal("0.00")
