"""What the operators publish, and what was agreed for the orders of a stall."""

from collections.abc import Iterable
from datetime import datetime

from oscar_marketplace.commissions.models import CommissionRule, StallOrderCommission


def rules_published(*, now: datetime) -> list[CommissionRule]:
    """Rules that hold today or will, by operator in their order, with what they are for: one statement."""
    rules = CommissionRule.objects.filter(ended_at=None)
    rules = rules.select_related("operator", "market__operator", "trade", "stall")
    return [rule for rule in rules.order_by("operator", "position", "pk") if not rule.is_over(at=now)]


def commissions_of_orders(stall, numbers: Iterable[str]) -> dict[str, StallOrderCommission]:
    """Number of an Oscar order -> what was agreed for the stall's part of it: one statement."""
    rows = StallOrderCommission.objects.filter(stall_order__stall=stall, stall_order__order__number__in=set(numbers))
    return {row.stall_order.order.number: row for row in rows.select_related("stall_order__order")}
