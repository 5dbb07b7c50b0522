"""The books from the command line: ``manage.py marketplace_ledger open``, ``verify`` and ``export``."""

import sys
from argparse import ArgumentParser
from itertools import chain

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.ledger.export import WRITERS
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.open_books import open_books
from oscar_marketplace.payouts.check_payouts import troubles_of_payouts


class Command(BaseCommand):
    help = "Opens the books for what happened before there were books, checks them, writes the journal."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("open", help="Post what is missing in the books; safe to run again.")
        acts.add_parser("verify", help="Check the books; exit with 1 and say what is wrong.")
        export = acts.add_parser("export", help="Write the journal to the standard output.")
        export.add_argument("--format", choices=sorted(WRITERS), default="csv", help="csv, or hledger (plain text).")

    def handle(self, *args, **options) -> None:
        getattr(self, f"{options['act']}_books")(options)

    def open_books(self, options) -> None:
        orders, posted = open_books()
        self.stdout.write(
            _("Looked at %(orders)d orders, posted %(posted)d transactions.") % {"orders": orders, "posted": posted}
        )

    def verify_books(self, options) -> None:
        n = 0
        for trouble in chain(troubles(), troubles_of_payouts()):
            self.stderr.write(trouble.message)
            n += 1
        if n:
            words = ngettext("The books have %(n)d problem.", "The books have %(n)d problems.", n)
            raise CommandError(words % {"n": n}, returncode=1)
        self.stdout.write(_("The books are right."))

    def export_books(self, options) -> None:
        # Not through Django's wrapper, which ends every piece with a line break.
        out = getattr(self.stdout, "_out", sys.stdout)
        WRITERS[options["format"]](out)
