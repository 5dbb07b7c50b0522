"""Import a file of the bank: ``manage.py marketplace_bank_import movements.csv --account transfer``."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from oscar_marketplace.audit.record import SYSTEM
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.payments.bank.import_statement import accounts, import_statement
from oscar_marketplace.payments.bank.statement_file import BadStatement


class Command(BaseCommand):
    help = "Imports a bank statement (CSV or camt.053) and matches it to orders; the same file again adds nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="The bank's file.")
        parser.add_argument("--account", required=True, help="Alias of the payment provider whose account it is.")
        parser.add_argument("--dry-run", action="store_true", help="Read the file and write nothing.")

    def handle(self, *args, file: str, account: str, dry_run: bool, **options) -> None:
        try:
            content = Path(file).read_bytes()
        except OSError as problem:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s") % {"file": file, "why": problem.strerror}
            ) from None
        try:
            report = import_statement(content, account=account, by=SYSTEM, file_name=Path(file).name, dry_run=dry_run)
        except BadStatement as problem:
            for each in problem.problems:
                self.stderr.write(each)
            raise CommandError(_("Nothing was imported.")) from None
        except NotAllowed as problem:
            known = ", ".join(accounts()) or "-"
            raise CommandError(f"{problem} {_('There are: %(names)s.') % {'names': known}}") from None
        self.stdout.write(report.in_words(dry_run=dry_run))
