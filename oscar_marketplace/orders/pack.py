"""The stall weighed and packed: bags are made and the amounts of the part are final."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import SYSTEM, Actor
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.orders.act import Act, acting
from oscar_marketplace.orders.answer import BadMeasure, lines_of, say_exactly, say_of_line, tidy
from oscar_marketplace.orders.cancel import tell_cancelled
from oscar_marketplace.orders.goods_names import name_at_stall
from oscar_marketplace.orders.models import Bag, HandOver, StallOrder, StallOrderLine
from oscar_marketplace.orders.settle_part import release_goods, settle_amounts, take_goods
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.write import event

MOST_BAGS = 50
NOTHING_LEFT = "nothing_left"


class OverBound(BadMeasure):
    """More was packed than the shopper agreed to pay for."""

    code = "over_bound"
    message = _("%(title)s: %(packed)s is over the limit of %(bound)s. Take some out.")


class BadBags(MarketplaceError):
    """Not a number of bags."""

    code = "bad_bags"
    message = _("Write how many bags there are, from 1 to %(most)d.")


def make_ready(
    stall_order: StallOrder,
    *,
    by: Actor,
    version: int | None = None,
    packed: Mapping[int, Decimal],
    bags: int,
    now: datetime | None = None,
    settle: Callable[[StallOrder], None] | None = None,
) -> StallOrder:
    """The part is packed. ``packed``: line pk -> measure in price units; ``bags``: how many there are.

    A line that is left out went as promised, unless it is sold by real weight. Nothing packed at all cancels the part
    (``nothing_left``). Counted stock is used up, and the shopper told, once the time to undo is over.

    Raises:
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
        OverBound: a line is above its bound, which the message names.
        BadMeasure, BadBags: an amount or the number of bags cannot be.
    """
    packed = {pk: tidy(measure) for pk, measure in packed.items()}
    data = {"packed": {str(pk): say_exactly(packed[pk]) for pk in sorted(packed)}, "bags": bags}
    with acting("make_ready", by=by, now=now, data=data) as act:
        act.settle = settle
        row = act.take(stall_order, goods=True)
        if act.is_done(row, "make_ready", version=version):
            return row
        lines = lines_of(row)
        measures = _measures(lines, packed)
        settle_amounts(row, lines.values(), measures)
        if any(measures.values()):
            _finish_bags(act, row, bags)
        else:
            _nothing_left(act, row)
    return row


def _measures(lines: Mapping[int, StallOrderLine], packed: Mapping[int, Decimal]) -> dict[int, Decimal]:
    for pk in packed:
        if pk not in lines:
            raise BadMeasure(_("This line is not part of the order."), code="unknown_line", line=pk)
    measures = {}
    for pk, line in lines.items():
        measures[pk] = packed[pk] if pk in packed else _as_promised(line)
        if measures[pk] < 0:
            raise BadMeasure(_("%(title)s: write how much was packed."), line=pk, title=name_at_stall(line).text)
        if measures[pk] > line.most_to_pack:
            raise OverBound(
                line=pk,
                title=name_at_stall(line).text,
                packed=say_of_line(line, measures[pk]),
                bound=say_of_line(line, line.most_to_pack),
            )
    return measures


def _as_promised(line: StallOrderLine) -> Decimal:
    promised = line.promised_measure
    if line.is_estimated and promised:
        raise BadMeasure(
            _("%(title)s: write what it weighed."), code="not_weighed", line=line.pk, title=name_at_stall(line).text
        )
    return promised


def _finish_bags(act: Act, row: StallOrder, bags: int) -> None:
    if not isinstance(bags, int) or not 1 <= bags <= MOST_BAGS:
        raise BadBags(most=MOST_BAGS)
    act.move(row, "make_ready")
    act.allow_undo(row, back_to=StallOrderState.ACCEPTED)
    Bag.objects.bulk_create(Bag(stall_order=row, number=number) for number in range(1, bags + 1))
    if row.undo_until is None:
        take_goods(row, now=act.now)
    if row.hand_over is not None and row.hand_over.kind == HandOver.Kind.STALL:
        when = row.undo_until or act.now
        act.tell(event("stall_order_ready", f"{row.pk}:{row.version}", available_at=when, stall_order=row.pk))


def _nothing_left(act: Act, row: StallOrder) -> None:
    act.move(row, "cancel")
    row.reason, row.liable = NOTHING_LEFT, StallOrder.Liable.STALL
    release_goods(row, now=act.now)
    tell_cancelled(act, [row], told_stalls=[row])


def use_up_packed_goods(stall_order: StallOrder, *, now: datetime | None = None) -> bool:
    """Use up the stock of a part that is ready and can no longer be undone. Returns whether there was any to do."""
    with acting("use_up_goods", by=SYSTEM, now=now) as act:
        row = act.take(stall_order, goods=True)
        may_be_undone = row.undo_until is not None and act.now < row.undo_until
        if row.state != StallOrderState.READY or row.released_at is not None or may_be_undone:
            return False
        take_goods(row, now=act.now)
        row.undo_state, row.undo_until = "", None
        act.note(row)
    return True
