"""Rows that are written once: no ORM call of this package, of a city or of the admin changes or deletes them.

The database refuses it too (migration ``0003``); this says so in words, and on databases without that trigger.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.exceptions import NotAllowed


class WrittenOnce(NotAllowed):
    """What is in the books stays; a mistake is corrected by another transaction."""

    code = "written_once"
    message = _("What is in the books is never changed: post a transaction that corrects it.")


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise WrittenOnce()

    def bulk_update(self, objs, fields, batch_size=None):
        raise WrittenOnce()

    def delete(self):
        raise WrittenOnce()

    def _raw_delete(self, using):
        # What Django's deletion collector calls for rows without signals.
        raise WrittenOnce()

    # As Django does for its own: templates and related managers must not call them by accident.
    delete.alters_data = True
    delete.queryset_only = True
    update.alters_data = True
    bulk_update.alters_data = True


class AppendOnly(models.Model):
    """Base of the books' rows. They come in through ``ledger.post`` alone, so one by one nothing is saved at all."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def save(self, *args, **kwargs):
        raise WrittenOnce()

    def delete(self, *args, **kwargs):
        raise WrittenOnce()
