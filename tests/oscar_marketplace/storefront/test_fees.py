"""The public page of what the market keeps: every rule, in its order and in plain words; or that there is none."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.commissions.change import change_rule, end_rule
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import text_of
from tests.oscar_marketplace.storefront.shopper import Shopper

pytestmark = pytest.mark.django_db
CITY = Actor("city")


@pytest.fixture
def operator(market):
    return market.operator


def shown(language="en") -> str:
    response = Shopper(language=language).get("fees")
    assert response.status_code == 200
    return text_of(response)


def test_without_rules_it_says_that_nothing_is_kept(operator):
    text = shown()

    assert "The market keeps nothing: what the shopper pays for the goods belongs to the stall." in text
    assert "The first rule that fits" not in text


def test_a_rule_is_said_in_plain_words(operator, market):
    factories.make_commission_rule(
        operator,
        title="Halls",
        reason="Pays for the desk.",
        market=market,
        floor=D("1.00"),
        cap=D("20.00"),
        tax_percent=D("16"),
        starts_on="2026-01-01",
        ends_on="2099-12-31",
    )

    text = shown()

    for words in [
        "Halls",
        "The market keeps 5% of what the shopper pays for the goods, at least $1.00 and at most $20.00",
        "Tax 16% of what is kept, on top of it",
        f"For whom Stalls at {market.name}",
        "When Orders placed from January 1, 2026 until December 31, 2099",
        "Example Of goods for $200.00 the market keeps $10.00 and $1.60 tax; the stall has $188.40.",
        "Pays for the desk.",
    ]:
        assert words in text


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"percent": D("0"), "tax_percent": D(16)}, "The market keeps Nothing is kept For whom"),
        ({"percent": D("2.75")}, "keeps 2.75% of what the shopper pays for the goods For whom"),
        ({"percent": D("10")}, "keeps 10% of what"),
        ({"floor": D(3)}, "for the goods, at least $3.00 For"),
        ({"cap": D(20)}, "for the goods, at most $20.00 For"),
        ({"cap": D(0)}, "keeps Nothing is kept For"),
        ({"kind": "fixed", "fixed": D("3.50")}, "keeps $3.50 of each order at a stall"),
        ({"first_days": 90}, "Only in the first 90 days of a stall, counted from the day on which it was approved"),
        ({"first_days": 1}, "Only on the day on which the stall was approved"),
    ],
)
def test_every_kind_of_rule_has_its_sentence(operator, terms, words):
    factories.make_commission_rule(operator, **terms)

    assert words in shown()


def test_for_whom(operator, market):
    flowers, stall = factories.make_trade("Flores"), factories.make_stall(market=market, name="La Rosa")
    for scope in [
        {},
        {"trade": flowers},
        {"trade": flowers, "market": market},
        {"stall": stall},
        {"stall": stall, "market": market},
    ]:
        factories.make_commission_rule(operator, **scope)

    text = shown()

    for words in [
        "For whom Every stall When",
        "For whom Stalls of the trade “Flores” When",
        f"For whom Stalls of the trade “Flores” at {market.name} When",
        "For whom The stall La Rosa When",
        f"For whom The stall La Rosa, at {market.name} When",
    ]:
        assert words in text


def test_rules_stand_in_the_order_in_which_they_are_tried(operator):
    for title, position in [("Third", 20), ("First", 5), ("Second", 10)]:
        factories.make_commission_rule(operator, title=title, position=position)

    text = shown()

    assert text.index("First The market keeps") < text.index("Second") < text.index("Third")


def test_what_holds_no_longer_is_not_there_and_what_will_comes_last(operator):
    today = timezone.now().date()
    factories.make_commission_rule(operator, title="Over", ends_on=today - timedelta(days=2))
    end_rule(factories.make_commission_rule(operator, title="Ended"), by=CITY, reason="x")
    changed = factories.make_commission_rule(operator, title="Before the change")
    change_rule(changed, changes={"title": "Now"}, by=CITY)
    factories.make_commission_rule(operator, title="Coming", starts_on=today + timedelta(days=2), position=1)

    text = shown()

    assert not any(title in text for title in ("Over", "Ended", "Before the change"))
    assert text.index("Now") < text.index("Later") < text.index("Coming")


def test_each_operator_has_its_own(operator):
    other = factories.make_market(operator=factories.make_operator(name="Other city")).operator
    factories.make_commission_rule(other, title="Theirs")

    text = shown()

    ours, theirs = text.index(operator.name), text.index("Other city")
    assert "The market keeps nothing" in text[ours:theirs]
    assert "Theirs" in text[theirs:]


def test_an_operator_without_public_markets_is_not_there(operator):
    factories.make_market(operator=factories.make_operator(name="Not yet"), is_public=False)

    assert "Not yet" not in shown()


def test_it_is_linked_at_the_foot_of_a_market(market):
    page = Shopper().get("market", market.slug).content.decode()

    assert f'href="/fees/#operator-{market.operator_id}"' in page.partition("<footer")[2]


def test_no_rule_adds_a_statement(operator, market):
    stall = factories.make_stall(market=market)
    flowers = factories.make_trade("Flores")
    shown()
    with CaptureQueriesContext(connection) as none:
        shown()
    for _ in range(4):
        factories.make_commission_rule(operator, market=market, trade=flowers)
        factories.make_commission_rule(operator, stall=stall)

    with CaptureQueriesContext(connection) as many:
        shown()

    assert len(none) == len(many) <= 12
