"""A rule that has begun stays as it was published: a change ends it and writes another."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.commissions.change import change_rule, end_rule
from oscar_marketplace.commissions.models import CommissionRule, RuleHasBegun
from oscar_marketplace.test import factories

pytestmark = [pytest.mark.both, pytest.mark.django_db]
CITY = Actor("city")


@pytest.fixture
def operator(db):
    return factories.make_operator()


@pytest.fixture
def rule(operator):
    return factories.make_commission_rule(operator, title="Halls", cap=D("20.00"), position=30, reason="Cleaning")


@pytest.fixture
def coming(operator):
    return factories.make_commission_rule(operator, starts_on=timezone.now().date() + timedelta(days=30))


def test_a_change_ends_the_rule_and_writes_its_successor(rule):
    before = timezone.now()

    successor = change_rule(rule, changes={"percent": D("4.00")}, by=CITY)

    old = CommissionRule.objects.get(pk=rule.pk)
    assert (old.percent, old.ended_at >= before, old.replaced_by) == (D("5.00"), True, successor)
    new = CommissionRule.objects.get(pk=successor.pk)
    assert (new.percent, new.cap, new.position, new.reason) == (D("4.00"), D("20.00"), 30, "Cleaning")
    assert (new.replaces, new.ended_at, new.starts_on) == (old, None, date(2020, 1, 1))
    entry = AuditEntry.objects.get(verb="change_commission_rule")
    assert entry.data == {"replaces": rule.pk, "changes": {"percent": "4.00"}}


def test_a_rule_that_has_not_begun_is_edited(coming):
    changed = change_rule(coming, changes={"percent": D("4.00")}, by=CITY)

    assert (changed.pk, CommissionRule.objects.get().percent) == (coming.pk, D("4.00"))


def test_a_change_that_changes_nothing_writes_nothing(rule):
    assert change_rule(rule, changes={"percent": D("5.00")}, by=CITY).pk == rule.pk

    assert (CommissionRule.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_a_wrong_change_leaves_the_rule_as_it_was(rule):
    with pytest.raises(ValidationError):
        change_rule(rule, changes={"percent": D("101")}, by=CITY)

    assert CommissionRule.objects.get().ended_at is None
    assert AuditEntry.objects.count() == 0


def test_a_rule_that_is_over_has_one_successor(rule):
    change_rule(rule, changes={"percent": D("4.00")}, by=CITY)

    with pytest.raises(RuleHasBegun):
        change_rule(rule, changes={"percent": D("3.00")}, by=CITY)

    assert CommissionRule.objects.count() == 2


def test_ending_a_rule_twice_is_once(rule):
    ended_at = end_rule(rule, by=CITY, reason="The council decided").ended_at

    assert end_rule(rule, by=CITY, reason="Again").ended_at == ended_at
    assert AuditEntry.objects.get().reason == "The council decided"


@pytest.mark.parametrize(
    ("name", "value"), [("percent", D("4.00")), ("ends_on", date(2099, 1, 1)), ("position", 1), ("title", "Other")]
)
def test_nobody_saves_another_value_over_a_rule_that_has_begun(rule, name, value):
    setattr(rule, name, value)

    with pytest.raises(RuleHasBegun):
        rule.save()

    assert CommissionRule.objects.filter(**{name: value}).count() == 0


def test_a_rule_that_is_over_does_not_come_back(rule):
    rule = end_rule(rule, by=CITY, reason="x")
    rule.ended_at = None

    with pytest.raises(RuleHasBegun):
        rule.save()


def test_a_rule_begins_where_the_day_begins_first(operator):
    rule = factories.make_commission_rule(operator, starts_on=date(2026, 11, 25))
    moment = datetime(2026, 11, 24, 9, 59, tzinfo=UTC)

    assert not rule.has_begun(at=moment)
    assert rule.has_begun(at=moment + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 31)}, "ends_on", "The last day is before the first"),
        ({"percent": D("100.01")}, "percent", "less than or equal to 100"),
        ({"percent": D("-1")}, "percent", "greater than or equal to 0"),
        ({"percent": None}, "percent", "Write the percentage"),
        ({"floor": D(5), "cap": D(4)}, "cap", "“At most” is less than “at least”"),
        ({"fixed": D(5)}, "fixed", "A percentage has no amount"),
        ({"kind": "fixed", "percent": None}, "fixed", "Write the amount"),
        ({"kind": "fixed", "fixed": D(5)}, "percent", "This belongs to a percentage"),
        ({"kind": "fixed", "fixed": D(5), "percent": None, "cap": D(4)}, "cap", "This belongs to a percentage"),
        ({"tax_percent": D("160")}, "tax_percent", "less than or equal to 100"),
        ({"first_days": 0}, "first_days", "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(operator, values, field, words):
    right = {"operator": operator, "title": "x", "percent": D(5), "starts_on": date(2026, 1, 1)}
    rule = CommissionRule(**{**right, **values})

    with pytest.raises(ValidationError) as refused:
        rule.full_clean()

    assert words in " ".join(refused.value.message_dict[field])


def test_a_coin_the_currency_does_not_have_is_refused():
    yen = factories.make_operator(currency="JPY", country="JP", time_zone="Asia/Tokyo")

    with pytest.raises(ValidationError) as refused:
        factories.make_commission_rule(yen, cap=D("10.50"))

    assert list(refused.value.message_dict) == ["cap"]


def test_a_rule_is_for_markets_and_stalls_of_its_operator(operator):
    elsewhere = factories.make_market()

    with pytest.raises(ValidationError) as refused:
        factories.make_commission_rule(
            operator, market=elsewhere, stall=factories.make_stall(market=elsewhere), title="x"
        )

    assert set(refused.value.message_dict) == {"market", "stall"}


@pytest.mark.parametrize(
    "values",
    [
        {"percent": D("101")},
        {"tax_percent": D("101")},
        {"fixed": D(5)},
        {"floor": D(5), "cap": D(4)},
        {"ends_on": date(2019, 1, 1)},
    ],
)
def test_the_database_refuses_it_too(operator, values):
    defaults = {"operator": operator, "title": "x", "percent": D(5), "starts_on": date(2020, 1, 1)}

    with pytest.raises(IntegrityError), transaction.atomic():
        CommissionRule.objects.create(**{**defaults, **values})
