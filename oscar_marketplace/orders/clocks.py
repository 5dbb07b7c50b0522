"""The clocks of a stall order. Kept in UTC; minutes to answer count only while the market is open."""

from datetime import datetime, timedelta

from oscar_marketplace.markets.calendar import MarketHours
from oscar_marketplace.orders.models import StallOrder


def preparation(stall_order: StallOrder) -> timedelta:
    """How long the stall needs to weigh and pack."""
    stall = stall_order.stall
    minutes = stall.preparation_minutes
    return timedelta(minutes=stall.operator.preparation_minutes if minutes is None else minutes)


def start_answer_clock(stall_order: StallOrder, *, hours: MarketHours | None, now: datetime) -> None:
    """Set ``accept_by`` and ``ready_by``; ``hours`` are the market's.

    The answer is due after the operator's minutes of opening time, and no later than the pick-up time less
    preparation: an order of Sunday night does not run out before the market opens.
    """
    if stall_order.stall is None:
        # Partners without a stall keep Oscar's ways; nothing there waits for an answer.
        return
    minutes = stall_order.stall.operator.accept_minutes
    wave = stall_order.hand_over.wave if stall_order.hand_over else None
    answer = hours.add_minutes(now, minutes) if hours else now + timedelta(minutes=minutes)
    needed = preparation(stall_order)
    if wave is not None:
        answer = min(answer, wave.starts_at - needed)
        stall_order.ready_by = wave.starts_at
    elif hours:
        stall_order.ready_by = hours.add_minutes(answer, int(needed.total_seconds() // 60))
    else:
        stall_order.ready_by = answer + needed
    stall_order.accept_by = answer
