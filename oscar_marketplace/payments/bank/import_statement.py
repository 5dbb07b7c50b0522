"""Import a file of the bank: every line once, then each is matched. The same file, or what overlaps, adds nothing."""

from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.payments.bank.books import book_receipts
from oscar_marketplace.payments.bank.match import match_new_lines
from oscar_marketplace.payments.bank.models import BankLine, BankStatement
from oscar_marketplace.payments.bank.statement_file import BadStatement, FileLine, keys_of, read_statement

L = BankLine.State


@dataclass(frozen=True)
class ImportReport:
    """What an import did. ``by_state`` counts the lines this file brought, as they stand now."""

    lines: int
    new: int
    by_state: dict[str, int] = field(default_factory=dict)

    @property
    def needs_person(self) -> int:
        return self.by_state.get(L.QUEUED, 0)

    def in_words(self, *, dry_run: bool = False) -> str:
        if dry_run:
            words = gettext("%(lines)d movements can be read, %(new)d of them are new. Nothing was written.")
        else:
            words = gettext("%(lines)d movements, %(new)d of them new: %(matched)d matched, %(queued)d need a person.")
        matched = self.by_state.get(L.MATCHED, 0)
        return words % {"lines": self.lines, "new": self.new, "matched": matched, "queued": self.needs_person}


def accounts() -> list[str]:
    """Aliases of the providers whose money is seen on a statement."""
    return [each.alias for each in payment_providers.all() if each.is_by_statement]


def import_statement(
    content: bytes, *, account: str, by: Actor, file_name: str = "", dry_run: bool = False
) -> ImportReport:
    """Import a file of ``account`` (a provider's alias); ``dry_run`` reads it and writes nothing.

    The lines and the money they brought are committed in one transaction; then each line is matched in one of its own.
    A process that dies in between is made good by the next import or the tick.

    Raises:
        BadStatement: a line cannot be read; nothing was written.
        NotAllowed: there is no such account.
    """
    if account not in accounts():
        raise NotAllowed(_("There is no bank account with this name."), code="unknown_account")
    lines = read_statement(content, backend=payment_providers[account])
    keys = keys_of(lines)
    if dry_run:
        known = BankLine.objects.filter(account=account, key__in=keys).count()
        return ImportReport(len(lines), len(lines) - known)
    digest = sha256(content).hexdigest()
    with transaction.atomic(durable=True):
        statement, new = _write(digest, account, by, file_name, dict(zip(keys, lines, strict=True)))
    match_new_lines(account)
    states = Counter(statement.lines.values_list("state", flat=True))
    return ImportReport(len(lines), new, dict(states))


def _write(digest: str, account: str, by: Actor, file_name: str, lines: dict[str, FileLine]):
    row = BankStatement(account=account, sha256=digest, file_name=file_name[:200], imported_by_id=by.user_id)
    BankStatement.objects.bulk_create([row], ignore_conflicts=True)
    statement = BankStatement.objects.select_for_update(of=("self",)).get(sha256=digest)
    if statement.account != account:
        raise BadStatement([_("It was imported before, for the account %(name)s.") % {"name": statement.account}])
    before = statement.lines.count()
    # In the order of their keys: two files that overlap wait for each other and never in a circle.
    BankLine.objects.bulk_create(
        (_row(statement, key, lines[key]) for key in sorted(lines)), batch_size=500, ignore_conflicts=True
    )
    new = statement.lines.count() - before
    book_receipts(list(statement.lines.filter(amount__gt=0)))
    if new:
        record("bank_statement_imported", statement, by=by, account=account, lines=len(lines), new=new)
    return statement, new


def _row(statement: BankStatement, key: str, line: FileLine) -> BankLine:
    return BankLine(
        statement=statement,
        account=statement.account,
        key=key,
        booked_on=line.booked_on,
        amount=line.amount,
        currency=line.currency,
        payer=line.payer,
        text=line.text,
        bank_id=line.bank_id,
        state=L.NEW if line.amount > 0 else L.OUTGOING,
    )
