"""The states of an order, as data: which act leads from where to where."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StallOrderState(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
    NEW = "new", _("new")
    ACCEPTED = "accepted", _("accepted")
    PREPARING = "preparing", _("being prepared")
    READY = "ready", _("ready")
    HANDED_OVER = "handed_over", _("handed over")
    DELIVERED = "delivered", _("delivered")
    COMPLETED = "completed", _("completed")
    REJECTED = "rejected", _("refused by the stall")
    UNANSWERED = "unanswered", _("not answered")
    EXPIRED = "expired", _("expired")
    CANCELLED = "cancelled", _("cancelled")
    RETURNED = "returned", _("returned")


#: Parts that still may reach the shopper.
LIVE = frozenset(
    {
        StallOrderState.NEW,
        StallOrderState.ACCEPTED,
        StallOrderState.PREPARING,
        StallOrderState.READY,
        StallOrderState.HANDED_OVER,
        StallOrderState.DELIVERED,
        StallOrderState.COMPLETED,
    }
)
#: Parts whose goods were given back to the shelf, or never left it.
RELEASED = frozenset(
    {StallOrderState.REJECTED, StallOrderState.UNANSWERED, StallOrderState.EXPIRED, StallOrderState.CANCELLED}
)


class HandOverState(models.TextChoices):
    RESERVED = "reserved", _("reserved")
    CONFIRMED = "confirmed", _("confirmed")
    COLLECTING = "collecting", _("collecting the bags")
    COMPLETE = "complete", _("complete")
    WAITING = "waiting", _("waiting to be picked up")
    UNDER_WAY = "under_way", _("on its way")
    DELIVERED = "delivered", _("delivered")
    NOT_COLLECTED = "not_collected", _("not picked up")
    FAILED = "failed", _("failed")
    RETURNED = "returned", _("returned")
    DISPOSED = "disposed", _("disposed of")
    EXPIRED = "expired", _("expired")


class ChargeState(models.TextChoices):
    CREATED = "created", _("created")
    ACTION_REQUIRED = "action_required", _("waiting for you")
    PROCESSING = "processing", _("being processed")
    PROMISED = "promised", _("to be paid on pick-up")
    AUTHORISED = "authorised", _("set aside on your card")
    CAPTURED = "captured", _("paid")
    PARTIALLY_PAID = "partially_paid", _("partly paid")
    CLOSED_SHORT = "closed_short", _("closed short")
    FAILED = "failed", _("declined")
    CANCELLED = "cancelled", _("cancelled")
    EXPIRED = "expired", _("expired")


class RefundState(models.TextChoices):
    NEEDS_DESTINATION = "needs_destination", _("where to is not known yet")
    REQUESTED = "requested", _("requested")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("on its way")
    DONE = "done", _("given back")
    FAILED = "failed", _("failed")
    UNCLAIMED = "unclaimed", _("not claimed")
