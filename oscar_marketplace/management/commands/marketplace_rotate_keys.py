"""Seal all bank data again with the first key: ``manage.py marketplace_rotate_keys``."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import ngettext

from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.payouts.accounts import rotate_keys


class Command(BaseCommand):
    help = "Seals all bank data again with the first of OSCAR_MARKETPLACE_ENCRYPTION_KEYS; safe to run again."

    def handle(self, *args, **options) -> None:
        try:
            rows = rotate_keys()
        except MarketplaceError as problem:
            raise CommandError(str(problem), returncode=1) from problem
        self.stdout.write(ngettext("Sealed %(n)d row again.", "Sealed %(n)d rows again.", rows) % {"n": rows})
