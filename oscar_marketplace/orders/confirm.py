"""A stall order begins, or its time to pay runs out: awaiting_payment to new or expired, and expired to new again."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from oscar_marketplace.audit.record import SYSTEM, Actor
from oscar_marketplace.exceptions import IllegalTransition
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.markets.calendar import hours_of_markets
from oscar_marketplace.orders.act import Act, acting
from oscar_marketplace.orders.answer import accept
from oscar_marketplace.orders.clocks import start_answer_clock
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.settle_part import release_goods
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.write import event


def confirm_part(stall_order: StallOrder, *, by: Actor, now: datetime | None = None) -> StallOrder:
    """:func:`confirm_parts` for one."""
    return confirm_parts([stall_order], by=by, now=now)[0]


def confirm_parts(stall_orders: Iterable[StallOrder], *, by: Actor, now: datetime | None = None) -> list[StallOrder]:
    """The money is promised, authorised or taken: tell the stalls and start their time to answer.

    The holds become plain allocations. A number of statements that does not grow with the stalls, unless a stall
    accepts by itself. Parts that no longer wait for their payment stay as they are.

    Raises:
        IllegalTransition: a part expired; see ``orders.revive``.
    """
    now = now or timezone.now()
    with transaction.atomic():
        with acting("confirm", by=by, now=now) as act:
            rows = act.take_all(stall_orders)
            waiting = [row for row in rows if row.state == StallOrderState.AWAITING_PAYMENT]
            if any(row.state == StallOrderState.EXPIRED for row in rows):
                raise IllegalTransition(state=StallOrderState.EXPIRED.label)
            begin(act, waiting, transition="confirm")
            StockHold.objects.filter(order_line__stall_order_line__stall_order__in=waiting).delete()
        eager = {row.pk: accept(row, by=SYSTEM, now=now) for row in waiting if row.stall and row.stall.auto_accept}
    return [eager.get(row.pk, row) for row in rows]


def begin(act: Act, rows: list[StallOrder], *, transition: str) -> None:
    """Make parts new: the stall is told and its clock starts. Shared with :mod:`orders.revive`."""
    markets = [row.hand_over.market for row in rows if row.hand_over]
    hours = hours_of_markets(markets, since=act.now)
    for row in rows:
        act.move(row, transition)
        market_id = row.hand_over.market_id if row.hand_over else None
        start_answer_clock(row, hours=hours.get(market_id), now=act.now)
        if row.stall is not None:
            act.tell(event("stall_order_new", f"{row.pk}:{row.version}", stall_order=row.pk))


def expire_part(stall_order: StallOrder, *, now: datetime | None = None) -> StallOrder:
    """:func:`expire_parts` for one."""
    return expire_parts([stall_order], now=now)[0]


def expire_parts(stall_orders: Iterable[StallOrder], *, now: datetime | None = None, settle=None) -> list[StallOrder]:
    """The time to pay is over: the goods and the place in the wave are free again, and the shopper is told once.

    Parts that are no longer waiting for their payment stay as they are.
    """
    with acting("expire", by=SYSTEM, now=now) as act:
        act.settle = settle
        rows = act.take_all(stall_orders, goods=True)
        for row in rows:
            if row.state != StallOrderState.AWAITING_PAYMENT:
                continue
            act.move(row, "expire")
            release_goods(row, now=act.now)
            act.tell(event("order_expired", f"{row.order_id}", order=row.order_id))
    return rows
