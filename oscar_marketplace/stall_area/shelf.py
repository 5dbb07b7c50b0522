"""Whether a vendor's goods lie on the counter today, and how their price is written on it."""

import re
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from oscar_marketplace.listings.availability import local_day
from oscar_marketplace.listings.models import Listing, StockMode
from oscar_marketplace.money import format_money


class Shelf(StrEnum):
    """``CAME`` is only ever wished for: a listing that came today is on sale."""

    ON_SALE = "on_sale"
    SOLD_OUT = "sold_out"
    NOT_COME = "not_come"
    CAME = "came"


def shelf_of(listing: Listing, *, now: datetime) -> Shelf:
    """What the vendor last said of these goods today; counted stock may have run out without a word."""
    today = local_day(listing, now)
    if listing.sold_out_on == today:
        return Shelf.SOLD_OUT
    if listing.stock_mode == StockMode.DAILY and listing.came_on != today:
        return Shelf.NOT_COME
    return Shelf.ON_SALE


def plain_price(price: Decimal) -> str:
    """The price as a vendor types it: ``32``, ``32.50``."""
    return f"{price:f}" if price % 1 else f"{price:.0f}"


def price_tag(price: Decimal, currency: str) -> str:
    """The price as on a tag, without cents when there are none: ``$290``."""
    text = format_money(price, currency)
    return text if price % 1 else re.sub(r"[.,]0+(?!\d)", "", text)


def currency_sign(currency: str) -> str:
    """What stands before or after an amount: ``$``."""
    return re.sub(r"[\d.,\s]", "", format_money(Decimal(0), currency))
