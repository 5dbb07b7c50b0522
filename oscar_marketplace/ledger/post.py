"""The only way into the books. The same event twice is once; what does not balance is refused.

Nothing is locked: rows are only added, a balance is the sum of the postings, and the unique key decides between two
who post the same event at once. Every verb posts after it locked its charges and before its hand-overs; accounts that
are used for the first time are written in the order of their codes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from oscar_marketplace.audit.record import target_of
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction


class DoesNotBalance(MarketplaceError):
    """Not a transaction: its lines do not sum to zero, or are not whole amounts of one currency."""

    code = "does_not_balance"


class PostedOtherwise(MarketplaceError):
    """The same event is in the books already, with other amounts."""

    code = "posted_otherwise"


@dataclass(frozen=True)
class AccountKey:
    """Which account: it is written when it is first posted to."""

    kind: str
    currency: str
    operator_id: int | None = None
    stall_id: int | None = None
    payee_id: int | None = None
    provider: str = ""

    @property
    def code(self) -> str:
        """``payable:operator-1:stall-5:payee-3:MXN``."""
        owners = [("operator", self.operator_id), ("stall", self.stall_id), ("payee", self.payee_id)]
        named = [f"{word}-{pk}" for word, pk in owners if pk is not None]
        return ":".join(filter(None, [self.kind, *named, self.provider, self.currency]))


@dataclass(frozen=True)
class Line:
    """``amount`` in the currency's minor unit: above zero a debit, below zero a credit."""

    account: AccountKey
    amount: int


@dataclass(frozen=True)
class Entry:
    """A transaction to be posted. ``source`` is the row it is about, as ``audit.record.target_of`` names it."""

    kind: str
    source: str
    lines: tuple[Line, ...]
    order_id: int | None
    at: datetime
    memo: str = ""
    sequence: int = 1

    @property
    def key(self) -> tuple[str, str, int]:
        return self.kind, self.source, self.sequence


def post(
    kind: str, source, lines: Iterable[Line], *, order, at: datetime, memo: str = "", sequence: int = 1
) -> LedgerTransaction:
    """:func:`post_all` for one; ``source`` and ``order`` are rows. Returns the transaction in the books.

    Raises:
        DoesNotBalance, PostedOtherwise
    """
    order_id = order.pk if order is not None else None
    entry = Entry(kind, target_of(source), tuple(lines), order_id, at, memo, sequence)
    post_all([entry])
    return LedgerTransaction.objects.get(kind=kind, source=entry.source, sequence=sequence)


def post_all(entries: Sequence[Entry]) -> int:
    """Write what is not in the books yet, in the caller's transaction; returns how many transactions that were.

    A number of statements that does not grow with the entries.

    Raises:
        DoesNotBalance: nothing is written.
        PostedOtherwise: an entry is in the books with other lines.
    """
    for entry in entries:
        check(entry.lines)
    wanted = {entry.key: entry for entry in entries}
    if not wanted:
        return 0
    if len(wanted) != len(entries):
        raise PostedOtherwise()
    try:
        with transaction.atomic():
            return _write(wanted)
    except IntegrityError:
        # Somebody posted one of them, or opened an account, in this moment: their rows are committed now.
        with transaction.atomic():
            return _write(wanted)


def check(lines: Sequence[Line]) -> None:
    """Whether lines make a transaction.

    Raises:
        DoesNotBalance
    """
    whole = all(type(line.amount) is int and line.amount != 0 for line in lines)
    accounts = {line.account for line in lines}
    if not whole or len(lines) < 2 or len(accounts) != len(lines):
        raise DoesNotBalance()
    if len({account.currency for account in accounts}) != 1 or sum(line.amount for line in lines):
        raise DoesNotBalance()


def _write(wanted: dict[tuple, Entry]) -> int:
    missing = _not_posted(wanted)
    if not missing:
        return 0
    accounts = _accounts({line.account for entry in missing for line in entry.lines})
    written = [
        LedgerTransaction(
            kind=entry.kind,
            source=entry.source,
            sequence=entry.sequence,
            order_id=entry.order_id,
            at=entry.at,
            memo=entry.memo[:200],
        )
        for entry in missing
    ]
    LedgerTransaction.objects.bulk_create(written)
    LedgerPosting.objects.bulk_create(
        LedgerPosting(transaction=row, account_id=accounts[line.account.code], amount=line.amount)
        for row, entry in zip(written, missing, strict=True)
        for line in entry.lines
    )
    return len(missing)


def _not_posted(wanted: dict[tuple, Entry]) -> list[Entry]:
    """Entries whose key is not in the books; those that are must be there with the same lines."""
    sources = {entry.source for entry in wanted.values()}
    rows = LedgerTransaction.objects.filter(source__in=sources)
    there = {row.pk: (row.kind, row.source, row.sequence) for row in rows}
    there = {pk: key for pk, key in there.items() if key in wanted}
    if there:
        _check_same(wanted, there)
    return [entry for key, entry in wanted.items() if key not in there.values()]


def _check_same(wanted: dict[tuple, Entry], there: dict[int, tuple]) -> None:
    posted: dict[tuple, set] = {key: set() for key in there.values()}
    rows = LedgerPosting.objects.filter(transaction__in=there)
    for transaction_id, code, amount in rows.values_list("transaction_id", "account__code", "amount"):
        posted[there[transaction_id]].add((code, amount))
    for key, lines in posted.items():
        if lines != {(line.account.code, line.amount) for line in wanted[key].lines}:
            raise PostedOtherwise()


def _accounts(keys: set[AccountKey]) -> dict[str, int]:
    """Code -> pk; accounts that are used for the first time are written."""
    codes = {key.code: key for key in keys}
    found = dict(LedgerAccount.objects.filter(code__in=codes).values_list("code", "pk"))
    new = [
        LedgerAccount(
            code=code,
            kind=key.kind,
            operator_id=key.operator_id,
            stall_id=key.stall_id,
            payee_id=key.payee_id,
            provider=key.provider,
            currency=key.currency,
        )
        for code, key in sorted(codes.items())
        if code not in found
    ]
    if new:
        LedgerAccount.objects.bulk_create(new)
        found |= {account.code: account.pk for account in new}
    return found
