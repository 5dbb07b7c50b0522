"""What a bank line means in the books: first it is money nobody knows, then it is somebody's."""

from datetime import datetime, time

from django.utils import timezone

from oscar_marketplace.audit.record import target_of
from oscar_marketplace.ledger.models import AccountKind, TransactionKind
from oscar_marketplace.ledger.post import AccountKey, Entry, Line, post_all
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.books import operator_of_order
from oscar_marketplace.payments.models import Charge

BATCH = 500


def suspense_of(account: str, currency: str) -> AccountKey:
    """Money of a bank account that is not captured: unknown, or a part of what was asked for."""
    return AccountKey(AccountKind.SUSPENSE, currency, provider=account)


def book_receipts(lines: list[BankLine]) -> None:
    """Each line by which money came: into the bank, and nobody's yet. Twice is once."""
    entries = [_receipt(line) for line in lines if line.amount > 0]
    for start in range(0, len(entries), BATCH):
        post_all(entries[start : start + BATCH])


def _receipt(line: BankLine) -> Entry:
    bank = AccountKey(AccountKind.BANK, line.currency, provider=line.account)
    at = timezone.make_aware(datetime.combine(line.booked_on, time(12)))
    return _entry(TransactionKind.BANK_RECEIPT, line, bank, suspense_of(line.account, line.currency), line.amount, at)


def book_to_give_back(line: BankLine, amount: int, *, charge: Charge | None) -> None:
    """``amount`` of a line is owed to its sender: the shopper of ``charge``, or nobody we know. Twice is once."""
    owner = {"operator_id": operator_of_order(charge.order_id)} if charge else {"provider": line.account}
    credit = AccountKey(AccountKind.CREDIT_CUSTOMER, line.currency, **owner)
    known = suspense_of(line.account, line.currency)
    order_id = charge.order_id if charge else None
    post_all([_entry(TransactionKind.REFUND_DUE, line, known, credit, amount, timezone.now(), order_id)])


def _entry(kind: str, line: BankLine, debit: AccountKey, credit: AccountKey, amount: int, at, order_id=None) -> Entry:
    return Entry(kind, target_of(line), (Line(debit, amount), Line(credit, -amount)), order_id, at)
