"""Packing, and what it means for money when nothing is left."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.pack import make_ready
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.payments.settle import release_promise


def pack_part(
    stall_order: StallOrder,
    *,
    by: Actor,
    version: int | None = None,
    packed: Mapping[int, Decimal],
    bags: int,
    now: datetime | None = None,
) -> StallOrder:
    """``orders.pack.make_ready``; if nothing is left of the part, its payment is void.

    Raises:
        OverBound, BadMeasure, BadBags, StaleVersion, IllegalTransition: see there.
    """

    def settle(row: StallOrder) -> None:
        if row.state == StallOrderState.CANCELLED:
            release_promise(row, by=by)

    return make_ready(stall_order, by=by, version=version, packed=packed, bags=bags, now=now, settle=settle)
