"""What the demo's market keeps, as it is published, and the stalls that are new enough to keep all of it."""

from datetime import date, datetime, timedelta

from example_site.demo.files import number, rows
from example_site.demo.sync import Tally, sync
from oscar_marketplace.audit.record import Actor, entry
from oscar_marketplace.models import AuditEntry, CommissionRule, Market, Operator, Stall


def load_commissions(operator: Operator, stalls: dict[str, Stall], now: datetime, tally: Tally) -> None:
    """Written once: what was published is left alone, as orders were placed under it."""
    markets = dict(Market.objects.values_list("slug", "pk"))
    wanted = [
        {
            "operator_id": operator.pk,
            "title": row["title"],
            "position": int(row["position"]),
            "market_id": markets[row["market"]] if row["market"] else None,
            "percent": number(row["percent"]),
            "cap": number(row["cap_mxn"]),
            "tax_percent": number(row["tax_percent"]),
            "first_days": int(row["first_days"]) if row["first_days"] else None,
            "starts_on": date.fromisoformat(row["starts_on"]),
            "reason": row["reason"],
            "created_at": now,
        }
        for row in rows("commissions")
    ]
    sync(CommissionRule, wanted, key=("operator_id", "title"), tally=tally, once=wanted[0])
    _load_approvals(stalls, now, tally)


def _load_approvals(stalls: dict[str, Stall], now: datetime, tally: Tally) -> None:
    """When the new stalls were approved, counted from the day the demo was first loaded."""
    known = set(AuditEntry.objects.filter(verb="approve_stall").values_list("target", flat=True))
    new = []
    for row in rows("approvals"):
        approval = entry("approve_stall", stalls[row["stall"]], by=Actor("city"), old="submitted", new="approved")
        approval.at = now - timedelta(days=int(row["days_ago"]))
        if approval.target not in known:
            new.append(approval)
    AuditEntry.objects.bulk_create(new)
    tally.add(len(new), 0)
