"""The time to complain is over."""

from datetime import datetime

from oscar_marketplace.audit.record import SYSTEM
from oscar_marketplace.orders.act import acting
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import StallOrderState


def complete_part(stall_order: StallOrder, *, now: datetime | None = None) -> bool:
    """Complete a delivered part whose time has come; returns whether it did.

    Does nothing to a part that is not delivered, whose time still runs, or about whose order a question is open.
    """
    with acting("complete", by=SYSTEM, now=now) as act:
        row = act.take(stall_order)
        is_due = row.state == StallOrderState.DELIVERED and row.complete_at is not None and row.complete_at <= act.now
        if not is_due or Decision.objects.filter(order_id=row.order_id, answered_at=None).exists():
            return False
        act.move(row, "complete")
    return True
