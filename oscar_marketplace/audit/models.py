"""Who did what, when and why: append-only rows written in the transaction of the act."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act. ``target`` is ``"stall_order:42"``; ``data`` holds what changed, never contact data or codes."""

    at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    verb = models.CharField(_("act"), max_length=64)
    target = models.CharField(_("target"), max_length=80, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, verbose_name=_("person"), related_name="+"
    )
    role = models.CharField(_("role"), max_length=20)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    data = models.JSONField(_("data"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.verb} {self.target}"
