"""Notifications of payment providers, kept as they came."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ProviderNotification(models.Model):
    """One thing a provider told us. It is a hint only: the charge it names is asked about, and that is believed.

    The same notification twice is one row. Of what was sent only the hint is kept: bodies hold shoppers' data.
    """

    class State(models.TextChoices):
        NEW = "new", _("new")
        DONE = "done", _("done")
        UNKNOWN = "unknown", _("about nothing we know")

    provider = models.CharField(_("provider"), max_length=40)
    event_id = models.CharField(_("provider's number"), max_length=128)
    endpoint = models.CharField(_("address"), max_length=40, blank=True)
    reference = models.CharField(_("our reference"), max_length=64, blank=True)
    external_id = models.CharField(_("provider's number of the charge"), max_length=128, blank=True)
    sha256 = models.CharField(_("fingerprint of the body"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("last trouble"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    next_try_at = models.DateTimeField(_("tried again at"), default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("notification of a provider")
        verbose_name_plural = _("notifications of providers")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="mkt_notification_once")]
        indexes = [models.Index(fields=["state", "next_try_at"], name="mkt_notification_due")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
