"""Write the changes of the price list together: all of them, or none while one of them is still to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor, target_of
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.listings.models import Listing
from oscar_marketplace.listings.set_price import PriceNeedsConfirmation, set_price
from oscar_marketplace.listings.stock import mark_available, mark_came_today, mark_sold_out
from oscar_marketplace.stall_area.forms.prices import PriceChange
from oscar_marketplace.stall_area.moments import say_time
from oscar_marketplace.stall_area.shelf import Shelf, price_tag


@dataclass(frozen=True)
class HeldBack:
    """A row that was not written and why. ``price`` is what a second tap would confirm; None where nothing would."""

    listing: Listing
    text: str
    price: Decimal | None = None


class _NotYet(Exception):
    """Rolls the changes back."""


def save_prices(changes: Sequence[PriceChange], *, by: Actor, now: datetime, zone: ZoneInfo) -> list[HeldBack]:
    """Write all changes in one transaction, or write nothing and return the rows that stand in the way.

    Asked back: a price far from the last one, and a price that somebody else changed since the page was made. Locks
    the listings by primary key.
    """
    held_back: list[HeldBack] = []
    try:
        with transaction.atomic():
            ids = [change.listing.pk for change in changes]
            locked = Listing.objects.select_for_update().filter(pk__in=ids).order_by("pk")
            prices = dict(locked.values_list("pk", "price"))
            for change in changes:
                reason = _save(change, prices[change.listing.pk], by, now, zone)
                if reason is not None:
                    held_back.append(reason)
            if held_back:
                raise _NotYet
    except _NotYet:
        return held_back
    return []


def _save(change: PriceChange, current: Decimal, by: Actor, now: datetime, zone: ZoneInfo) -> HeldBack | None:
    listing = change.listing
    try:
        if change.shelf == Shelf.SOLD_OUT:
            mark_sold_out(listing, by=by, now=now)
        elif change.shelf == Shelf.ON_SALE:
            mark_available(listing, by=by)
        elif change.shelf == Shelf.CAME:
            mark_came_today(listing, by=by, now=now)
        if change.price is None or change.price == current:
            return None
        if current != change.seen and not change.is_confirmed:
            return HeldBack(listing, _changed_meanwhile(change, current, zone), change.price)
        set_price(listing, price=change.price, by=by, confirmed=change.is_confirmed)
    except PriceNeedsConfirmation as question:
        return HeldBack(listing, _far_from_the_last(change, question.old), change.price)
    except MarketplaceError as refusal:
        return HeldBack(listing, str(refusal))
    return None


def _far_from_the_last(change: PriceChange, old: Decimal) -> str:
    currency = change.listing.stall.operator.currency
    return _("Yesterday it was %(old)s. Is it %(new)s today?") % {
        "old": price_tag(old, currency),
        "new": price_tag(change.price, currency),
    }


def _changed_meanwhile(change: PriceChange, current: Decimal, zone: ZoneInfo) -> str:
    currency = change.listing.stall.operator.currency
    words = {"price": price_tag(current, currency), "yours": price_tag(change.price, currency)}
    entries = AuditEntry.objects.filter(target=target_of(change.listing), verb="set_price").select_related("actor")
    last = entries.order_by("-pk").first()
    if last is None or last.actor is None:
        return _("The price was changed to %(price)s meanwhile. Should it be %(yours)s?") % words
    words |= {"who": last.actor.get_full_name() or last.actor.get_username(), "time": say_time(last.at, zone=zone)}
    return _("At %(time)s %(who)s changed it to %(price)s. Should it be %(yours)s?") % words
