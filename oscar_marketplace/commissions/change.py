"""Rules change by writing another: what was published, and what orders were placed under, stays as it was."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.commissions.models import CommissionRule, RuleHasBegun


def change_rule(rule: CommissionRule, *, changes: dict[str, Any], by: Actor) -> CommissionRule:
    """Make a rule say something else from this moment on, and return the rule that says it.

    One that has not begun is edited. Else it ends now and a successor is written, with the changes.

    Raises:
        RuleHasBegun: the rule is over; change the one that replaced it.
        ValidationError: the changed rule would be wrong; nothing is written.
    """
    now = timezone.now()
    with transaction.atomic():
        row = CommissionRule.objects.select_for_update().get(pk=rule.pk)
        if row.ended_at is not None:
            raise RuleHasBegun()
        changes = {name: value for name, value in changes.items() if getattr(row, name) != value}
        if not changes:
            return row
        if row.has_begun(at=now):
            row = _replace(row, now)
        for name, value in changes.items():
            setattr(row, name, value)
        row.full_clean()
        row.save()
        record("change_commission_rule", row, by=by, replaces=row.replaces_id, changes=_as_text(changes))
    return row


def end_rule(rule: CommissionRule, *, by: Actor, reason: str) -> CommissionRule:
    """Let a rule hold no longer, from this moment on. Orders that were placed under it keep it."""
    with transaction.atomic():
        row = CommissionRule.objects.select_for_update().get(pk=rule.pk)
        if row.ended_at is None:
            row.ended_at = timezone.now()
            row.save(update_fields=["ended_at"])
            record("end_commission_rule", row, by=by, reason=reason)
    return row


def _replace(row: CommissionRule, now) -> CommissionRule:
    """The successor, not saved; the rule it replaces has ended."""
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    terms = {
        each.name: getattr(row, each.name)
        for each in CommissionRule._meta.concrete_fields
        if each.name not in {"id", "created_at", "ended_at", "replaces"}
    }
    return CommissionRule(**terms, created_at=now, replaces=row)


def _as_text(changes: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in changes.items()}
