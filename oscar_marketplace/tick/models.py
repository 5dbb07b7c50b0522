"""When each job of ``marketplace_tick`` last ran, so that a stopped clock is seen."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobRun(models.Model):
    """One row per job. Two ticks may run at once: each thing a job does is locked and looked at again before."""

    job = models.CharField(_("job"), max_length=60, unique=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    done = models.PositiveIntegerField(_("things done last time"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["job"]

    def __str__(self) -> str:
        return self.job
