"""Messages that must leave after the commit: written with the change, sent by ``marketplace_tick``."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """Something that happened and somebody must be told of.

    ``key`` makes writing it twice impossible (``"order_placed:17"``). ``available_at`` holds an event back, e.g. until
    a vendor can no longer undo. ``payload`` holds ids, never contact data: receivers look it up when they send.
    """

    key = models.CharField(_("key"), max_length=120, unique=True)
    topic = models.CharField(_("topic"), max_length=60)
    payload = models.JSONField(_("payload"), default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    available_at = models.DateTimeField(_("not before"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    dead_at = models.DateTimeField(_("given up"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["available_at"], name="mkt_outbox_waiting", condition=Q(sent_at=None, dead_at=None))
        ]

    def __str__(self) -> str:
        return self.key
