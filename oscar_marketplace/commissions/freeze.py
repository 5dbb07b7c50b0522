"""Which rule an order at a stall is placed under: the first that fits, copied so that no later change reaches it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.commissions.models import CommissionRule, StallOrderCommission, Terms
from oscar_marketplace.stalls.models import Stall

#: What a rule says of the amount, and what is copied of it.
TERMS = [each.name for each in Terms._meta.fields]


@dataclass(frozen=True)
class Sale:
    """An order at a stall that is being placed: which, whose, and in which market, with its zone."""

    stall_order_id: int
    stall_id: int
    operator_id: int
    market_id: int
    zone: ZoneInfo


@dataclass
class StallFacts:
    """Nothing known: no trade and never approved, so that no rule for a trade or for the first days fits."""

    trade_ids: set[int] = field(default_factory=set)
    approved_at: datetime | None = None


def freeze_commissions(sales: Iterable[Sale], *, now: datetime) -> list[StallOrderCommission]:
    """Write for each sale the rule it is placed under; a sale that no rule fits gets none.

    Runs in the caller's transaction, in three statements at most, however many sales. Locks nothing: a rule that has
    begun is never edited.
    """
    sales = list(sales)
    if not sales:
        return []
    rules = CommissionRule.objects.filter(operator__in={sale.operator_id for sale in sales}, ended_at=None)
    rules = list(rules.order_by("position", "pk"))
    facts = _facts({sale.stall_id for sale in sales}) if any(map(_asks_of_stall, rules)) else {}
    frozen = []
    for sale in sales:
        rule = first_that_fits(rules, sale, facts.get(sale.stall_id, StallFacts()), now=now)
        if rule is not None:
            terms = {name: getattr(rule, name) for name in TERMS}
            frozen.append(StallOrderCommission(stall_order_id=sale.stall_order_id, rule=rule, **terms))
    if frozen:
        StallOrderCommission.objects.bulk_create(frozen)
    return frozen


def first_that_fits(
    rules: Iterable[CommissionRule], sale: Sale, stall: StallFacts, *, now: datetime
) -> CommissionRule | None:
    """The first of ``rules``, which come in their order. Days are days of the sale's zone."""
    today = now.astimezone(sale.zone).date()
    approved_on = stall.approved_at.astimezone(sale.zone).date() if stall.approved_at else None
    return next(
        (
            rule
            for rule in rules
            if rule.operator_id == sale.operator_id
            and rule.holds_on(today)
            and rule.market_id in {None, sale.market_id}
            and rule.stall_id in {None, sale.stall_id}
            and (rule.trade_id is None or rule.trade_id in stall.trade_ids)
            and _is_in_first_days(rule, approved_on, today)
        ),
        None,
    )


def _is_in_first_days(rule: CommissionRule, approved_on: date | None, today: date) -> bool:
    """The day of the approval is the first; a stall whose approval nobody wrote down has no first days."""
    if rule.first_days is None:
        return True
    return approved_on is not None and today < approved_on + timedelta(days=rule.first_days)


def _asks_of_stall(rule: CommissionRule) -> bool:
    return rule.trade_id is not None or rule.first_days is not None


def _facts(stall_ids: set[int]) -> dict[int, StallFacts]:
    """The trades of stalls and when they were approved, which the audit trail says: one statement."""
    target = Concat(Value("stall:"), Cast(OuterRef("pk"), CharField()))
    approvals = AuditEntry.objects.filter(target=target, verb="approve_stall").order_by("pk")
    rows = Stall.objects.filter(pk__in=stall_ids).annotate(approved_at=Subquery(approvals.values("at")[:1]))
    found: dict[int, StallFacts] = {}
    for stall_id, trade_id, approved_at in rows.order_by().values_list("pk", "trades", "approved_at"):
        facts = found.setdefault(stall_id, StallFacts(approved_at=approved_at))
        if trade_id is not None:
            facts.trade_ids.add(trade_id)
    return found
