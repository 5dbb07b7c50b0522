"""The price of the day: what the stalls of a market ask for the goods most of them sell."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from statistics import median_low

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.listings.queries import listings_on_sale
from oscar_marketplace.markets.models import Market
from oscar_marketplace.money import format_money
from oscar_marketplace.storefront.shown_language import shown_language


@dataclass(frozen=True)
class DayPrice:
    """``amount`` is the price in the middle of those asked, one that a stall really asks."""

    url: str
    name: str
    language: str
    icon: str
    hue: str
    amount: Decimal
    unit: str
    note: str


def day_prices(market: Market, *, most: int = 12) -> list[DayPrice]:
    """Prices of the goods that most stalls of the market sell; two statements."""
    on_sale = listings_on_sale().filter(stall__places__pitch__market=market)
    common = (
        on_sale.select_related(None)
        .order_by()
        .values_list("stockrecord__product", "price_unit")
        .annotate(stalls=Count("stall", distinct=True))
        .order_by("-stalls", "stockrecord__product")[:most]
    )
    by_product: dict[tuple[int, int], list[Listing]] = defaultdict(list)
    wanted = [(product_id, unit_id) for product_id, unit_id, _stalls in common]
    for listing in on_sale.filter(stockrecord__product__in={product_id for product_id, _unit in wanted}).distinct():
        by_product[listing.stockrecord.product_id, listing.price_unit_id].append(listing)
    return [_day_price(by_product[key], market) for key in wanted if by_product[key]]


def _day_price(listings: list[Listing], market: Market) -> DayPrice:
    product, unit = listings[0].stockrecord.product, listings[0].price_unit
    entry = getattr(product, "catalogue_entry", None)
    prices = sorted(listing.price for listing in listings)
    return DayPrice(
        url=reverse("market:product", args=[product.pk]),
        name=product.get_title(),
        language=shown_language(product, "title", written_in=market.operator.language),
        icon=entry.icon if entry else "",
        hue=entry.hue if entry else "",
        amount=median_low(prices),
        unit=unit.symbol or unit.name,
        note=_range(prices, len({listing.stall_id for listing in listings}), market.operator.currency),
    )


def _range(prices: list[Decimal], stalls: int, currency: str) -> str:
    if prices[0] == prices[-1]:
        return npgettext("price", "%(n)d stall", "%(n)d stalls, all the same", stalls) % {"n": stalls}
    return _("From %(least)s to %(most)s · %(n)d stalls") % {
        "least": format_money(prices[0], currency),
        "most": format_money(prices[-1], currency),
        "n": stalls,
    }
