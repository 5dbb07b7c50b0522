"""The goods change hands: from the stall to the shopper, or by way of the desk. Every bag's way is recorded."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import IllegalTransition, NotAllowed
from oscar_marketplace.orders.act import Act, acting, operator_of
from oscar_marketplace.orders.hand_over_state import hand_over_state, recompute_hand_overs
from oscar_marketplace.orders.models import BagMove, HandOver, StallOrder
from oscar_marketplace.orders.settle_part import NOTHING, take_goods
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.write import event, write

__all__ = [
    "CodeLocked",
    "WrongCode",
    "deliver_at_desk",
    "deliver_at_stall",
    "hand_over_state",
    "move_to_desk",
    "recompute_hand_overs",
    "take_back",
]

MOST_TRIES = 5
LOCK_MINUTES = 15
Settle = Callable[[StallOrder], None]


class WrongCode(NotAllowed):
    """Not the code of this hand-over; ``params["left"]`` tries are left."""

    code = "wrong_code"
    message = _("That is not the code.")


class CodeLocked(NotAllowed):
    """Too many wrong tries; ``params["until"]`` is when it can be tried again."""

    code = "code_locked"
    message = _("Too many wrong codes. Try again in %(minutes)d minutes or ask at the desk, which has been told.")


def deliver_at_stall(
    stall_order: StallOrder,
    *,
    code: str,
    by: Actor,
    version: int | None = None,
    now: datetime | None = None,
    settle: Settle | None = None,
) -> StallOrder:
    """The shopper picks one stall's part up there, against the code: ready to delivered in one act.

    The bags pass to the shopper and the time to complain starts. ``settle`` takes the money, in the same transaction.
    Wrong codes are counted in a transaction of their own: a caller whose transaction is still open must let it commit
    when this raises.

    Raises:
        WrongCode, CodeLocked: nothing was handed over.
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    now = now or timezone.now()
    with acting("deliver", by=by, now=now) as act:
        row = act.take(stall_order)
        _check_kind(row, HandOver.Kind.STALL)
        if act.is_done(row, "hand_over_bags", version=version):
            return row
    check_code(row.hand_over, code=code, now=now)
    with acting("deliver", by=by, now=now) as act:
        act.settle = settle
        row = act.take(stall_order, goods=True)
        if act.is_done(row, "hand_over_bags", version=version):
            return row
        _deliver(act, [row], source=BagMove.Holder.STALL)
    return row


def move_to_desk(
    stall_order: StallOrder, *, by: Actor, version: int | None = None, now: datetime | None = None
) -> StallOrder:
    """The bags of a part left the stall and stand at the market's desk.

    Raises:
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    with acting("move_to_desk", by=by, now=now) as act:
        row = act.take(stall_order, goods=True)
        _check_kind(row, HandOver.Kind.DESK)
        if act.is_done(row, "hand_over_bags", version=version):
            return row
        act.move(row, "hand_over_bags")
        take_goods(row, now=act.now)
        _move_bags(act, [row], source=BagMove.Holder.STALL, target=BagMove.Holder.DESK)
    return row


def deliver_at_desk(
    hand_over: HandOver, *, code: str, by: Actor, now: datetime | None = None, settle: Settle | None = None
) -> list[StallOrder]:
    """The shopper picks everything up that stands at the desk, against the code. Parts not there yet stay open.

    Twice is once. Wrong codes are counted as in :func:`deliver_at_stall`.

    Raises:
        WrongCode, CodeLocked, IllegalTransition: nothing was handed over.
    """
    now = now or timezone.now()
    check_code(hand_over, code=code, now=now)
    with acting("deliver", by=by, now=now) as act:
        act.settle = settle
        rows = act.take_all(hand_over.stall_orders.all())
        here = [row for row in rows if row.state == StallOrderState.HANDED_OVER]
        delivered = [row for row in rows if row.state == StallOrderState.DELIVERED]
        if not here and not delivered:
            raise IllegalTransition(_("None of this order is at the desk."))
        _deliver(act, here, source=BagMove.Holder.DESK)
    return here or delivered


def take_back(
    stall_order: StallOrder,
    *,
    bags: Iterable[int],
    by: Actor,
    version: int | None = None,
    now: datetime | None = None,
    settle: Settle | None = None,
) -> StallOrder:
    """Nobody came to the desk: every bag (``bags``: their numbers) is back at the stall, and the part costs nothing.

    Perishables are not put back on sale: the stock that was used up stays used up.

    Raises:
        NotAllowed: ``bags_missing``, naming those that did not come back.
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    with acting("take_back", by=by, now=now) as act:
        act.settle = settle
        row = act.take(stall_order)
        if act.is_done(row, "take_back", version=version):
            return row
        missing = sorted(set(row.bags.values_list("number", flat=True)) - set(bags))
        if missing:
            raise NotAllowed(
                _("These bags are still missing: %(bags)s."), code="bags_missing", bags=", ".join(map(str, missing))
            )
        act.move(row, "take_back")
        row.liable = StallOrder.Liable.SHOPPER
        for line in row.lines.all():
            row.lines.filter(pk=line.pk).update(
                returned_measure=line.packed_measure or 0, final_incl_tax=NOTHING, final_excl_tax=NOTHING
            )
        row.final_incl_tax = row.final_excl_tax = NOTHING
        _move_bags(act, [row], source=BagMove.Holder.DESK, target=BagMove.Holder.STALL)
    return row


