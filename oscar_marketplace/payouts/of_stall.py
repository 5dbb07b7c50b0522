"""What a stall is told of being paid: when and how much is expected, what is on hold, what was paid, and for what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from oscar_marketplace.ledger.models import AccountKind, LedgerAccount, LedgerPosting, TransactionKind
from oscar_marketplace.payouts.models import Payout, PayoutState
from oscar_marketplace.payouts.owed import OnHold, due_postings, on_hold

K = TransactionKind
#: A cancelled payout never was one to the stall.
TOLD = (PayoutState.DRAFT, PayoutState.APPROVED, PayoutState.SENT, PayoutState.PAID, PayoutState.FAILED)


@dataclass(frozen=True)
class Expected:
    """Minor units. ``by_pay_day`` is what will be due on ``pay_day``; below zero it is netted with later sales."""

    due: int
    on_hold: list[OnHold]
    pay_day: date | None
    by_pay_day: int


def expected(accounts: Iterable[LedgerAccount], operator, *, now: datetime) -> Expected:
    """What these accounts will be paid next, as things stand. Two statements."""
    accounts = list(accounts)
    due = due_postings(operator, now=now).filter(account__in=accounts).aggregate(sum=Sum("amount"))["sum"] or 0
    held = on_hold(accounts, operator, now=now)
    day = next_pay_day(operator, now=now)
    if day is None:
        return Expected(-due, held, None, -due)
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(operator.time_zone))
    until_then = sum(each.amount for each in held if each.until is not None and each.until <= noon)
    return Expected(-due, held, day, until_then - due)


def next_pay_day(operator, *, now: datetime) -> date | None:
    """The operator's next day of paying, today if it is one; None without a fixed day."""
    if operator.payout_weekday is None:
        return None
    today = now.astimezone(ZoneInfo(operator.time_zone)).date()
    return today + timedelta(days=(operator.payout_weekday - today.isoweekday()) % 7)


def payouts_of(accounts: Iterable[LedgerAccount]) -> QuerySet[Payout]:
    """Payouts for these accounts, newest first, with ``part``: what of each is for them, in minor units."""
    mine = Q(lines__posting__account__in=list(accounts))
    payouts = Payout.objects.filter(mine, state__in=TOLD).annotate(part=-Sum("lines__posting__amount"))
    return payouts.order_by("-pk")


@dataclass
class PaidFor:
    """Minor units: ``sold`` less ``cash`` the stall had already and less what was ``kept`` is what was ``paid``."""

    order_number: str = ""
    sold: int = 0
    cash: int = 0
    paid: int = 0

    @property
    def kept(self) -> int:
        """Commission, and what was given back to shoppers afterwards."""
        return self.sold - self.cash - self.paid

    def add(self, kind: str, amount: int) -> None:
        self.paid -= amount
        if kind in {K.SALE, K.SALE_REVERSED}:
            self.sold -= amount
        elif kind == K.NETTING:
            self.cash += amount


@dataclass
class Statement:
    whole: PaidFor = field(default_factory=PaidFor)
    orders: dict[str, PaidFor] = field(default_factory=dict)


def statement(payout: Payout, accounts: Iterable[LedgerAccount]) -> Statement:
    """What the part of a payout for these accounts is made of, order by order. One statement."""
    rows = LedgerPosting.objects.filter(payout_lines__payout=payout, account__in=list(accounts))
    rows = rows.filter(account__kind=AccountKind.PAYABLE).order_by("transaction__at", "pk")
    found = Statement()
    for number, kind, amount in rows.values_list("transaction__order__number", "transaction__kind", "amount"):
        order = found.orders.setdefault(number or "", PaidFor(number or ""))
        for each in (order, found.whole):
            each.add(kind, amount)
    return found
