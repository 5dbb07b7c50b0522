"""Oscar's status fields: a projection of our states, written last, after the commit, and never read back.

A status the city's pipeline does not allow is logged and blocks nothing. A city's receiver of Oscar's status signals
runs here, outside our locks.
"""

import logging
from datetime import datetime

from django.db import transaction
from oscar.apps.order.exceptions import InvalidLineStatus, InvalidOrderStatus
from oscar.core.loading import get_model

from oscar_marketplace.conf import settings
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.queries import order_state
from oscar_marketplace.orders.states import StallOrderState

logger = logging.getLogger("oscar_marketplace.orders")


def project_order(order_id: int) -> None:
    """Write Oscar's statuses of an order and its lines as the stall orders have it. Twice is once.

    Locks the Oscar order, so that of two projections at once the later one sees the later states.
    """
    with transaction.atomic():
        order = get_model("order", "Order").objects.select_for_update(of=("self",)).get(pk=order_id)
        parts = list(StallOrder.objects.filter(order_id=order_id).order_by("pk"))
        states = {part.pk: _settled_state(part) for part in parts}
        lines = get_model("order", "Line").objects.filter(stall_order_line__stall_order__in=parts)
        for line in lines.select_related("stall_order_line").order_by("pk"):
            status = settings.LINE_STATUS_MAP.get(states[line.stall_order_line.stall_order_id])
            _set(line, status, InvalidLineStatus)
        _set(order, settings.ORDER_STATUS_MAP.get(order_state(states.values())), InvalidOrderStatus)


def orders_to_project(*, since: datetime, until: datetime):
    """Pks of orders with a part that changed in that time: what a process that died after its commit left undone."""
    changed = StallOrder.objects.filter(state_since__gte=since, state_since__lt=until)
    return changed.order_by("order_id").values_list("order_id", flat=True).distinct()


def _settled_state(part: StallOrder) -> str:
    """A refusal that may still be undone is not told to Oscar yet: its lines stay as they were."""
    if part.state == StallOrderState.REJECTED and part.released_at is None:
        return StallOrderState.NEW
    return part.state


def _set(row, status: str | None, refused: type[Exception]) -> None:
    if status is None or row.status == status:
        return
    try:
        row.set_status(status)
    except refused:
        logger.warning(
            "%s %s: status %s is not reachable from %s; see OSCAR_MARKETPLACE_*_STATUS_MAP",
            row._meta.label,
            row.pk,
            status,
            row.status,
        )
