"""A payment came after the time to pay was over: the goods are taken anew, if they are still to be had."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import CannotPlace, OutOfStock
from oscar_marketplace.listings.allocate import allocate
from oscar_marketplace.listings.models import StockMode
from oscar_marketplace.markets.models import WavePlace
from oscar_marketplace.orders.act import Act, acting
from oscar_marketplace.orders.clocks import preparation
from oscar_marketplace.orders.confirm import begin
from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.stalls.models import StallState


def revive_part(stall_order: StallOrder, *, by: Actor, now: datetime | None = None) -> StallOrder:
    """:func:`revive_parts` for one."""
    return revive_parts([stall_order], by=by, now=now)[0]


def revive_parts(stall_orders: Iterable[StallOrder], *, by: Actor, now: datetime | None = None) -> list[StallOrder]:
    """Expired parts become new, all or none, with their goods and their place in the wave taken anew.

    Raises:
        OutOfStock: what ran out meanwhile, by name; nothing was changed.
        CannotPlace: ``slot_gone`` or ``slot_full`` (the pick-up time), ``stall_closed``; nothing was changed.
        IllegalTransition: a part is not expired.
    """
    stall_orders = list(stall_orders)
    with acting("revive", by=by, now=now) as act:
        rows = act.take_all(stall_orders, goods=True)
        todo = [row for row in rows if not act.is_done(row, "revive")]
        for row in todo:
            _check_can_be_had(act, row)
        _allocate(_counted_lines(todo))
        for row in todo:
            _take_place(row)
            row.released_at = row.final_incl_tax = row.final_excl_tax = None
            row.lines.update(final_incl_tax=None, final_excl_tax=None)
        begin(act, todo, transition="revive")
    return rows


def _counted_lines(stall_orders: list[StallOrder]) -> list[StallOrderLine]:
    """Lines whose stock was promised once and is still counted."""
    lines = StallOrderLine.objects.filter(
        stall_order__in=stall_orders,
        order_line__allocation_cancelled=True,
        listing__stock_mode=StockMode.COUNTED,
    )
    return list(lines.select_related("order_line").order_by("pk"))


def _check_can_be_had(act: Act, row: StallOrder) -> None:
    if row.stall is not None and row.stall.state != StallState.APPROVED:
        raise CannotPlace(_("%(stall)s is not selling at the moment."), code="stall_closed", stall=row.seller_name)
    wave = row.hand_over.wave if row.hand_over else None
    if wave is not None and (wave.closed or wave.starts_at - preparation(row) <= act.now):
        raise CannotPlace(_("The time to pick this order up is over."), code="slot_gone")


def _allocate(lines: list[StallOrderLine]) -> None:
    wanted: dict[int, int] = {}
    for line in lines:
        record = line.order_line.stockrecord_id
        wanted[record] = wanted.get(record, 0) + line.steps
    try:
        allocate(wanted)
    except OutOfStock as refusal:
        short = refusal.params["stockrecords"]
        titles = ", ".join(line.title for line in lines if line.order_line.stockrecord_id in short)
        raise OutOfStock(_("%(titles)s ran out in the meantime."), stockrecords=short, titles=titles) from None
    for line in lines:
        line.order_line.num_allocated, line.order_line.allocation_cancelled = line.steps, False
    get_model("order", "Line").objects.bulk_update(
        [line.order_line for line in lines], ["num_allocated", "allocation_cancelled"]
    )


def _take_place(row: StallOrder) -> None:
    hand_over = row.hand_over
    if hand_over is None or hand_over.wave is None or not hand_over.wave.is_limited:
        return
    if WavePlace.objects.filter(hand_over=hand_over).exists():
        return
    # Skips what another checkout is taking, so it waits for nobody.
    place = WavePlace.objects.filter(wave=hand_over.wave, hand_over=None).select_for_update(skip_locked=True).first()
    if place is None:
        raise CannotPlace(_("No place is left in the time to pick this order up."), code="slot_full")
    place.hand_over = hand_over
    place.save(update_fields=["hand_over"])
