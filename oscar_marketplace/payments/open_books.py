"""The books of what happened before there were books: the postings that would have been made then."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.payments.books import HANDED_OVER_FOR_GOOD, book
from oscar_marketplace.payments.models import Charge

#: Acts whose time is the time of a posting.
MOMENTS = ["charge_captured", "deliver", "cancel", "take_back", "carry_out_refusal"]
BATCH = 200


def open_books() -> tuple[int, int]:
    """Post what is missing for every order; returns how many orders it looked at and how many transactions it posted.

    May run while people order, and as often as wanted: each order is locked, booked and committed on its own.
    """
    orders, posted = 0, 0
    for order_id in _orders():
        orders += 1
        posted += _open_order(order_id)
    return orders, posted


def _orders() -> Iterator[int]:
    """Orders for which money was taken or goods handed over, a batch at a time."""
    taken = Charge.objects.filter(captured__gt=0)
    has_money = Q(order__in=taken.values("order")) | Q(state__in=HANDED_OVER_FOR_GOOD, charge_shares__isnull=False)
    ids = StallOrder.objects.filter(has_money).order_by("order").values_list("order", flat=True).distinct()
    last = 0
    while batch := list(ids.filter(order__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1]


def _open_order(order_id: int) -> int:
    with transaction.atomic():
        parts = list(StallOrder.objects.select_for_update(of=("self",)).filter(order=order_id).order_by("pk"))
        charges = list(Charge.objects.select_for_update().filter(order=order_id).order_by("pk"))
        return book(parts, moments=_moments(parts, charges))


def _moments(parts: list[StallOrder], charges: list[Charge]) -> dict[str, datetime]:
    """Target -> when it happened: as the audit trail says, else as near as the rows tell."""
    known = {f"stallorder:{part.pk}": part.state_since for part in parts}
    known |= {f"charge:{charge.pk}": charge.checked_at or charge.created_at for charge in charges}
    entries = AuditEntry.objects.filter(target__in=known, verb__in=MOMENTS).order_by("pk")
    return known | dict(entries.values_list("target", "at"))
