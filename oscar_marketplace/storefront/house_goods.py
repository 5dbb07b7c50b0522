"""Goods of partners without a stall in the same basket: they are sent, and only they are charged for sending."""

from django.http import HttpRequest
from oscar.core.loading import get_class, get_model

from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders.pickup import MarketPickup
from oscar_marketplace.orders.queries import MarketPart


def house_lines(parts: list[MarketPart]) -> list:
    """Basket lines of the shop's own goods."""
    return [line.line for part in parts for stall in part.stalls if stall.stall is None for line in stall.lines]


def needs_sending(parts: list[MarketPart]) -> bool:
    """Whether any of the shop's own goods has to be shipped."""
    return any(line.product.is_shipping_required for line in house_lines(parts))


def shipping_country(operator: Operator):
    """The country goods are sent to, or None where the shop sends nothing: an Oscar country that is shipped to."""
    Country = get_model("address", "Country")
    return Country.objects.filter(iso_3166_1_a2=operator.country, is_shipping_country=True).first()


def shipping_address(fields: dict[str, str], *, name: str, phone: str, operator: Operator):
    """An unsaved Oscar address from what the shopper typed; None without fields or country."""
    country = shipping_country(operator)
    if not fields or country is None:
        return None
    number = phone if phone.startswith("+") else ""
    return get_model("order", "ShippingAddress")(last_name=name, phone_number=number, country=country, **fields)


def shipping_method(basket, parts: list[MarketPart], *, address, request: HttpRequest):
    """How the order is handed over: pick-up alone, or for the shop's own goods the first of Oscar's methods."""
    if not needs_sending(parts):
        return MarketPickup()
    goods = HouseGoods(basket, house_lines(parts))
    methods = get_class("shipping.repository", "Repository")().get_shipping_methods(
        basket=goods, user=request.user, shipping_addr=address, request=request
    )
    return OfHouseGoods(methods[0])


class HouseGoods:
    """A basket reduced to the shop's own lines, for Oscar's shipping methods to weigh and count."""

    def __init__(self, basket, lines: list):
        self._basket, self._house = basket, lines

    def __getattr__(self, name: str):
        return getattr(self._basket, name)

    @property
    def lines(self):
        return self._basket.lines.filter(pk__in=[line.pk for line in self._house])

    def all_lines(self) -> list:
        return self._house

    def is_shipping_required(self) -> bool:
        return any(line.product.is_shipping_required for line in self._house)

    @property
    def num_lines(self) -> int:
        return len(self._house)

    @property
    def num_items(self) -> int:
        return sum(line.quantity for line in self._house)

    @property
    def total_incl_tax(self):
        return sum(line.line_price_incl_tax_incl_discounts for line in self._house)

    @property
    def total_excl_tax(self):
        return sum(line.line_price_excl_tax_incl_discounts for line in self._house)


class OfHouseGoods:
    """A shipping method that sees only the shop's own lines of whatever basket it is given."""

    def __init__(self, method):
        self._method = method

    def __getattr__(self, name: str):
        return getattr(self._method, name)

    def calculate(self, basket):
        return self._method.calculate(self._reduced(basket))

    def discount(self, basket):
        return self._method.discount(self._reduced(basket))

    @staticmethod
    def _reduced(basket) -> HouseGoods:
        lines = [line for line in basket.all_lines() if getattr(line.purchase_info.price, "listing", None) is None]
        return HouseGoods(basket, lines)
