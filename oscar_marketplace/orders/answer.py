"""The stall answers: there is, there is less, there is none; or it lets the time run out."""

from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import SYSTEM, Actor
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.measures import say_measure
from oscar_marketplace.orders.act import acting
from oscar_marketplace.orders.goods_names import NAMED_BY, name_at_stall
from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.write import event

THOUSANDTH = Decimal("0.001")


class BadMeasure(MarketplaceError):
    """What was offered or packed of a line cannot be; ``params["line"]`` is the line."""

    code = "bad_measure"


def accept(
    stall_order: StallOrder,
    *,
    by: Actor,
    version: int | None = None,
    offers: Mapping[int, Decimal] | None = None,
    now: datetime | None = None,
) -> StallOrder:
    """The stall takes the order. ``offers`` (line pk -> measure in price units) says where there is less, or none.

    The shopper hears of less once the time to undo is over.

    Raises:
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
        BadMeasure: an offer is above what was ordered, or nothing at all is left.
    """
    offers = {pk: tidy(measure) for pk, measure in (offers or {}).items()}
    data = {"offers": {str(pk): say_exactly(offers[pk]) for pk in sorted(offers)}} if offers else {}
    with acting("accept", by=by, now=now, data=data) as act:
        row = act.take(stall_order)
        if act.is_done(row, "accept", version=version):
            return row
        shorted = _note_offers(row, offers)
        act.move(row, "accept")
        act.allow_undo(row, back_to=StallOrderState.NEW)
        if shorted:
            when = row.undo_until or act.now
            act.tell(event("stall_order_shorted", f"{row.pk}:{row.version}", available_at=when, stall_order=row.pk))
    return row


def _note_offers(row: StallOrder, offers: Mapping[int, Decimal]) -> bool:
    """Write what there is less of; returns whether there is any."""
    if not offers:
        return False
    lines = lines_of(row)
    for pk, measure in offers.items():
        line = lines.get(pk)
        if line is None:
            raise BadMeasure(_("This line is not part of the order."), code="unknown_line", line=pk)
        if not 0 <= measure <= line.ordered_measure:
            raise BadMeasure(
                _("%(title)s: write what there is, at most %(most)s."),
                line=pk,
                title=name_at_stall(line).text,
                most=say_of_line(line, line.ordered_measure),
            )
    less = [lines[pk] for pk, measure in offers.items() if measure < lines[pk].ordered_measure]
    if all(pk in offers and not offers[pk] for pk in lines):
        raise BadMeasure(_("Nothing is left of this order: refuse it instead."), code="nothing_left", line=None)
    for line in less:
        line.offered_measure = offers[line.pk]
    StallOrderLine.objects.bulk_update(less, ["offered_measure"])
    return bool(less)


def reject(
    stall_order: StallOrder, *, by: Actor, version: int | None = None, reason: str = "", now: datetime | None = None
) -> StallOrder:
    """The stall cannot fill the order. What follows from it waits until it can no longer be undone.

    See ``aftersales.refusal`` for what follows. ``reason`` is a code or a few words (40 characters).

    Raises:
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    with acting("reject", by=by, now=now, reason=reason) as act:
        row = act.take(stall_order)
        if act.is_done(row, "reject", version=version):
            return row
        act.move(row, "reject")
        row.reason, row.liable = reason[:40], StallOrder.Liable.STALL
        act.allow_undo(row, back_to=StallOrderState.NEW)
    return row


def leave_unanswered(stall_order: StallOrder, *, now: datetime | None = None) -> StallOrder:
    """The time to answer is over. Does nothing to a part that was answered, or whose time still runs."""
    with acting("leave_unanswered", by=SYSTEM, now=now) as act:
        row = act.take(stall_order)
        if row.state == StallOrderState.NEW and row.accept_by is not None and row.accept_by <= act.now:
            act.move(row, "leave_unanswered")
            row.liable = StallOrder.Liable.STALL
    return row


def start_preparing(
    stall_order: StallOrder, *, by: Actor, version: int | None = None, now: datetime | None = None
) -> StallOrder:
    """The stall began to pack; may be left out.

    Raises:
        StaleVersion, IllegalTransition: see :meth:`orders.act.Act.is_done`.
    """
    with acting("prepare", by=by, now=now) as act:
        row = act.take(stall_order)
        if not act.is_done(row, "prepare", version=version):
            act.move(row, "prepare")
    return row


def lines_of(row: StallOrder) -> dict[int, StallOrderLine]:
    """Line pk -> line with its units, in the order of the page."""
    return {line.pk: line for line in row.lines.select_related("price_unit", "order_unit", NAMED_BY).order_by("pk")}


def tidy(measure: Decimal) -> Decimal:
    """A measure as the columns hold it: to the gram."""
    return Decimal(measure).quantize(THOUSANDTH, ROUND_HALF_UP)


def say_exactly(measure: Decimal) -> str:
    """A measure as audit rows hold it, alike for ``1``, ``1.0`` and ``1.000``."""
    return f"{measure.normalize():f}"


def say_of_line(line: StallOrderLine, measure: Decimal) -> str:
    """A measure of a line as people say it; goods of the shop itself have no unit."""
    return say_measure(measure, line.price_unit) if line.price_unit else say_exactly(measure)
