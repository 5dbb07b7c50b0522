"""What the books say: balances, the trial balance, what a stall sold and is owed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from oscar_marketplace.ledger.models import (
    AccountKind,
    LedgerAccount,
    LedgerPosting,
    LedgerTransaction,
    TransactionKind,
)
from oscar_marketplace.stalls.models import Tenure

COMMISSIONS = {TransactionKind.COMMISSION, TransactionKind.COMMISSION_REVERSED}


@dataclass(frozen=True)
class Balance:
    """One line of the trial balance, in minor units; debits above zero."""

    account: LedgerAccount
    amount: int


def balance(accounts: QuerySet[LedgerAccount]) -> int:
    """What the postings of these accounts (of one currency) sum to, in minor units."""
    return LedgerPosting.objects.filter(account__in=accounts).aggregate(sum=Sum("amount"))["sum"] or 0


def trial_balance(accounts: QuerySet[LedgerAccount] | None = None) -> list[Balance]:
    """Every account with its balance, in the order of the codes; per currency they sum to zero."""
    accounts = LedgerAccount.objects.all() if accounts is None else accounts
    rows = accounts.select_related("operator", "stall", "payee").annotate(sum=Sum("postings__amount"))
    return [Balance(row, row.sum or 0) for row in rows.order_by("code")]


def unbalanced_transactions() -> list[LedgerTransaction]:
    """Transactions whose postings do not sum to zero in each currency, or that have none. Always empty."""
    sums = LedgerPosting.objects.values("transaction", "account__currency").annotate(sum=Sum("amount"))
    wrong = sums.exclude(sum=0).order_by().values_list("transaction", flat=True)
    return list(LedgerTransaction.objects.filter(Q(pk__in=set(wrong)) | Q(postings=None)))


def accounts_of_stall(stall) -> QuerySet[LedgerAccount]:
    """The accounts of whoever holds the stall today: a former holder's money is nobody else's business."""
    holders = Tenure.objects.filter(stall=stall, ends_on=None).values("payee")
    accounts = LedgerAccount.objects.filter(stall=stall)
    return accounts.filter(payee__in=holders) if holders.exists() else accounts.filter(payee=None)


@dataclass
class Takings:
    """Minor units. ``cash`` + ``online`` = sold; ``kept`` by the market; ``owed`` is what is still to be paid out."""

    cash: int = 0
    online: int = 0
    kept: int = 0
    owed: int = 0

    @property
    def sold(self) -> int:
        return self.cash + self.online

    def add(self, other: "Takings") -> None:
        self.cash += other.cash
        self.online += other.online
        self.kept += other.kept
        self.owed += other.owed


@dataclass
class OrderTakings(Takings):
    order_number: str = ""
    at: datetime | None = None


@dataclass
class DayTakings(Takings):
    day: date | None = None
    orders: list[OrderTakings] = field(default_factory=list)


def takings(accounts: Iterable[LedgerAccount], *, start: datetime, end: datetime, zone: ZoneInfo) -> list[DayTakings]:
    """What a stall's accounts say of the time from ``start`` until before ``end``, newest day first: one statement.

    An order stands on the day (in ``zone``) on which something was posted for it.
    """
    rows = LedgerPosting.objects.filter(account__in=accounts, transaction__at__gte=start, transaction__at__lt=end)
    rows = rows.order_by("transaction__at", "pk").values_list(
        "transaction__at", "transaction__order__number", "transaction__kind", "account__kind", "amount"
    )
    days: dict[date, dict[str, OrderTakings]] = {}
    for at, number, kind, account_kind, amount in rows:
        orders = days.setdefault(at.astimezone(zone).date(), {})
        row = orders.setdefault(number, OrderTakings(order_number=number or "", at=at))
        row.add(_read(kind, account_kind, amount))
    return [_sum_day(day, list(orders.values())) for day, orders in sorted(days.items(), reverse=True)]


def _read(kind: str, account_kind: str, amount: int) -> Takings:
    """What one posting on a stall's account means to the stall."""
    if account_kind == AccountKind.PAYABLE and kind in {TransactionKind.SALE, TransactionKind.SALE_REVERSED}:
        return Takings(online=-amount, owed=-amount)
    if account_kind == AccountKind.PAYABLE and kind == TransactionKind.NETTING:
        # It was sold for cash, and the stall has it.
        return Takings(cash=amount, online=-amount, owed=-amount)
    if account_kind == AccountKind.PAYABLE and kind in COMMISSIONS:
        # With the tax on it; what was sold stays what the shopper paid.
        return Takings(kept=amount, owed=-amount)
    return Takings(owed=-amount) if account_kind == AccountKind.PAYABLE else Takings()


def _sum_day(day: date, orders: list[OrderTakings]) -> DayTakings:
    whole = DayTakings(day=day, orders=orders)
    for each in orders:
        whole.add(each)
    return whole