def check_code(hand_over: HandOver, *, code: str, now: datetime) -> None:
    """Compare a pick-up code. Five wrong tries lock it for a quarter of an hour and tell the desk.

    Commits the count before it raises.

    Raises:
        WrongCode, CodeLocked
    """
    with transaction.atomic():
        row = HandOver.objects.select_for_update(of=("self",)).get(pk=hand_over.pk)
        refusal = _try(row, "".join(code.split()), now)
        row.save(update_fields=["wrong_tries", "locked_until"])
    if refusal is not None:
        raise refusal


def _try(row: HandOver, code: str, now: datetime) -> NotAllowed | None:
    if row.locked_until is not None and now < row.locked_until:
        return _locked(row, now)
    if row.locked_until is not None:
        row.wrong_tries, row.locked_until = 0, None
    if constant_time_compare(row.code, code):
        row.wrong_tries = 0
        return None
    row.wrong_tries += 1
    if row.wrong_tries < MOST_TRIES:
        left = MOST_TRIES - row.wrong_tries
        words = ngettext(
            "That is not the code. %(left)d try is left.", "That is not the code. %(left)d tries are left.", left
        )
        return WrongCode(words, left=left)
    row.locked_until = now + timedelta(minutes=LOCK_MINUTES)
    write(event("desk_code_locked", f"{row.pk}:{int(row.locked_until.timestamp())}", hand_over=row.pk))
    return _locked(row, now)


def _locked(row: HandOver, now: datetime) -> CodeLocked:
    minutes = max(1, -(-(row.locked_until - now) // timedelta(minutes=1)))
    return CodeLocked(until=row.locked_until, minutes=minutes)


def _check_kind(row: StallOrder, kind: str) -> None:
    if row.hand_over is None or row.hand_over.kind != kind:
        raise NotAllowed(_("This order is not handed over here."), code="wrong_place")


def _deliver(act: Act, rows: list[StallOrder], *, source: str) -> None:
    for row in rows:
        act.move(row, "deliver")
        take_goods(row, now=act.now)
        row.complete_at = act.now + timedelta(hours=operator_of(row).claims_hours)
    _move_bags(act, rows, source=source, target=BagMove.Holder.SHOPPER, proof="code")


def _move_bags(act: Act, rows: list[StallOrder], *, source: str, target: str, proof: str = "") -> None:
    bags = [bag for row in rows for bag in row.bags.all()]
    BagMove.objects.bulk_create(
        BagMove(bag=bag, source=source, target=target, at=act.now, by_id=act.by.user_id, proof=proof) for bag in bags
    )
