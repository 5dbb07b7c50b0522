"""Stall orders in any state, brought there by the verbs a real order goes through."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders import advance, hand_over
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.test import factories

S = StallOrderState
CLOCK = Actor("system")
SHOPPER = Actor("shopper")
DESK = Actor("desk")


def fresh(row):
    """The row as the database has it: a protected state is never refreshed in place."""
    return type(row).objects.get(pk=row.pk)


def member_of(stall, name=None) -> Actor:
    """A person who works at the stall, made for this."""
    from oscar_marketplace.stalls.models import StallMember

    user = factories.make_user(name)
    StallMember.objects.create(stall=stall, user=user)
    return Actor.of(user, role="stall")


def placed_parts(lines, *, kind=HandOver.Kind.STALL, **kwargs) -> list[StallOrder]:
    """The stall orders of an unpaid order for (listing, steps) pairs of one market."""
    market = lines[0][0].stall.places.get().pitch.market
    wave = kwargs.pop("wave", None) or factories.make_wave(market)
    order = factories.place(lines, waves=[wave], **kwargs)
    HandOver.objects.filter(order=order).update(kind=kind)
    return list(StallOrder.objects.filter(order=order).order_by("sequence"))


def new_parts(lines, **kwargs) -> list[StallOrder]:
    """The same, confirmed: the stalls are asked."""
    return advance.confirm_parts(placed_parts(lines, **kwargs), by=CLOCK)


def pack(part: StallOrder, *, by: Actor, share: Decimal = Decimal(1), bags: int = 1, **kwargs) -> StallOrder:
    """Make a part ready with the same share of what there is of each line."""
    packed = {line.pk: (line.promised_measure * share).quantize(Decimal("0.001")) for line in part.lines.all()}
    return advance.make_ready(part, by=by, version=part.version, packed=packed, bags=bags, **kwargs)


def bring_to(part: StallOrder, state: str, *, by: Actor) -> StallOrder:
    """Take a part that was just placed to ``state``; ``handed_over`` and ``returned`` need a hand-over at the desk."""
    part = STEPS[state](part, by)
    assert part.state == state, f"the way to {state} ended at {part.state}"
    return part


def _new(part, by):
    return advance.confirm_part(part, by=CLOCK)


def _accepted(part, by):
    return advance.accept(_new(part, by), by=by)


def _ready(part, by):
    return pack(_accepted(part, by), by=by)


def _handed_over(part, by):
    return hand_over.move_to_desk(_ready(part, by), by=by)


def _delivered(part, by):
    if part.hand_over.kind == HandOver.Kind.DESK:
        part = _handed_over(part, by)
        return hand_over.deliver_at_desk(part.hand_over, code=part.hand_over.code, by=by)[0]
    return hand_over.deliver_at_stall(_ready(part, by), code=part.hand_over.code, by=by)


def _completed(part, by):
    advance.complete_part(_delivered(part, by), now=_later())
    return fresh(part)


def _later() -> timezone.datetime:
    return timezone.now() + timedelta(days=30)


STEPS = {
    S.AWAITING_PAYMENT: lambda part, by: part,
    S.EXPIRED: lambda part, by: advance.expire_part(part),
    S.NEW: _new,
    S.ACCEPTED: _accepted,
    S.PREPARING: lambda part, by: advance.start_preparing(_accepted(part, by), by=by),
    S.READY: _ready,
    S.HANDED_OVER: _handed_over,
    S.DELIVERED: _delivered,
    S.COMPLETED: _completed,
    S.REJECTED: lambda part, by: advance.reject(_new(part, by), by=by),
    S.UNANSWERED: lambda part, by: advance.leave_unanswered(_new(part, by), now=_later()),
    S.CANCELLED: lambda part, by: advance.cancel_part(_new(part, by), by=SHOPPER, reason="shopper"),
    S.RETURNED: lambda part, by: hand_over.take_back(_handed_over(part, by), bags=[1], by=by),
}
