"""The shopper steps back, or does not come: parts are cancelled and their payment with them."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import SYSTEM, Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.orders.act import lock_goods
from oscar_marketplace.orders.cancel import SHOPPER_MAY, cancel_part, cancel_parts
from oscar_marketplace.orders.hand_over_state import NO_SHOW
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.payments.bank.match import close_short
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.settle import release_promise

BY_SHOPPER = "shopper"
#: Nobody has paid all of it or promised yet.
UNPAID = (ChargeState.CREATED, ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING, ChargeState.PARTIALLY_PAID)


def cancel_by_shopper(order, *, by: Actor, now: datetime | None = None) -> list[StallOrder]:
    """Cancel what no stall has accepted yet of an Oscar order; what was accepted goes on. Returns what was cancelled.

    Raises:
        NotAllowed: ``already_accepted``, nothing can be cancelled any more.
    """
    return _cancel(StallOrder.objects.filter(order=order), by=by, now=now)


def cancel_part_by_shopper(stall_order: StallOrder, *, by: Actor, now: datetime | None = None) -> StallOrder:
    """Cancel one stall's part before the stall accepts.

    Raises:
        NotAllowed: ``already_accepted``; or ``not_paid``, an unpaid order is cancelled whole, because one payment is
            asked for all of it.
    """
    if stall_order.order.stall_orders.filter(state=StallOrderState.AWAITING_PAYMENT).count() > 1:
        raise NotAllowed(_("This order is not paid yet. Pay it first, or cancel all of it."), code="not_paid")
    return _cancel(StallOrder.objects.filter(pk=stall_order.pk), by=by, now=now)[0]


def _cancel(wanted: QuerySet[StallOrder], *, by: Actor, now: datetime | None) -> list[StallOrder]:
    with transaction.atomic():
        ids = list(wanted.order_by("pk").values_list("pk", flat=True))
        lock_goods(ids)
        parts = list(StallOrder.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))
        open_parts = [part for part in parts if part.state in SHOPPER_MAY]
        if not open_parts:
            return _cancelled_before(parts)
        return cancel_parts(
            open_parts, by=by, reason=BY_SHOPPER, liable=StallOrder.Liable.SHOPPER, now=now, settle=_void(by)
        )


def _cancelled_before(parts: list[StallOrder]) -> list[StallOrder]:
    """Pressing the button twice is no mistake."""
    before = [part for part in parts if part.state == StallOrderState.CANCELLED and part.reason == BY_SHOPPER]
    if not before:
        raise NotAllowed(
            _("The stalls already accepted your order; please ask at the market."), code="already_accepted"
        )
    return before


def cancel_with_payment(
    stall_order: StallOrder, *, by: Actor, reason: str, liable: str = "", version: int | None = None, now=None
) -> StallOrder:
    """The desk or the stall cancels a part, and the payment for it is void.

    Raises:
        StaleVersion, IllegalTransition: see ``orders.cancel``.
    """
    return cancel_part(stall_order, by=by, reason=reason, liable=liable, version=version, now=now, settle=_void(by))


def no_shows(*, now: datetime) -> QuerySet[StallOrder]:
    """Bags at stalls that are not kept any longer."""
    return StallOrder.objects.filter(state=StallOrderState.READY, hand_over__hold_until__lte=now)


def cancel_no_show(stall_order: StallOrder, *, now: datetime | None = None) -> bool:
    """Nobody came in time; the shopper is liable. Returns whether it was still waiting."""
    now = now or timezone.now()
    with transaction.atomic():
        lock_goods([stall_order.pk])
        row = no_shows(now=now).select_for_update(of=("self",)).filter(pk=stall_order.pk).first()
        if row is None:
            return False
        liable = StallOrder.Liable.SHOPPER
        cancel_part(row, by=SYSTEM, reason=NO_SHOW, liable=liable, now=now, settle=_void(SYSTEM))
    return True


def _void(by: Actor):
    """What cancelling means for money: promises are void, payments nobody finished are given up."""

    def settle(row: StallOrder) -> None:
        release_promise(row, by=by)
        give_up_unpaid(row, by=by, transition="cancel")

    return settle


def give_up_unpaid(row: StallOrder, *, by: Actor, transition: str) -> None:
    """Cancel or expire payments that were begun for ``row`` and pay for nothing that is still wanted.

    Runs in the caller's transaction. If the money comes all the same, ``payments.settle`` asks what to do with it.
    """
    charges = Charge.objects.filter(shares__stall_order=row, state__in=UNPAID)
    for charge in charges.order_by("pk").select_for_update(of=("self",)):
        others = charge.shares.filter(stall_order__state=StallOrderState.AWAITING_PAYMENT)
        if others.exists():
            continue
        if charge.state == ChargeState.PARTIALLY_PAID:
            close_short(charge, by=by)
        else:
            getattr(charge, transition)()
            charge.save()
            record("charge_" + charge.state, charge, by=by)
