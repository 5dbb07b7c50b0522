"""Money: what the stall sold in a month, how it was paid, what is owed to it; nobody else's, and few statements."""

import csv
import io
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.commissions.change import change_rule
from oscar_marketplace.ledger.models import LedgerTransaction
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.stalls.models import Payee, Tenure
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import pack
from tests.oscar_marketplace.ledger.conftest import pay_by_card
from tests.oscar_marketplace.stall_area.counter import CONTACT, Counter, fresh, text_of

pytestmark = pytest.mark.django_db


def sold_for_cash(counter, goods, steps=4):
    part = counter.ready((goods, steps))
    return deliver_part(part, code="4729", by=counter.actor, version=part.version)


def sold_online(counter, goods, steps=4):
    order = factories.place([(goods, steps)], waves=[counter.wave], contact=CONTACT)
    part = StallOrder.objects.get(order=order)
    pay_by_card([part], reference=f"card-{order.number}")
    row = pack(advance.accept(fresh(part), by=counter.actor), by=counter.actor)
    return deliver_part(row, code=row.hand_over.code, by=counter.actor)


def test_it_says_what_was_sold_how_it_was_paid_and_what_is_owed(counter):
    goods = counter.sells("Jitomate", "32.00")
    cash, online = sold_for_cash(counter, goods), sold_online(counter, goods, steps=8)

    text = text_of(counter.get("money"))

    assert "Owed to you now $64.00" in text
    assert (
        "Sold $96.00 In cash at the counter $32.00 Paid online $64.00 Kept by the market $0.00 Owed to you $64.00"
        in text
    )
    assert f"{cash.short_number}, cash $32.00 $0.00" in text
    assert f"{online.short_number}, online $64.00 $64.00" in text
    assert "In all $96.00 $64.00 In cash $32.00, online $64.00, kept by the market $0.00." in text


def test_a_month_without_sales_says_so_and_leads_to_the_month_before(counter):
    page = counter.get("money").content.decode()

    this_month = timezone.now().astimezone(counter.market.zone).date().replace(day=1)
    before = (this_month - timedelta(days=1)).strftime("%Y-%m")
    assert "Nothing was sold in this month." in page
    assert f"?month={before}" in page
    assert "The month after" not in page


def test_a_month_that_is_over_leads_back(counter):
    response = counter.client.get(counter.url("money"), {"month": "2026-01"})

    text = response.content.decode()
    assert "January 2026" in text
    assert "?month=2025-12" in text and "?month=2026-02" in text


@pytest.mark.parametrize("month", ["2026-13", "x", "9999-01", "2026-1", "2026-01-01", "²026-01"])
def test_a_month_that_is_none_is_this_month(counter, month):
    response = counter.client.get(counter.url("money"), {"month": month})

    today = timezone.now().astimezone(counter.market.zone).date()
    assert (response.status_code, response.context["month_words"]) == (200, today.strftime("%B %Y"))


def test_what_is_owed_now_counts_every_month(counter):
    sold_online(counter, counter.sells("Jitomate", "32.00"))

    text = text_of(counter.client.get(counter.url("money"), {"month": "2026-01"}))

    assert "Owed to you now $32.00" in text
    assert "Nothing was sold in this month." in text


def test_another_stalls_money_is_not_there(counter):
    other = Counter(market=counter.market, name="Cremería La Vaquita")
    theirs = sold_online(other, other.sells("Queso", "144.00"))

    mine = text_of(counter.get("money"))

    assert theirs.short_number not in mine and "$144.00" not in mine
    assert other.client.get(counter.url("money"), follow=True).status_code == 404


def test_a_former_holders_money_is_not_the_new_holders_business(counter):
    sold_online(counter, counter.sells("Jitomate", "32.00"))
    today = timezone.now().date()
    Tenure.objects.filter(stall=counter.stall).update(ends_on=today)
    heir = Payee.objects.create(operator=counter.market.operator, name="New holder")
    Tenure.objects.create(stall=counter.stall, payee=heir, starts_on=today)

    assert "Owed to you now $0.00" in text_of(counter.get("money"))


