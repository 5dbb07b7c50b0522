"""What follows from a refusal, once it can no longer be undone: goods, money, and the question about the rest."""

from datetime import datetime
from functools import partial

from django.db.models import Q, QuerySet

from oscar_marketplace.audit.record import SYSTEM, Actor
from oscar_marketplace.orders.act import Act, acting
from oscar_marketplace.orders.answer import leave_unanswered, reject
from oscar_marketplace.orders.decisions import open_rest_decision
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.settle_part import release_goods
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.write import event
from oscar_marketplace.payments.settle import release_promise

REFUSED = frozenset({StallOrderState.REJECTED, StallOrderState.UNANSWERED})


def refuse_part(
    stall_order: StallOrder, *, by: Actor, version: int | None = None, reason: str = "", now: datetime | None = None
) -> StallOrder:
    """The stall refuses; what follows happens at once where the operator allows no undo, else by the tick.

    Raises:
        StaleVersion, IllegalTransition: see ``orders.answer.reject``.
    """
    row = reject(stall_order, by=by, version=version, reason=reason, now=now)
    carry_out_refusal(row, now=now)
    return row


def give_up_waiting(stall_order: StallOrder, *, now: datetime | None = None) -> bool:
    """The stall did not answer in time: that, and what follows from it. Returns whether it was still waited for."""
    return carry_out_refusal(leave_unanswered(stall_order, now=now), now=now)


def refusals_to_carry_out(*, now: datetime) -> QuerySet[StallOrder]:
    """Refused parts that can no longer be undone and whose goods are still held."""
    due = Q(undo_until=None) | Q(undo_until__lte=now)
    return StallOrder.objects.filter(due, state__in=REFUSED, released_at=None)


def carry_out_refusal(stall_order: StallOrder, *, now: datetime | None = None) -> bool:
    """Give the goods back, void the payment for the part, and tell the shopper; twice is once.

    If other stalls have not answered yet the shopper is asked what to do with the rest, which tells of the refusal too.
    Returns whether there was anything to do.
    """
    with acting("carry_out_refusal", by=SYSTEM, now=now) as act:
        act.settle = partial(release_promise, by=SYSTEM)
        row = act.take(stall_order, goods=True)
        may_be_undone = row.undo_until is not None and act.now < row.undo_until
        if row.state not in REFUSED or row.released_at is not None or may_be_undone:
            return False
        release_goods(row, now=act.now)
        row.undo_state, row.undo_until = "", None
        act.note(row)
        act.ask = partial(_ask_or_tell, act, row)
    return True


def _ask_or_tell(act: Act, row: StallOrder) -> None:
    if open_rest_decision(row, now=act.now) is None:
        act.tell(event("stall_order_refused", f"{row.pk}:{row.version}", stall_order=row.pk))
