"""The acts on a stall order, in the order of its life; each says in its own module what it does and refuses.

awaiting_payment -> new -> accepted (-> preparing) -> ready -> delivered -> completed, and the ways out of it. The table
is in ``models.StallOrder``, what the acts share in ``act``, the handing over in ``hand_over``.
"""

from oscar_marketplace.orders.answer import BadMeasure, accept, leave_unanswered, reject, start_preparing
from oscar_marketplace.orders.cancel import cancel_part, cancel_parts
from oscar_marketplace.orders.complete import complete_part
from oscar_marketplace.orders.confirm import confirm_part, confirm_parts, expire_part, expire_parts
from oscar_marketplace.orders.pack import BadBags, OverBound, make_ready, use_up_packed_goods
from oscar_marketplace.orders.revive import revive_part, revive_parts
from oscar_marketplace.orders.undo import TooLate, undo

__all__ = [
    "BadBags",
    "BadMeasure",
    "OverBound",
    "TooLate",
    "accept",
    "cancel_part",
    "cancel_parts",
    "complete_part",
    "confirm_part",
    "confirm_parts",
    "expire_part",
    "expire_parts",
    "leave_unanswered",
    "make_ready",
    "reject",
    "revive_part",
    "revive_parts",
    "start_preparing",
    "undo",
    "use_up_packed_goods",
]
