"""What the books owe to payees and no payout has claimed: what may be paid now, and what is on hold until when.

The truth is the postings on the ``payable`` accounts, whatever they are about. A posting about a stall order may be
paid when that order is at its end, nothing is asked about it or disputed, and the operator's hold days since its first
posting are over; a posting about no order may be paid at once. All postings of an order become due together, signed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from oscar_marketplace.ledger.models import AccountKind, LedgerPosting, LedgerTransaction, TransactionKind
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import RELEASED, StallOrderState
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payouts.models import PayoutLine

#: What payouts themselves post is not owed to anybody.
OURS = (TransactionKind.PAYOUT, TransactionKind.PAYOUT_FAILED)
#: A part can no longer change by itself; a delivered one may still be complained about.
AT_AN_END = frozenset({*RELEASED, StallOrderState.RETURNED, StallOrderState.COMPLETED})


def unclaimed_postings(operator) -> QuerySet[LedgerPosting]:
    """Postings that no payout has claimed, with ``part_state``, ``is_asked`` and ``since``."""
    part = StallOrder.objects.filter(order=OuterRef("transaction__order"), stall=OuterRef("account__stall"))
    asked = Decision.objects.filter(order=OuterRef("transaction__order"), answered_at=None)
    disputed = Charge.objects.filter(order=OuterRef("transaction__order"), disputed__gt=0)
    first = LedgerTransaction.objects.filter(
        order=OuterRef("transaction__order"), postings__account=OuterRef("account")
    )
    first = first.order_by().values("order").annotate(first=Min("at")).values("first")
    rows = LedgerPosting.objects.filter(account__kind=AccountKind.PAYABLE, account__operator=operator)
    rows = rows.exclude(transaction__kind__in=OURS)
    rows = rows.exclude(Exists(PayoutLine.objects.filter(posting=OuterRef("pk"), is_live=True)))
    return rows.annotate(
        part_state=Subquery(part.values("state")[:1]),
        is_asked=Exists(asked) | Exists(disputed),
        since=Subquery(first, output_field=DateTimeField()),
    )


def due_postings(operator, *, now: datetime) -> QuerySet[LedgerPosting]:
    """Those of them that may be paid now."""
    hold = timedelta(days=operator.payout_hold_days)
    of_order = Q(part_state__in=AT_AN_END, is_asked=False, since__lte=now - hold)
    return unclaimed_postings(operator).filter(Q(transaction__order=None) | of_order)


@dataclass(frozen=True)
class OnHold:
    """What a stall will be paid later. ``amount`` in minor units; ``until``: None while an order is under way."""

    amount: int
    until: datetime | None


def on_hold(accounts, operator, *, now: datetime) -> list[OnHold]:
    """What these accounts are owed and cannot be paid yet, by the moment it becomes due; soonest first."""
    hold = timedelta(days=operator.payout_hold_days)
    rows = unclaimed_postings(operator).filter(account__in=accounts)
    rows = rows.exclude(pk__in=due_postings(operator, now=now).filter(account__in=accounts).values("pk"))
    sums: dict[datetime | None, int] = {}
    values = rows.annotate(order_id=F("transaction__order")).values_list("part_state", "is_asked", "since", "amount")
    for state, is_asked, since, amount in values:
        until = since + hold if state in AT_AN_END and not is_asked else None
        sums[until] = sums.get(until, 0) - amount
    known = sorted(each for each in sums if each is not None)
    return [OnHold(sums[until], until) for until in [*known, *([None] if None in sums else [])] if sums[until]]
