"""Rules of what the market keeps, written by the city's staff: never edited once they have begun."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.commissions.models import CommissionRule
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db
LIST = reverse("admin:oscar_marketplace_commissionrule_changelist")


def page(name, *args):
    return reverse(f"admin:oscar_marketplace_commissionrule_{name}", args=args)


@pytest.fixture
def operator(db):
    return factories.make_operator()


@pytest.fixture
def rule(operator):
    return factories.make_commission_rule(operator, title="Halls")


@pytest.fixture
def coming(operator):
    return factories.make_commission_rule(
        operator, title="Coming", starts_on=timezone.now().date() + timedelta(days=30)
    )


def fields(rule=None, **changes):
    written = {
        "position": "100",
        "title": "Halls",
        "reason": "",
        "kind": "percent",
        "percent": "5.00",
        "floor": "",
        "cap": "",
        "fixed": "",
        "tax_percent": "0",
        "market": "",
        "trade": "",
        "stall": "",
        "starts_on": str(rule.starts_on) if rule else "2026-01-01",
        "ends_on": "",
        "first_days": "",
    }
    return {**written, **changes}


def test_a_rule_is_written(admin, operator):
    admin.post(page("add"), fields(operator=operator.pk, tax_percent="16", cap="20"))

    rule = CommissionRule.objects.get()
    assert (rule.title, rule.percent, rule.cap, rule.tax_percent) == ("Halls", D("5.00"), D("20.00"), D("16.00"))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2025-12-31"}, "The last day is before the first."),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"floor": "5", "cap": "4"}, "“At most” is less than “at least”."),
        ({"kind": "fixed", "percent": ""}, "Write the amount that is kept of each order at a stall."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(admin, operator, changes, words):
    answer = admin.post(page("add"), fields(operator=operator.pk, **changes))

    assert (answer.status_code, CommissionRule.objects.count()) == (200, 0)
    assert escape(words) in answer.content.decode()


def test_changing_a_rule_that_has_begun_writes_another_and_says_so(admin, rule, boss):
    shown = admin.get(page("change", rule.pk)).content.decode()
    answer = admin.post(page("change", rule.pk), fields(rule, percent="4"), follow=True).content.decode()

    old, new = CommissionRule.objects.order_by("pk")
    assert "This rule has begun. A change ends it now and writes another one" in shown
    assert (old.percent, new.percent, new.replaces) == (D("5.00"), D("4.00"), old)
    assert f'<a href="{page("change", new.pk)}">Halls</a>' in answer
    assert AuditEntry.objects.get(verb="change_commission_rule").actor == boss


def test_saving_without_a_change_writes_nothing(admin, rule):
    admin.post(page("change", rule.pk), fields(rule))

    assert CommissionRule.objects.get().ended_at is None


def test_a_rule_that_has_not_begun_is_edited_and_may_be_deleted(admin, coming):
    admin.post(page("change", coming.pk), fields(coming, percent="4"))
    assert CommissionRule.objects.get().percent == D("4.00")

    admin.post(page("delete", coming.pk), {"post": "yes"})
    assert not CommissionRule.objects.exists()


def test_a_rule_that_has_begun_is_ended_with_a_reason_and_never_deleted(admin, rule):
    data = {"action": "end_rule", "_selected_action": rule.pk, "reason": "The council decided"}

    assert admin.post(page("delete", rule.pk), {"post": "yes"}).status_code == 403
    admin.post(LIST, data)

    assert CommissionRule.objects.get().ended_at is not None
    assert AuditEntry.objects.get(verb="end_commission_rule").reason == "The council decided"


def test_a_rule_that_is_over_is_only_looked_at(admin, rule):
    admin.post(page("change", rule.pk), fields(rule, percent="4"))

    shown = admin.get(page("change", rule.pk))
    assert "This rule is over." in shown.content.decode()
    assert 'name="percent"' not in shown.content.decode()
    assert admin.post(page("change", rule.pk), fields(rule, percent="3")).status_code == 403
    assert CommissionRule.objects.count() == 2


def test_the_list_shows_what_is_published_unless_asked_for_more(admin, rule, coming):
    admin.post(page("change", rule.pk), fields(rule, title="Halls, again"))

    def listed(**query):
        return {row.title for row in admin.get(LIST, query).context["cl"].result_list}

    assert listed() == {"Halls, again", "Coming"}
    assert listed(published="over") == {"Halls"}
    assert listed(published="all") == {"Halls", "Halls, again", "Coming"}


def test_no_rule_adds_a_statement_to_the_list(admin, rule, operator):
    market = factories.make_market(operator=operator)
    with CaptureQueriesContext(connection) as few:
        admin.get(LIST)
    for n in range(4):
        stall = factories.make_stall(market=market)
        factories.make_commission_rule(operator, market=market, title=f"{n}")
        factories.make_commission_rule(operator, stall=stall, title=f"stall {n}")

    with CaptureQueriesContext(connection) as many:
        admin.get(LIST)

    assert len(few) == len(many)
