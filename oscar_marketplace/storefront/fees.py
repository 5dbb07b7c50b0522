"""What the market keeps of what stalls sell: every rule that is published, in its order."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from oscar_marketplace.commission_words import (
    say_example,
    say_first_days,
    say_for_whom,
    say_tax,
    say_terms,
    say_when,
)
from oscar_marketplace.commissions.models import CommissionRule
from oscar_marketplace.commissions.queries import rules_published
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.storefront.page import MarketplacePage


class FeesView(MarketplacePage, TemplateView):
    """For stalls and shoppers alike; a section for each operator."""

    template_name = "oscar_marketplace/storefront/fees.html"

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        now = timezone.now()
        rules: dict[int, list[CommissionRule]] = {}
        for rule in rules_published(now=now):
            rules.setdefault(rule.operator_id, []).append(rule)
        self.operators = list(Operator.objects.filter(markets__is_public=True).distinct().order_by("name", "pk"))
        sections = [_section(operator, rules.get(operator.pk, []), now) for operator in self.operators]
        return super().get_context_data(sections=sections, **kwargs)

    def get_operator(self) -> Operator | None:
        return self.operators[0] if len(self.operators) == 1 else None


def _section(operator: Operator, rules: list[CommissionRule], now) -> dict[str, Any]:
    return {
        "operator": operator,
        "rules": [_shown(rule, operator) for rule in rules if not rule.is_coming(at=now)],
        "coming": [_shown(rule, operator) for rule in rules if rule.is_coming(at=now)],
    }


def _shown(rule: CommissionRule, operator: Operator) -> dict[str, Any]:
    facts = [
        (_("The market keeps"), say_terms(rule, operator.currency)),
        (_("Tax"), say_tax(rule)),
        (_("For whom"), say_for_whom(rule)),
        (_("For how long"), say_first_days(rule)),
        (_("When"), say_when(rule)),
        (_("Example"), say_example(rule, operator.currency)),
    ]
    return {
        "title": rule.title,
        "reason": rule.reason,
        "facts": [(label, words) for label, words in facts if words],
    }
