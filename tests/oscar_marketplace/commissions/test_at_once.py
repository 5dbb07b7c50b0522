"""Two of the city's staff change a rule, two people hand one order over, a rule changes while an order is placed."""

from decimal import Decimal as D

import pytest

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.commissions.change import change_rule
from oscar_marketplace.commissions.models import CommissionRule, StallOrderCommission
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, pack, placed_parts
from tests.oscar_marketplace.ledger.conftest import pay_by_card
from tests.oscar_marketplace.ledger.test_at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CITY = Actor("city")


def test_a_rule_that_many_change_has_one_successor():
    rule = factories.make_commission_rule(factories.make_operator())

    problems = at_once(*[lambda n=n: change_rule(rule, changes={"percent": D(n)}, by=CITY) for n in range(6, 12)])

    assert problems == []
    assert CommissionRule.objects.count() == 2
    assert CommissionRule.objects.filter(ended_at=None).get().replaces == rule


def test_an_order_that_is_placed_during_a_change_has_one_of_the_two_as_it_is(market):
    stall = factories.make_stall(market=market)
    rule = factories.make_commission_rule(market.operator)
    wave, listing = factories.make_wave(market), factories.make_listing(stall=stall)

    def place():
        basket = factories.make_basket([(listing, 4)])
        place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    problems = at_once(*[place] * 4, lambda: change_rule(rule, changes={"percent": D(9)}, by=CITY))

    assert problems == []
    frozen = StallOrderCommission.objects.select_related("rule")
    assert [row.percent for row in frozen] == [row.rule.percent for row in frozen]
    assert len(frozen) == 4


def test_one_order_handed_over_by_many_keeps_once(market):
    stall = factories.make_stall(market=market)
    factories.make_commission_rule(market.operator)
    vendor = member_of(stall)
    part = placed_parts([(factories.make_listing(stall=stall, price="144.00"), 4)])[0]
    pay_by_card([part])
    row = pack(advance.accept(fresh(part), by=vendor), by=vendor)

    problems = at_once(*[lambda: deliver_part(row, code=row.hand_over.code, by=vendor)] * 6)

    assert problems == []
    assert LedgerTransaction.objects.filter(kind="commission").count() == 1
    assert [trouble.code for trouble in troubles()] == []
