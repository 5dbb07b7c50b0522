"""Taking the last step back, while nothing of it has left the house."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.orders.act import Act, acting
from oscar_marketplace.orders.conflict import acts_since
from oscar_marketplace.orders.models import BagMove, StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.outbox.write import withdraw

S = StallOrderState
#: State -> the transition that leads back, and the message that waits until it can no longer be undone.
WAYS_BACK = {
    S.ACCEPTED: ("undo_answer", "stall_order_shorted"),
    S.REJECTED: ("undo_answer", ""),
    S.READY: ("undo_ready", "stall_order_ready"),
}
#: An agent answers for the stall: it is the same side.
SIDES = {"agent": "stall"}


class TooLate(NotAllowed):
    """The time to undo is over, or something of the act has left the house."""

    code = "undo_over"
    message = _("It is too late to undo this. Please ask at the market's desk.")


def undo(stall_order: StallOrder, *, by: Actor, version: int | None = None, now: datetime | None = None) -> StallOrder:
    """Take the stall's last act back: an answer to new, packing to accepted. The message about it is withdrawn.

    Raises:
        TooLate: its time is over, goods or bags moved, or the shopper was told.
        NotAllowed: ``other_side``, somebody else's act.
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    with acting("undo", by=by, now=now) as act:
        row = act.take(stall_order)
        transition, topic = WAYS_BACK.get(row.state, ("undo_answer", ""))
        if act.is_done(row, transition, version=version):
            return row
        _check(act, row)
        _withdraw(topic, row)
        _restore(row)
        act.move(row, transition)
    return row


def _check(act: Act, row: StallOrder) -> None:
    if not row.undo_state or row.undo_until is None or act.now >= row.undo_until or row.released_at is not None:
        raise TooLate()
    if BagMove.objects.filter(bag__stall_order=row).exists():
        raise TooLate()
    latest = acts_since(row, version=row.version - 1)
    side = latest[-1].role if latest else ""
    if SIDES.get(side, side) != SIDES.get(act.by.role, act.by.role):
        raise NotAllowed(_("Only the side that did this can take it back."), code="other_side")


def _withdraw(topic: str, row: StallOrder) -> None:
    key = f"{row.pk}:{row.version}"
    if topic and not withdraw(topic, key) and OutboxEvent.objects.filter(key=f"{topic}:{key}").exists():
        raise TooLate()


def _restore(row: StallOrder) -> None:
    """As if it had not been done."""
    if row.state == S.READY:
        row.lines.update(packed_measure=None, final_incl_tax=None, final_excl_tax=None)
        row.final_incl_tax = row.final_excl_tax = None
        row.bags.all().delete()
    elif row.state == S.ACCEPTED:
        row.lines.update(offered_measure=None)
    row.reason, row.liable = "", StallOrder.Liable.NOBODY
