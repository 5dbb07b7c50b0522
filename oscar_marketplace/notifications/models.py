"""What was sent to whom, through which channel, with what result."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """One message of one outbox event to one recipient.

    Unique per event and recipient, and written before the channel is called: an event that is tried again after a
    crash does not send a second mail to those who got the first. ``recipient`` is a reference (``contact:17``,
    ``user:4``), never an address.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    event = models.ForeignKey(
        "oscar_marketplace.OutboxEvent", models.PROTECT, related_name="messages", verbose_name=_("event")
    )
    recipient = models.CharField(_("recipient"), max_length=60)
    channel = models.CharField(_("channel"), max_length=20)
    template = models.CharField(_("template"), max_length=60)
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["event", "recipient", "channel"], name="mkt_message_once")]

    def __str__(self) -> str:
        return f"{self.template} → {self.recipient}"
