"""What people read for each state, and its tone (shape and colour). The only map from state to words.

Tones: ``info`` under way, ``go`` good, ``wait`` somebody has to act, ``bad`` not possible, ``off`` over.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class StateWord:
    """Tone and word of one state; the word is translated when it is shown."""

    tone: str
    word: Promise


STALL_ORDER = {
    "awaiting_payment": StateWord("wait", pgettext_lazy("stall order", "Payment pending")),
    "new": StateWord("info", pgettext_lazy("stall order", "New")),
    "accepted": StateWord("info", pgettext_lazy("stall order", "Accepted")),
    "preparing": StateWord("info", pgettext_lazy("stall order", "Preparing")),
    "ready": StateWord("go", pgettext_lazy("stall order", "Ready")),
    "handed_over": StateWord("info", pgettext_lazy("stall order", "Left the stall")),
    "delivered": StateWord("go", pgettext_lazy("stall order", "Delivered")),
    "completed": StateWord("go", pgettext_lazy("stall order", "Completed")),
    "rejected": StateWord("bad", pgettext_lazy("stall order", "Could not be filled")),
    "unanswered": StateWord("wait", pgettext_lazy("stall order", "No answer")),
    "expired": StateWord("off", pgettext_lazy("stall order", "Expired")),
    "cancelled": StateWord("bad", pgettext_lazy("stall order", "Cancelled")),
    "returned": StateWord("off", pgettext_lazy("stall order", "Returned")),
}

HAND_OVER = {
    "reserved": StateWord("info", pgettext_lazy("hand-over", "Place held")),
    "confirmed": StateWord("info", pgettext_lazy("hand-over", "Confirmed")),
    "collecting": StateWord("info", pgettext_lazy("hand-over", "Collecting bags")),
    "complete": StateWord("go", pgettext_lazy("hand-over", "Complete")),
    "waiting": StateWord("go", pgettext_lazy("hand-over", "Ready to pick up")),
    "under_way": StateWord("info", pgettext_lazy("hand-over", "On its way")),
    "delivered": StateWord("go", pgettext_lazy("hand-over", "Delivered")),
    "not_collected": StateWord("wait", pgettext_lazy("hand-over", "Not collected")),
    "failed": StateWord("bad", pgettext_lazy("hand-over", "Could not be delivered")),
    "returned": StateWord("off", pgettext_lazy("hand-over", "Back at the stall")),
    "disposed": StateWord("off", pgettext_lazy("hand-over", "Disposed of")),
    "expired": StateWord("off", pgettext_lazy("hand-over", "Expired")),
}

CHARGE = {
    "created": StateWord("info", pgettext_lazy("charge", "Payment started")),
    "action_required": StateWord("wait", pgettext_lazy("charge", "Waiting for you to confirm")),
    "processing": StateWord("info", pgettext_lazy("charge", "Payment under way")),
    "promised": StateWord("info", pgettext_lazy("charge", "You pay when you pick up")),
    "authorised": StateWord("info", pgettext_lazy("charge", "Held on your card")),
    "captured": StateWord("go", pgettext_lazy("charge", "Paid")),
    "partially_paid": StateWord("wait", pgettext_lazy("charge", "Part of it is missing")),
    "closed_short": StateWord("off", pgettext_lazy("charge", "Not completed, given back")),
    "failed": StateWord("bad", pgettext_lazy("charge", "Not paid")),
    "cancelled": StateWord("off", pgettext_lazy("charge", "Cancelled, nothing was charged")),
    "expired": StateWord("off", pgettext_lazy("charge", "The time to pay ran out")),
}

KINDS = {"stall_order": STALL_ORDER, "hand_over": HAND_OVER, "charge": CHARGE}


def state_word(state: str, *, kind: str) -> StateWord:
    """Tone and word of ``state``; ``kind`` is ``stall_order``, ``hand_over`` or ``charge``.

    Raises:
        LookupError: nobody gave this state a word; a page must not show a bare code.
    """
    try:
        return KINDS[kind][state]
    except KeyError:
        raise LookupError(f"state_words.py has no word for the {kind} state {state!r}") from None
