"""Is there any today, and how much: what a vendor says in one tap."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import BadNumber, NotAllowed
from oscar_marketplace.listings.availability import local_day
from oscar_marketplace.listings.models import Listing, ListingState, StockMode

MOST_STEPS = 1_000_000


def mark_sold_out(listing: Listing, *, by: Actor, now: datetime | None = None) -> Listing:
    """No more of it today; from tomorrow on it is sold again by itself. Locks the listing.

    Open orders keep what they were promised.

    Raises:
        NotAllowed: the listing is archived.
    """
    now = now or timezone.now()
    return _change(listing, "mark_sold_out", by=by, sold_out_on=lambda locked: local_day(locked, now))


def mark_available(listing: Listing, *, by: Actor) -> Listing:
    """Take “sold out today” back. Locks the listing.

    Raises:
        NotAllowed: the listing is archived.
    """
    return _change(listing, "mark_available", by=by, sold_out_on=lambda locked: None)


def mark_came_today(listing: Listing, *, by: Actor, steps: int | None = None, now: datetime | None = None) -> Listing:
    """It came today and is on sale until tonight. ``steps`` says how many of counted goods there are now.

    Locks the listing, then its stock record.

    Raises:
        NotAllowed: the listing is archived, or ``steps`` is given for goods nobody counts.
        BadNumber: ``steps`` is negative or absurd.
    """
    now = now or timezone.now()
    with transaction.atomic():
        listing = _change(
            listing,
            "mark_came_today",
            by=by,
            came_on=lambda locked: local_day(locked, now),
            sold_out_on=lambda locked: None,
        )
        if steps is not None:
            set_stock(listing, steps=steps, by=by)
    return listing


def set_stock(listing: Listing, *, steps: int, by: Actor) -> AuditEntry | None:
    """Count what is there, promised goods included: ``steps`` steps. Locks the stock record.

    Fewer than promised to open orders is a fact and is written; it opens the task ``stock_below_promised``, which is
    returned (None otherwise).

    Raises:
        NotAllowed: nobody counts these goods, or the listing is archived.
        BadNumber: negative or absurd.
    """
    if listing.stock_mode != StockMode.COUNTED:
        raise NotAllowed(_("These goods are not counted."), code="not_counted")
    if listing.state == ListingState.ARCHIVED:
        raise NotAllowed(_("This is no longer sold."), code="archived")
    if not 0 <= steps <= MOST_STEPS:
        raise BadNumber(_("Write how much there is: 0 or more."), code="bad_stock")
    StockRecord = get_model("partner", "StockRecord")
    with transaction.atomic():
        stockrecord = StockRecord.objects.select_for_update().get(pk=listing.stockrecord_id)
        before, promised = stockrecord.num_in_stock or 0, stockrecord.num_allocated or 0
        if before != steps:
            StockRecord.objects.filter(pk=stockrecord.pk).update(num_in_stock=steps, date_updated=timezone.now())
            record("set_stock", listing, by=by, old=before, new=steps)
            transaction.on_commit(lambda: _tell_oscar(stockrecord.pk), robust=True)
        if steps >= promised:
            return None
        return record("stock_below_promised", listing, by=by, steps=steps, promised=promised)


def _change(listing: Listing, verb: str, *, by: Actor, **new) -> Listing:
    """Write the fields that differ; the values are functions of the locked listing."""
    with transaction.atomic():
        locked = Listing.objects.select_for_update(of=("self",)).select_related("stall__operator").get(pk=listing.pk)
        if locked.state == ListingState.ARCHIVED:
            raise NotAllowed(_("This is no longer sold."), code="archived")
        values = {name: value(locked) for name, value in new.items()}
        changed = {name: value for name, value in values.items() if getattr(locked, name) != value}
        if changed:
            for name, value in changed.items():
                setattr(locked, name, value)
            locked.save(update_fields=list(changed))
            record(verb, locked, by=by, **changed)
    return locked


def _tell_oscar(stockrecord_pk: int) -> None:
    # Oscar opens and closes its low-stock alerts on this signal; after the commit, so that no city's code runs inside
    # our lock.
    get_model("partner", "StockRecord").objects.get(pk=stockrecord_pk).post_save_signal()