def test_the_file_has_a_row_for_each_order(counter):
    goods = counter.sells("Jitomate", "32.00")
    cash, online = sold_for_cash(counter, goods), sold_online(counter, goods, steps=8)

    response = counter.get("money-csv")

    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    day = timezone.now().astimezone(counter.market.zone).date()
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{counter.stall.slug}-{day:%Y-%m}.csv"' in response["Content-Disposition"]
    assert rows == [
        ["Day", "Order", "Sold", "Cash", "Online", "Kept by the market", "Owed to you", "Why it was kept"],
        [str(day), cash.short_number, "32.00", "32.00", "0.00", "0.00", "0.00", ""],
        [str(day), online.short_number, "64.00", "0.00", "64.00", "0.00", "64.00", ""],
    ]


def test_what_was_kept_of_each_order_stands_beside_it_and_the_reason_once_under_the_day(counter):
    rule = factories.make_commission_rule(
        counter.market.operator, title="Halls", percent=D("5"), cap=D("20.00"), tax_percent=D("16")
    )
    goods = counter.sells("Jitomate", "32.00")
    cash, online = sold_for_cash(counter, goods), sold_online(counter, goods, steps=8)
    change_rule(rule, changes={"title": "Dearer", "percent": D("50")}, by=Actor("city"))

    text = text_of(counter.get("money"))

    why = "Halls: 5% of what the shopper pays for the goods, at most $20.00. Tax: 16% of what is kept, on top of it."
    assert "Owed to you now $58.43" in text
    assert (
        "Sold $96.00 In cash at the counter $32.00 Paid online $64.00 Kept by the market $5.57 Owed to you $58.43"
        in text
    )
    assert f"{cash.short_number}, cash, kept $1.86 $32.00 -$1.86" in text
    assert f"{online.short_number}, online, kept $3.71 $64.00 $60.29" in text
    assert text.count(why) == 1
    assert "Dearer" not in text
    assert 'href="/fees/#operator-' in counter.get("money").content.decode()


def test_orders_under_different_rules_each_say_their_reason(counter):
    rule = factories.make_commission_rule(counter.market.operator, title="Halls", percent=D("5"))
    goods = counter.sells("Jitomate", "32.00")
    first = sold_for_cash(counter, goods)
    change_rule(rule, changes={"title": "Dearer", "percent": D("50")}, by=Actor("city"))
    second = sold_for_cash(counter, goods)

    text = text_of(counter.get("money"))

    assert f"{first.short_number}, cash, kept $1.60 Halls: 5%" in text
    assert f"{second.short_number}, cash, kept $16.00 Dearer: 50%" in text


def test_a_stall_that_only_took_cash_owes_the_markets_part(counter):
    factories.make_commission_rule(counter.market.operator)
    sold_for_cash(counter, counter.sells("Jitomate", "32.00"))

    text = text_of(counter.get("money"))

    assert "You owe the market now $1.60 The market's part of what you sold in cash." in text
    assert "Owed to you now" not in text


def test_the_file_says_what_was_kept_and_why(counter):
    factories.make_commission_rule(counter.market.operator, title="=Halls")
    sold_for_cash(counter, counter.sells("Jitomate", "32.00"))

    rows = list(csv.reader(io.StringIO(counter.get("money-csv").content.decode("utf-8-sig"))))

    assert rows[1][2:] == [
        "32.00",
        "32.00",
        "0.00",
        "1.60",
        "-1.60",
        "'=Halls: 5% of what the shopper pays for the goods.",
    ]


def test_the_shopper_is_on_neither(counter):
    sold_online(counter, counter.sells("Jitomate", "32.00"))

    for page in ("money", "money-csv"):
        shown = counter.get(page).content.decode()
        assert CONTACT.name not in shown and CONTACT.email not in shown and CONTACT.phone not in shown


def test_no_order_adds_a_statement(counter):
    goods = counter.sells("Jitomate", "32.00")
    sold_for_cash(counter, goods)
    with CaptureQueriesContext(connection) as few:
        counter.get("money")
    for _ in range(3):
        sold_online(counter, goods)
    with CaptureQueriesContext(connection) as many:
        counter.get("money")

    assert len(few) == len(many) <= 16
    assert LedgerTransaction.objects.count() == 9


def test_it_has_its_place_at_the_thumb(counter):
    assert counter.url("money") in counter.get("today").content.decode()
