"""Nobody paid in time: the whole order goes back to the shelf."""

from datetime import datetime

from oscar.core.loading import get_model

from oscar_marketplace.aftersales.cancel import give_up_unpaid
from oscar_marketplace.audit.record import SYSTEM
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.orders.confirm import expire_parts
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import StallOrderState


def unpaid_orders(*, now: datetime):
    """Pks of orders with a hold that ran out."""
    holds = StockHold.objects.filter(expires_at__lte=now)
    return holds.order_by("order_line__order_id").values_list("order_line__order_id", flat=True).distinct()


def expire_order(order_id: int, *, now: datetime | None = None) -> int:
    """Expire every part that waits for its payment, and the payments begun for them. Returns how many parts.

    Holds of parts that are not waiting any more (a payment that confirmed them, a refusal) are deleted alone.
    """
    waiting = StallOrder.objects.filter(order_id=order_id, state=StallOrderState.AWAITING_PAYMENT)
    rows = expire_parts(waiting, now=now, settle=lambda row: give_up_unpaid(row, by=SYSTEM, transition="expire"))
    lines = get_model("order", "Line").objects.filter(order_id=order_id)
    lines = lines.exclude(stall_order_line__stall_order__state=StallOrderState.AWAITING_PAYMENT)
    StockHold.objects.filter(order_line__in=lines).delete()
    return sum(row.state == StallOrderState.EXPIRED for row in rows)
