"""Takes each stall's part of a placed order to its planned end, through the verbs every order goes through."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from example_site.demo.assortment import chance
from example_site.demo.clock import clock_at
from example_site.demo.order_plan import PlannedOrder
from oscar_marketplace.aftersales.cancel import cancel_by_shopper
from oscar_marketplace.aftersales.deliver import deliver_desk_order, deliver_part, take_back_part
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.aftersales.refusal import carry_out_refusal, give_up_waiting, refuse_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.models import HandOver, StallMember, StallOrder
from oscar_marketplace.orders.advance import accept, start_preparing
from oscar_marketplace.orders.hand_over import move_to_desk
from oscar_marketplace.orders.states import StallOrderState

#: What is done, and when.
Step = tuple[datetime, Callable[[], object]]

SHOPPER, DESK = Actor("shopper"), Actor("desk")
THOUSANDTH = Decimal("0.001")
#: Ends that a part reaches once it was packed, and once it was accepted.
PACKED = frozenset({"ready", "at-desk", "delivered", "returned", "no-show"})
ACCEPTED = PACKED | {"accepted", "short", "preparing"}


def minutes(n: int) -> timedelta:
    return timedelta(minutes=n)


@dataclass(frozen=True)
class Moments:
    """When what happens to a part; nothing later than ``until``."""

    placed: datetime
    answered: datetime
    packed: datetime
    collected: datetime
    until: datetime

    @classmethod
    def of(cls, row: StallOrder, *, placed: datetime, until: datetime) -> "Moments":
        """Answered soon, packed just before the pick-up time and collected in it, as far as time has come."""
        starts = row.hand_over.wave.starts_at
        answered = min(placed + minutes(4 + chance(row.seller_name, "answer", out_of=6)), until - minutes(6))
        packed = min(max(starts - minutes(10), answered + minutes(3)), until - minutes(4))
        late = 10 + chance(row.order.number, "collect", out_of=50)
        collected = min(max(starts + minutes(late), packed + minutes(3)), until - minutes(1))
        return cls(placed, answered, packed, collected, until)


def owners() -> dict[int, Actor]:
    """Stall -> its owner as the one who acts."""
    members = StallMember.objects.filter(role=StallMember.Role.OWNER).select_related("user")
    return {member.stall_id: Actor.of(member.user, role="stall") for member in members}


def play_order(order, planned: PlannedOrder, *, placed_at: datetime, until: datetime, actors: dict[int, Actor]) -> None:
    """Bring an order that was just placed to its planned end, or as far as ``until``.

    What the stalls do is done in the order of time, as it would be: each stall at its own pace.
    """
    if planned.ends == {"cancelled"}:
        with clock_at(min(placed_at + minutes(3), until)):
            cancel_by_shopper(order, by=SHOPPER)
        return
    ends = {part.stall: part.end for part in planned.parts}
    steps: list[Step] = []
    for row in StallOrder.objects.filter(order=order).select_related("stall", "hand_over__wave", "order"):
        moments = Moments.of(row, placed=placed_at, until=until)
        steps += _steps(row, ends[row.stall.slug], moments, by=actors[row.stall_id])
    if planned.kind == HandOver.Kind.DESK and "delivered" in planned.ends:
        steps += [(until - minutes(1), partial(_deliver_at_desk, row)) for row in order.hand_overs.all()]
    for moment, act in sorted(steps, key=lambda step: step[0]):
        with clock_at(moment):
            act()


def _steps(row: StallOrder, end: str, moments: Moments, *, by: Actor) -> Iterator[Step]:
    """The acts on one part, each with its moment."""
    if end == "unanswered":
        yield min(row.accept_by + minutes(1), moments.until), partial(give_up_waiting, row)
    if end == "rejected":
        yield moments.answered, partial(refuse_part, row, by=by, reason="Se acabó temprano")
        yield moments.answered + minutes(2), partial(carry_out_refusal, row)
    if end in ACCEPTED and row.state == StallOrderState.NEW:
        yield moments.answered, partial(_accept, row, by=by, has_less=end == "short")
    if end == "preparing":
        yield moments.answered + minutes(3), partial(start_preparing, row, by=by)
    if end in PACKED:
        yield moments.packed, partial(_pack, row, by=by)
        yield from _hand_over_steps(row, end, moments, by=by)


def _hand_over_steps(row: StallOrder, end: str, moments: Moments, *, by: Actor) -> Iterator[Step]:
    at_desk = row.hand_over.kind == HandOver.Kind.DESK
    if at_desk and end in {"at-desk", "delivered", "returned"}:
        yield moments.packed + minutes(3), partial(move_to_desk, row, by=by)
    if end == "delivered" and not at_desk:
        yield moments.collected, partial(deliver_part, row, code=row.hand_over.code, by=by)
    if end == "returned":
        yield moments.until, partial(_take_back, row, by=by)


def _accept(row: StallOrder, *, by: Actor, has_less: bool) -> None:
    accept(row, by=by, offers=_half_of_first(row) if has_less else None)


def _pack(row: StallOrder, *, by: Actor) -> None:
    pack_part(row, by=by, packed=_weighed(row), bags=1 + (row.lines.count() > 2))


def _deliver_at_desk(row: HandOver) -> None:
    deliver_desk_order(row, code=row.code, by=DESK)


def _take_back(row: StallOrder, *, by: Actor) -> None:
    take_back_part(row, bags=row.bags.values_list("number", flat=True), by=by)


def _half_of_first(row: StallOrder) -> dict[int, Decimal]:
    """There is only half of the first line."""
    line = row.lines.order_by("pk").first()
    return {line.pk: (line.ordered_measure / 2).quantize(THOUSANDTH)}


def _weighed(row: StallOrder) -> dict[int, Decimal]:
    """What the scale showed: a little more or less than ordered, never over the bound."""
    packed = {}
    for line in row.lines.filter(is_estimated=True):
        share = Decimal(96 + chance(row.order.number, str(line.pk), "weight", out_of=9)) / 100
        packed[line.pk] = min((line.promised_measure * share).quantize(THOUSANDTH), line.most_to_pack)
    return packed
