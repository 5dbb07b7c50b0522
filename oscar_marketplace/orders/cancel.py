"""A stall order is cancelled; its siblings are untouched."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.orders.act import Act, acting
from oscar_marketplace.orders.hand_over_state import NO_SHOW
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.settle_part import release_goods
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.write import event

#: The shopper may step back until the stall accepts.
SHOPPER_MAY = frozenset({StallOrderState.AWAITING_PAYMENT, StallOrderState.NEW})


def cancel_part(
    stall_order: StallOrder,
    *,
    by: Actor,
    reason: str,
    liable: str = StallOrder.Liable.NOBODY,
    version: int | None = None,
    now: datetime | None = None,
    settle: Callable[[StallOrder], None] | None = None,
) -> StallOrder:
    """:func:`cancel_parts` for one; ``version`` is what the person saw, if they looked at a page."""
    return cancel_parts([stall_order], by=by, reason=reason, liable=liable, version=version, now=now, settle=settle)[0]


def cancel_parts(
    stall_orders: Iterable[StallOrder],
    *,
    by: Actor,
    reason: str,
    liable: str = StallOrder.Liable.NOBODY,
    version: int | None = None,
    now: datetime | None = None,
    settle: Callable[[StallOrder], None] | None = None,
) -> list[StallOrder]:
    """Cancel parts, all or none: their goods are free again unless they were packed, they cost nothing, both sides
    are told. The shopper may until the stall accepts; then the desk, the stall or the clock.

    Raises:
        NotAllowed: ``already_accepted``, the shopper comes too late.
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    with acting("cancel", by=by, now=now, reason=reason, data={"reason": reason}) as act:
        act.settle = settle
        rows = act.take_all(stall_orders, goods=True)
        todo = [row for row in rows if not act.is_done(row, "cancel", version=version)]
        told_stalls = [row for row in todo if row.state != StallOrderState.AWAITING_PAYMENT]
        for row in todo:
            if by.role == "shopper" and row.state not in SHOPPER_MAY:
                raise NotAllowed(
                    _("%(stall)s already accepted; please ask at the market."),
                    code="already_accepted",
                    stall=row.seller_name,
                )
            act.move(row, "cancel")
            row.reason, row.liable = reason[:40], liable
            release_goods(row, now=act.now)
        tell_cancelled(act, todo, told_stalls=told_stalls)
    return rows


def tell_cancelled(act: Act, rows: list[StallOrder], *, told_stalls: list[StallOrder]) -> None:
    """One message to the shopper about all of them, and one to each stall that knew of its part."""
    if rows:
        key = f"{rows[0].pk}:{rows[0].version}"
        act.tell(event("order_cut", key, order=rows[0].order_id, stall_orders=[row.pk for row in rows]))
    for row in told_stalls:
        act.tell(event("part_cancelled", f"{row.pk}:{row.version}", stall_order=row.pk))


__all__ = ["NO_SHOW", "SHOPPER_MAY", "cancel_part", "cancel_parts", "tell_cancelled"]
