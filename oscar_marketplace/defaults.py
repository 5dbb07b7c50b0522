"""Values for Oscar's settings that a shop with markets needs: ``from oscar_marketplace.defaults import *``.

Put the line after ``from oscar.defaults import *`` and your own changes after it. A system check names each value
that is missing or contradicts ours.
"""

OSCAR_DYNAMIC_CLASS_LOADER = "oscar_marketplace.overlay.load_classes"

# People without an account, and without e-mail, buy at the market too.
OSCAR_ALLOW_ANON_CHECKOUT = True

# Prices at a market include tax; so do offers on them.
OSCAR_OFFERS_INCL_TAX = True

OSCAR_INITIAL_ORDER_STATUS = "Pending"
OSCAR_INITIAL_LINE_STATUS = "Pending"
OSCAR_ORDER_STATUS_PIPELINE = {
    "Pending": ("Being processed", "Complete", "Cancelled"),
    # Back again: a vendor may undo an answer within a minute.
    "Being processed": ("Pending", "Complete", "Cancelled"),
    "Complete": (),
    "Cancelled": ("Pending",),
}
OSCAR_LINE_STATUS_PIPELINE = OSCAR_ORDER_STATUS_PIPELINE

#: Derived state of an order -> Oscar's status, written last and never read back.
ORDER_STATUS_MAP = {
    "awaiting_payment": "Pending",
    "new": "Pending",
    "in_progress": "Being processed",
    "completed": "Complete",
    "cancelled": "Cancelled",
}
#: State of a stall order -> status of its Oscar lines.
LINE_STATUS_MAP = {
    "new": "Pending",
    "accepted": "Being processed",
    "preparing": "Being processed",
    "ready": "Being processed",
    "handed_over": "Being processed",
    "delivered": "Complete",
    "completed": "Complete",
    "rejected": "Cancelled",
    "unanswered": "Cancelled",
    "expired": "Cancelled",
    "cancelled": "Cancelled",
    "returned": "Cancelled",
}

__all__ = [name for name in dir() if name.startswith("OSCAR_")]
