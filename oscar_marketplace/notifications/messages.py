"""Topic of an outbox event -> the letters it means. A letter that no longer says the truth is not written.

Letters to the shopper are in :mod:`notifications.to_shopper`, letters to stalls and desk in
:mod:`notifications.to_market`.
"""

from collections.abc import Callable

from oscar_marketplace.notifications import to_market, to_shopper
from oscar_marketplace.notifications.letters import Letter
from oscar_marketplace.outbox.models import OutboxEvent

TOPICS: dict[str, Callable[[dict], list[Letter]]] = {
    "order_placed": to_shopper.order_placed,
    "order_expired": to_shopper.order_expired,
    "order_cut": to_shopper.order_cut,
    "stall_order_refused": to_shopper.stall_order_refused,
    "stall_order_shorted": to_shopper.stall_order_shorted,
    "stall_order_ready": to_shopper.stall_order_ready,
    "hand_over_waiting": to_shopper.hand_over_waiting,
    "decision_opened": to_shopper.decision_opened,
    "stall_order_new": to_market.stall_order_new,
    "part_cancelled": to_market.part_cancelled,
    "desk_code_locked": to_market.desk_code_locked,
}


def letters_of(event: OutboxEvent) -> list[Letter]:
    """The letters of an event, as the facts are now.

    Raises:
        LookupError: nobody writes about this topic.
    """
    if event.topic not in TOPICS:
        raise LookupError(f"no letter is written about {event.topic}")
    return TOPICS[event.topic](event.payload)
