"""The state of a hand-over, derived from the stall orders it brings together; never set by hand."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from oscar_marketplace.markets.calendar import hours_of_markets
from oscar_marketplace.markets.models import WavePlace
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.states import HandOverState, StallOrderState
from oscar_marketplace.outbox.write import event, write

S = StallOrderState
H = HandOverState

#: Still on its way to the shopper.
OPEN = frozenset({S.AWAITING_PAYMENT, S.NEW, S.ACCEPTED, S.PREPARING, S.READY, S.HANDED_OVER})
BAGGED = frozenset({S.READY, S.HANDED_OVER})
DONE = frozenset({S.DELIVERED, S.COMPLETED})
NO_SHOW = "no_show"


def hand_over_state(parts: Iterable[StallOrder], *, kind: str) -> HandOverState:
    """What the stall orders of a hand-over add up to. Pure: reads only ``state`` and ``reason`` of each part.

    At stalls the bags wait where they were packed; at the desk they wait once they are all there.
    """
    parts = list(parts)
    states = {part.state for part in parts}
    still_open = states & OPEN
    if not still_open:
        return _ended_as(parts)
    if still_open <= BAGGED:
        if kind == HandOver.Kind.DESK and S.READY in still_open:
            return H.COMPLETE
        return H.WAITING
    if states & (BAGGED | DONE) or S.PREPARING in states:
        return H.COLLECTING
    return H.RESERVED if S.AWAITING_PAYMENT in states else H.CONFIRMED


def _ended_as(parts: list[StallOrder]) -> HandOverState:
    states = {part.state for part in parts}
    if states & DONE:
        return H.DELIVERED
    if any(part.state == S.CANCELLED and part.reason == NO_SHOW for part in parts):
        return H.NOT_COLLECTED
    return H.RETURNED if S.RETURNED in states else H.EXPIRED


def recompute_hand_overs(hand_over_ids: Iterable[int], *, kept_from: datetime | None = None) -> None:
    """Write the derived state of each; frees its place in the wave once nothing of it is left.

    ``kept_from``: bags were made at this moment, so they are kept at least that long. Locks the hand-overs; their
    parts are read after the lock, so of two acts at once the later one counts both.
    """
    ids = sorted(hand_over_ids)
    if not ids:
        return
    rows = HandOver.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    hand_overs = list(rows.select_related("market__operator", "wave"))
    parts: dict[int, list[StallOrder]] = {pk: [] for pk in ids}
    for part in StallOrder.objects.filter(hand_over__in=ids).order_by("pk"):
        parts[part.hand_over_id].append(part)
    if kept_from is not None:
        _keep_longer(hand_overs, kept_from)
    for hand_over in hand_overs:
        before = hand_over.state
        hand_over.state = hand_over_state(parts[hand_over.pk], kind=hand_over.kind)
        if hand_over.state == H.WAITING != before and hand_over.kind == HandOver.Kind.DESK:
            write(event("hand_over_waiting", str(hand_over.pk), hand_over=hand_over.pk))
    HandOver.objects.bulk_update(hand_overs, ["state", "hold_until"])
    over = [
        each.pk
        for each in hand_overs
        # A refusal that may still be undone keeps the place.
        if each.state == H.EXPIRED and all(part.released_at for part in parts[each.pk])
    ]
    if over:
        WavePlace.objects.filter(hand_over__in=over).update(hand_over=None)


def _keep_longer(hand_overs: list[HandOver], moment: datetime) -> None:
    # Bags made late are kept as long as those made in time: counted in opening time from when they were ready.
    hours = hours_of_markets([each.market for each in hand_overs], since=moment)
    for each in hand_overs:
        minutes = each.market.operator.pickup_hold_minutes
        moments = [hours[each.market_id].add_minutes(moment, minutes)]
        if each.wave is not None:
            moments.append(each.wave.ends_at + timedelta(minutes=minutes))
        if each.hold_until is not None:
            moments.append(each.hold_until)
        each.hold_until = max(moments)
