"""What a refund means in the books: money leaves from where it was, and may come back."""

from django.utils import timezone

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.ledger.models import AccountKind, TransactionKind
from oscar_marketplace.ledger.post import AccountKey, Line, post
from oscar_marketplace.payments.books import operator_of_order
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund

K = TransactionKind


def book_given_back(charge: Charge, refund: Refund) -> None:
    """The money left: once for each attempt. Both are locked by the caller; the charge is saved."""
    credit, left = _accounts(charge, refund)
    lines = [Line(credit, refund.amount), Line(left, -refund.amount)]
    post(K.REFUND, refund, lines, order=charge.order, at=timezone.now(), sequence=refund.attempt)
    _count(charge, refund, refund.amount)


def book_came_back(charge: Charge, refund: Refund) -> None:
    """It came back, and is owed again."""
    credit, left = _accounts(charge, refund)
    lines = [Line(left, refund.amount), Line(credit, -refund.amount)]
    post(K.REFUND_FAILED, refund, lines, order=charge.order, at=timezone.now(), sequence=refund.attempt)
    _count(charge, refund, -refund.amount)


def _count(charge: Charge, refund: Refund, amount: int) -> None:
    if not is_beside(refund.source):
        charge.refunded += amount
        charge.save(update_fields=["refunded"])


def _accounts(charge: Charge, refund: Refund) -> tuple[AccountKey, AccountKey]:
    """Where the shopper's money stood, and where it left from."""
    operator_id = operator_of_order(charge.order_id)
    credit = AccountKey(AccountKind.CREDIT_CUSTOMER, refund.currency, operator_id=operator_id)
    if refund.way == Refund.Way.PROVIDER:
        left = AccountKey(AccountKind.PSP, refund.currency, operator_id=operator_id, provider=charge.provider)
    elif refund.way == Refund.Way.TRANSFER and _is_by_statement(charge):
        left = AccountKey(AccountKind.BANK, refund.currency, provider=charge.provider)
    else:
        kind = AccountKind.BANK if refund.way == Refund.Way.TRANSFER else AccountKind.CASH_DESK
        left = AccountKey(kind, refund.currency, operator_id=operator_id)
    return credit, left


def _is_by_statement(charge: Charge) -> bool:
    """It was paid into one of our own bank accounts, which the books know by the provider's alias."""
    return charge.provider in payment_providers.aliases() and payment_providers[charge.provider].is_by_statement


def is_beside(source: str) -> bool:
    """Money that came beside what the charge took: a transfer too much, or a second one."""
    return source.startswith("bankline:")
