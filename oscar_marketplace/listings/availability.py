"""May this much of a listing be bought now? The one place that answers, in words a shopper understands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.listings.models import Listing, ListingState, StockMode
from oscar_marketplace.listings.queries import free_steps
from oscar_marketplace.stalls.models import StallState


def local_day(listing: Listing, now: datetime) -> date:
    """The day it is at the counter."""
    return now.astimezone(ZoneInfo(listing.stall.operator.time_zone)).date()


def why_not(listing: Listing, steps: int, *, now: datetime) -> CannotBuy | None:
    """The reason why ``steps`` steps cannot be bought, or None if they can.

    The listing comes from ``with_price_facts``; its stock record is as fresh as the caller read it.
    """
    title = listing.stockrecord.product.title
    if listing.stall.state != StallState.APPROVED:
        return CannotBuy(_("%(stall)s is not selling at the moment."), code="stall_closed", stall=listing.stall.name)
    if listing.state != ListingState.LIVE:
        return CannotBuy(
            _("%(stall)s no longer sells %(title)s."),
            code="not_listed",
            stall=listing.stall.name,
            title=title,
        )
    if is_sold_out(listing, now=now):
        return CannotBuy(_("%(title)s is sold out today."), code="sold_out", title=title)
    return _wrong_amount(listing, steps, title)


def is_sold_out(listing: Listing, *, now: datetime) -> bool:
    """Sold out today, not come today, or counted and none left."""
    today = local_day(listing, now)
    if listing.sold_out_on == today:
        return True
    if listing.stock_mode == StockMode.DAILY:
        return listing.came_on != today
    if listing.stock_mode == StockMode.COUNTED:
        return free_steps(listing.stockrecord) < listing.min_steps
    return False


def _wrong_amount(listing: Listing, steps: int, title: str) -> CannotBuy | None:
    if steps < listing.min_steps:
        return CannotBuy(
            ngettext(
                "%(title)s is sold from %(least)d step on.",
                "%(title)s is sold from %(least)d steps on.",
                listing.min_steps,
            ),
            code="too_little",
            title=title,
            least=listing.min_steps,
        )
    most = settings.MAX_STEPS
    if listing.stock_mode == StockMode.COUNTED and free_steps(listing.stockrecord) < steps:
        return CannotBuy(
            _("There is not enough %(title)s left for that amount; please take less."),
            code="not_enough",
            title=title,
            left=free_steps(listing.stockrecord),
        )
    if steps > most:
        return CannotBuy(
            _("That is more %(title)s than can be ordered here at once. For large amounts please call the market."),
            code="too_much",
            title=title,
        )
    return None
