"""The time to complain is over."""

from datetime import datetime

from oscar_marketplace.audit.record import SYSTEM
from oscar_marketplace.orders.act import acting
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import StallOrderState


def complete_part(stall_order: StallOrder, *, now: datetime | None = None) -> StallOrder:
    """Complete a delivered part whose time has come. An open question about the order keeps it open.

    Does nothing to a part that is not delivered, or whose time still runs.
    """
    with acting("complete", by=SYSTEM, now=now) as act:
        row = act.take(stall_order)
        is_due = row.state == StallOrderState.DELIVERED and row.complete_at is not None and row.complete_at <= act.now
        if is_due and not Decision.objects.filter(order_id=row.order_id, answered_at=None).exists():
            act.move(row, "complete")
    return row
