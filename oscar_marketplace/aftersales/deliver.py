"""The shopper collects: the goods and the cash change hands in one transaction."""

from datetime import datetime
from functools import partial

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders.hand_over import deliver_at_desk, deliver_at_stall, take_back
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.payments.settle import release_promise, settle_delivered


def deliver_part(
    stall_order: StallOrder, *, code: str, by: Actor, version: int | None = None, now: datetime | None = None
) -> StallOrder:
    """Hand one stall's part over against the code; cash that was promised for it is taken.

    Raises:
        WrongCode, CodeLocked, StaleVersion, IllegalTransition: see ``orders.hand_over.deliver_at_stall``.
    """
    return deliver_at_stall(
        stall_order, code=code, by=by, version=version, now=now, settle=partial(settle_delivered, by=by)
    )


def deliver_desk_order(hand_over: HandOver, *, code: str, by: Actor, now: datetime | None = None) -> list[StallOrder]:
    """The same for all that stands at the desk."""
    return deliver_at_desk(hand_over, code=code, by=by, now=now, settle=partial(settle_delivered, by=by))


def take_back_part(
    stall_order: StallOrder, *, bags, by: Actor, version: int | None = None, now: datetime | None = None
) -> StallOrder:
    """Bags nobody fetched went back to the stall; their payment is void.

    Raises:
        NotAllowed, StaleVersion, IllegalTransition: see ``orders.hand_over.take_back``.
    """
    return take_back(stall_order, bags=bags, by=by, version=version, now=now, settle=partial(release_promise, by=by))
