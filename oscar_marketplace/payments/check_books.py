"""Whether the books are right: they balance, they say what charges and orders say, and the guards stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import CharField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from oscar_marketplace.commissions.amount import kept_of
from oscar_marketplace.ledger.guards import missing_guards
from oscar_marketplace.ledger.models import AccountKind, LedgerPosting, TransactionKind
from oscar_marketplace.ledger.queries import trial_balance, unbalanced_transactions
from oscar_marketplace.money import format_money, from_minor, to_minor
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import RELEASED, ChargeState, StallOrderState
from oscar_marketplace.payments.books import HANDED_OVER_FOR_GOOD
from oscar_marketplace.payments.models import Charge

#: Where a part's way is at its end, whatever happened.
AT_AN_END = RELEASED | HANDED_OVER_FOR_GOOD | {StallOrderState.RETURNED}


@dataclass(frozen=True)
class Trouble:
    """One thing that is wrong. ``code`` is for machines."""

    code: str
    message: str


def troubles() -> Iterator[Trouble]:
    """Everything that is wrong with the books, none if all is well. Reads only."""
    for name in missing_guards(connection):
        yield Trouble(
            "guard_missing",
            _("The database does not protect the books: the trigger %(name)s is gone.") % {"name": name},
        )
    for each in unbalanced_transactions():
        yield Trouble("unbalanced", _("Transaction %(pk)d does not balance.") % {"pk": each.pk})
    yield from _cash_not_netted()
    yield from _charges_booked_otherwise()
    yield from _parts_booked_otherwise()
    yield from _commissions_booked_otherwise()
    yield from _open_receivables()


def _cash_not_netted() -> Iterator[Trouble]:
    for each in trial_balance():
        if each.account.kind == AccountKind.CASH_STALL and each.amount:
            yield Trouble(
                "cash_not_netted",
                _("%(account)s: %(amount)s of cash is not netted.")
                % {"account": each.account.code, "amount": say(each.amount, each.account.currency)},
            )


def _charges_booked_otherwise() -> Iterator[Trouble]:
    charges = Charge.objects.filter(captured__gt=0).annotate(
        booked=_on_receivable("charge:", kinds=[TransactionKind.CAPTURE])
    )
    for charge in charges.filter(Q(booked=None) | ~Q(booked=-F("captured"))).order_by("pk").iterator():
        yield Trouble(
            "charge_not_booked",
            _("Charge %(charge)s: %(taken)s was taken, %(booked)s is in the books.")
            % {
                "charge": charge.reference,
                "taken": say(charge.captured, charge.currency),
                "booked": say(-(charge.booked or 0), charge.currency),
            },
        )


def _parts_booked_otherwise() -> Iterator[Trouble]:
    kinds = [TransactionKind.SALE, TransactionKind.SALE_REVERSED]
    parts = StallOrder.objects.filter(kind=StallOrder.Kind.STALL, state__in=HANDED_OVER_FOR_GOOD)
    parts = parts.filter(charge_shares__isnull=False).distinct()
    parts = parts.annotate(booked=_on_receivable("stallorder:", kinds=kinds)).select_related("order")
    for part in parts.order_by("pk").iterator():
        due, booked = to_minor(part.amount_due, part.currency), part.booked or 0
        if due != booked:
            yield Trouble(
                "part_not_booked",
                _("Stall order %(number)s: %(due)s is due, %(booked)s is in the books.")
                % {
                    "number": part.number,
                    "due": say(due, part.currency),
                    "booked": say(booked, part.currency),
                },
            )


def _commissions_booked_otherwise() -> Iterator[Trouble]:
    """Of goods that were handed over the market keeps what was agreed when they were ordered; of others nothing."""
    kinds = [TransactionKind.COMMISSION, TransactionKind.COMMISSION_REVERSED]
    parts = StallOrder.objects.filter(commission__isnull=False).select_related("order", "commission")
    parts = parts.annotate(booked=_on_accounts("stallorder:", kinds=kinds, account_kind=AccountKind.PAYABLE))
    for part in parts.filter(Q(state__in=HANDED_OVER_FOR_GOOD) | ~Q(booked=None)).order_by("pk").iterator():
        due = to_minor(part.amount_due, part.currency) if part.state in HANDED_OVER_FOR_GOOD else 0
        kept, booked = kept_of(part.commission, due, currency=part.currency).whole, part.booked or 0
        if kept != booked:
            yield Trouble(
                "commission_missing" if part.booked is None else "commission_otherwise",
                _("Stall order %(number)s: the market keeps %(kept)s, %(booked)s is in the books.")
                % {
                    "number": part.number,
                    "kept": say(kept, part.currency),
                    "booked": say(booked, part.currency),
                },
            )


def _on_receivable(prefix: str, *, kinds: list[str]) -> Subquery:
    """What transactions about the outer row post on the shopper's account."""
    return _on_accounts(prefix, kinds=kinds, account_kind=AccountKind.RECEIVABLE)


def _on_accounts(prefix: str, *, kinds: list[str], account_kind: str) -> Subquery:
    source = Concat(Value(prefix), Cast(OuterRef("pk"), CharField()))
    rows = LedgerPosting.objects.filter(
        transaction__kind__in=kinds, transaction__source=source, account__kind=account_kind
    )
    return Subquery(rows.order_by().values("account__kind").annotate(sum=Sum("amount")).values("sum"))


def _open_receivables() -> Iterator[Trouble]:
    rows = LedgerPosting.objects.filter(account__kind=AccountKind.RECEIVABLE).order_by()
    sums = rows.values("transaction__order", "transaction__order__number", "account__currency")
    sums = sums.annotate(sum=Sum("amount")).exclude(sum=0)
    for open_orders in _open_orders():
        sums = sums.exclude(transaction__order__in=open_orders)
    for row in sums.order_by("transaction__order").iterator():
        yield Trouble(
            "receivable_open",
            _("Order %(number)s is closed and the shopper's account stands at %(amount)s.")
            % {"number": row["transaction__order__number"], "amount": say(row["sum"], row["account__currency"])},
        )


def _open_orders() -> list[QuerySet]:
    """Orders of which something may still come, or about which the shopper is asked. A refusal may be undone."""
    parts = StallOrder.objects.filter(kind=StallOrder.Kind.STALL)
    undoable = parts.filter(state__in=[StallOrderState.REJECTED, StallOrderState.UNANSWERED], released_at=None)
    going_on = parts.exclude(state__in=AT_AN_END)
    asked = Decision.objects.filter(answered_at=None)
    # Packed and handed over, and the provider has not taken it yet.
    set_aside = Charge.objects.filter(state=ChargeState.AUTHORISED)
    return [rows.values("order") for rows in (going_on, undoable, asked, set_aside)]


def say(minor: int, currency: str) -> str:
    """An amount in minor units as people write it."""
    return format_money(from_minor(minor, currency), currency)
