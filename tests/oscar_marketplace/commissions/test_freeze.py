"""Which rule an order at a stall is placed under, and that nothing changes it afterwards."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal as D
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.commissions.change import change_rule
from oscar_marketplace.commissions.freeze import Sale, StallFacts, _facts, first_that_fits
from oscar_marketplace.commissions.models import CommissionRule, StallOrderCommission
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.test import factories

pytestmark = [pytest.mark.both, pytest.mark.django_db]
CITY = Actor("city")
MEXICO = ZoneInfo("America/Mexico_City")
NOON = datetime(2026, 11, 24, 18, tzinfo=UTC)


@pytest.fixture
def operator(market):
    return market.operator


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market, name="Verduras Doña Chayo")


def sell(*stalls):
    """Place one order at these stalls; returns stall pk -> the title of the rule that was frozen."""
    market = stalls[0].places.get().pitch.market
    factories.place([(factories.make_listing(stall=each), 4) for each in stalls], waves=[factories.make_wave(market)])
    rows = StallOrderCommission.objects.select_related("stall_order")
    return {row.stall_order.stall_id: row.title for row in rows}


def approved(stall, *, days_ago) -> None:
    row = record("approve_stall", stall, by=CITY)
    AuditEntry.objects.filter(pk=row.pk).update(at=timezone.now() - timedelta(days=days_ago))


def test_without_rules_nothing_is_frozen(stall):
    assert sell(stall) == {}


def test_all_that_a_rule_says_of_the_amount_is_copied(stall, operator):
    rule = factories.make_commission_rule(
        operator, title="Halls", percent=D("4.50"), floor=D("1.00"), cap=D("20.00"), tax_percent=D("16.00")
    )

    sell(stall)

    names = ["rule", "kind", "percent", "fixed", "floor", "cap", "tax_percent", "title"]
    frozen = StallOrderCommission.objects.values_list(*names).get()
    assert frozen == (rule.pk, "percent", D("4.50"), None, D("1.00"), D("20.00"), D("16.00"), "Halls")


def test_a_rule_that_keeps_nothing_is_frozen_too_since_it_says_why(stall, operator):
    factories.make_commission_rule(operator, title="Nothing", percent=D(0))

    assert sell(stall) == {stall.pk: "Nothing"}


def test_the_first_that_fits_in_their_order_is_the_only_one(stall, operator):
    factories.make_commission_rule(operator, title="General", position=20)
    factories.make_commission_rule(operator, title="Particular", position=10, stall=stall)

    assert sell(stall) == {stall.pk: "Particular"}


def test_of_two_with_one_number_the_older_comes_first(stall, operator):
    factories.make_commission_rule(operator, title="Older", position=10)
    factories.make_commission_rule(operator, title="Younger", position=10)

    assert sell(stall) == {stall.pk: "Older"}


def test_each_stall_of_an_order_has_the_rule_that_fits_it(market, operator):
    flowers = factories.make_trade("Flores")
    florist, grocer, baker = (factories.make_stall(market=market, name=name) for name in "FGB")
    florist.trades.add(flowers, factories.make_trade("Verduras"))
    factories.make_commission_rule(operator, title="Flowers", position=10, trade=flowers)
    factories.make_commission_rule(operator, title="Grocer", position=20, stall=grocer)

    assert sell(florist, grocer, baker) == {florist.pk: "Flowers", grocer.pk: "Grocer"}


def test_a_market_s_rule_is_for_what_is_fetched_there(market, operator):
    other = factories.make_market(operator=operator)
    here, there = factories.make_stall(market=market), factories.make_stall(market=other)
    factories.make_commission_rule(operator, title="There", market=other)

    assert sell(here) == {}
    assert sell(there) == {there.pk: "There"}


def test_another_operators_rules_are_not_for_this_stall(stall):
    factories.make_commission_rule(factories.make_operator(), title="Other")

    assert sell(stall) == {}


def test_a_rule_that_was_ended_fits_nothing(stall, operator):
    factories.make_commission_rule(operator, ended_at=timezone.now())

    assert sell(stall) == {}


@pytest.mark.parametrize(
    ("dates", "holds"),
    [
        ((date(2026, 11, 24), None), True),
        ((date(2026, 11, 25), None), False),
        ((date(2026, 11, 1), date(2026, 11, 24)), True),
        ((date(2026, 11, 1), date(2026, 11, 23)), False),
    ],
)
def test_both_days_are_within(dates, holds):
    assert fits(CommissionRule(pk=1, operator_id=1, starts_on=dates[0], ends_on=dates[1]), now=NOON) is holds


def test_days_are_the_market_s_days():
    rule = CommissionRule(pk=1, operator_id=1, starts_on=date(2026, 11, 25))
    late = datetime(2026, 11, 25, 5, 59, tzinfo=UTC)  # 23:59 of the 24th in Mexico City

    assert not fits(rule, now=late)
    assert fits(rule, now=late + timedelta(minutes=1))
    assert fits(rule, now=late, zone=ZoneInfo("Europe/Madrid"))


def fits(rule, *, now, zone=MEXICO, **facts) -> bool:
    sale = Sale(stall_order_id=1, stall_id=1, operator_id=1, market_id=1, zone=zone)
    return first_that_fits([rule], sale, StallFacts(**facts), now=now) is rule


@pytest.mark.parametrize(("days_ago", "holds"), [(0, True), (89, True), (90, False)])
def test_the_first_days_count_from_the_day_of_the_approval(days_ago, holds):
    rule = CommissionRule(pk=1, operator_id=1, starts_on=date(2020, 1, 1), first_days=90)

    assert fits(rule, now=NOON, approved_at=NOON - timedelta(days=days_ago)) is holds


def test_the_day_of_the_approval_is_a_day_of_the_market():
    rule = CommissionRule(pk=1, operator_id=1, starts_on=date(2020, 1, 1), first_days=1)
    late = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)  # 23:30 of the 23rd in Mexico City

    assert fits(rule, now=late + timedelta(minutes=29), approved_at=late)
    assert not fits(rule, now=late + timedelta(minutes=31), approved_at=late)


def test_the_approval_is_read_from_the_audit_trail(market, operator):
    new, old, unknown = (factories.make_stall(market=market, name=name) for name in "NOU")
    approved(new, days_ago=10)
    approved(old, days_ago=100)
    record("reopen_stall", old, by=CITY)
    factories.make_commission_rule(operator, title="First days", position=10, percent=D(0), first_days=90)
    factories.make_commission_rule(operator, title="Later", position=20)

    assert sell(new, old, unknown) == {new.pk: "First days", old.pk: "Later", unknown.pk: "Later"}


def test_a_later_change_of_the_rule_reaches_no_order(stall, operator):
    rule = factories.make_commission_rule(operator, title="As placed")
    sell(stall)

    change_rule(rule, changes={"percent": D(50), "title": "Dearer"}, by=CITY)

    frozen = StallOrderCommission.objects.get()
    assert (frozen.percent, frozen.title, frozen.rule.percent) == (D(5), "As placed", D(5))


def test_a_rule_that_was_used_cannot_be_deleted(stall, operator):
    rule = factories.make_commission_rule(operator)
    sell(stall)

    with pytest.raises(ProtectedError):
        rule.delete()


def test_an_order_through_another_door_keeps_nothing(stall, operator):
    from oscar.core.loading import get_class
    from oscar.core.prices import Price

    factories.make_commission_rule(operator)
    basket = factories.make_basket([(factories.make_listing(stall=stall), 4)])
    Free = get_class("shipping.methods", "Free")
    total = Price("MXN", excl_tax=basket.total_excl_tax, incl_tax=basket.total_incl_tax)
    order = get_class("order.utils", "OrderCreator")().place_order(
        basket=basket,
        total=total,
        shipping_method=Free(),
        shipping_charge=Free().calculate(basket),
        order_number="door-1",
    )

    assert order.stall_orders.count() == 1
    assert StallOrderCommission.objects.count() == 0


def statements(stalls, wave) -> int:
    basket = factories.make_basket([(factories.make_listing(stall=each), 4) for each in stalls])
    asked = factories.make_checkout_request(basket, waves=[wave])
    with CaptureQueriesContext(connection) as captured:
        place_order(basket, asked=asked)
    return len(captured)


def test_neither_rules_nor_stalls_add_statements_to_placing(market, operator):
    trades = [factories.make_trade(name) for name in ("Verduras", "Flores")]
    stalls = [factories.make_stall(market=market, name=f"S{n}") for n in range(5)]
    for each in stalls:
        each.trades.set(trades)
        approved(each, days_ago=1)
    wave = factories.make_wave(market)
    statements(stalls[:1], wave)
    without_rules = statements(stalls[:1], wave)
    for trade in trades:
        factories.make_commission_rule(operator, trade=trade, first_days=90)
    factories.make_commission_rule(operator)

    assert [statements(stalls[:1], wave), statements(stalls, wave)] == [without_rules + 2] * 2


def test_facts_of_a_stall_with_several_trades_are_one_row_of_facts(stall):
    trades = [factories.make_trade(name) for name in ("Verduras", "Flores")]
    stall.trades.set(trades)

    assert _facts({stall.pk})[stall.pk].trade_ids == {trade.pk for trade in trades}
