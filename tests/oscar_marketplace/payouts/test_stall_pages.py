"""When and what am I paid: the next payment, what is on hold, and each payout's statement."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.payouts import pay
from oscar_marketplace.payouts.of_stall import next_pay_day
from oscar_marketplace.payouts.schedule import make_batch
from oscar_marketplace.stalls.models import Payee, Tenure
from oscar_marketplace.test import factories
from tests.oscar_marketplace.payouts.conftest import give_account, owe, sold
from tests.oscar_marketplace.stall_area.counter import Counter, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter(db):
    return Counter()


@pytest.fixture
def stall(counter):
    return counter.stall


@pytest.fixture
def paid(counter, operator, stall, maker, second):
    """Sold 100.00 online and 50.00 in cash; 15.00 of commission; paid 85.00."""
    online, cash = sold(stall, 10000), sold(stall, 5000)
    owe(cash, -5000, "netting", days_ago=5)
    owe(online, -1500, "commission", days_ago=5)
    batch = make_batch(operator, method="cash", by=maker)
    pay.approve_batch(batch, by=second)
    pay.mark_sent(batch, by=second)
    return pay.mark_paid(batch.payouts.get(), by=second, receipt="1")


def test_it_says_what_comes_next_and_what_waits(counter, operator, stall):
    sold(stall, 3200)
    part = sold(stall, 1000, days_ago=1)
    sold(stall, 700, state=S.READY)
    today = timezone.now().astimezone(counter.market.zone)
    operator.payout_weekday = (today.isoweekday() + 2) % 7 + 1
    operator.save()

    text = text_of(counter.get("payouts"))

    assert "Can be paid today: $32.00." in text
    assert "$42.00" in text
    until = part.order.ledger_transactions.get().at.astimezone(counter.market.zone) + timedelta(days=2)
    assert f"Can be paid from {until:%A, %B} {until.day} $10.00" in text
    assert "Orders that are still under way $7.00" in text
    assert "you are paid in cash against your signature" in text
    assert "Nothing was paid to you yet." in text


def test_without_a_fixed_day_it_says_so(counter):
    assert "There is no fixed day" in text_of(counter.get("payouts"))


@pytest.mark.parametrize(("weekday", "day"), [(2, 24), (3, 25), (1, 30), (None, None)])
def test_the_next_day_of_paying(operator, weekday, day):
    operator.payout_weekday = weekday
    # Tuesday, November 24, in Mexico.
    now = timezone.datetime(2026, 11, 25, 2, tzinfo=timezone.get_fixed_timezone(0))

    assert next_pay_day(operator, now=now) == (date(2026, 11, day) if day else None)


def test_what_is_missing_from_earlier_is_said(counter, stall):
    owe(sold(stall, 1000), -2500, "commission", days_ago=5)

    assert "$15.00 is missing from earlier" in text_of(counter.get("payouts"))


def test_the_account_shows_its_last_signs_and_its_hold(counter, stall, payee):
    sold(stall, 1000)
    give_account(payee, days_ago=1)

    text = text_of(counter.get("payouts"))

    assert "You are paid to the account •••• 9719." in text
    assert "nothing is paid to it before" in text


def test_the_statement_says_what_was_sold_kept_and_paid(counter, paid):
    text = text_of(counter.get("payout", paid))

    assert (
        "Sold $150.00 Cash you have already -$50.00 Kept by the market or given back -$15.00 Paid to you $85.00" in text
    )
    assert "kept $15.00 $100.00 $85.00" in text
    assert "cash $50.00 $50.00 $0.00" in text
    assert "In all $150.00 $85.00" in text
    assert paid.reference in text


def test_the_list_has_it(counter, paid):
    text = text_of(counter.get("payouts"))

    assert "$85.00" in text and paid.reference in text and " paid " in text
    assert "When and what am I paid?" in text_of(counter.get("money"))


def test_another_stalls_payout_is_not_there(counter, paid):
    other = Counter(market=counter.market, name="Cremería La Vaquita")

    assert other.get("payout", paid).status_code == 404
    assert paid.reference not in text_of(other.get("payouts"))
    assert other.client.get(counter.url("payout", paid)).status_code == 404


def test_a_new_holder_does_not_see_the_former_holders(counter, paid):
    Tenure.objects.filter(stall=counter.stall).update(ends_on=date(2026, 11, 1))
    heir = Payee.objects.create(operator=counter.market.operator, name="Heir")
    Tenure.objects.create(stall=counter.stall, payee=heir, starts_on=date(2026, 11, 1))

    assert counter.get("payout", paid).status_code == 404
    assert paid.reference not in text_of(counter.get("payouts"))


def test_of_two_stalls_paid_at_once_each_sees_its_own(counter, operator, stall, payee, maker):
    other = factories.make_stall(market=counter.market, payee=payee)
    sold(stall, 3200)
    sold(other, 1000)
    payout = make_batch(operator, method="cash", by=maker).payouts.get()

    text = text_of(counter.get("payout", payout))

    assert "$32.00" in text and "together with another stall" in text
    assert "$42.00" not in text and "$10.00" not in text


def test_a_cancelled_one_is_not_told(counter, operator, stall, maker):
    sold(stall, 3200)
    batch = make_batch(operator, method="cash", by=maker)
    payout = batch.payouts.get()
    pay.cancel_batch(batch, by=maker, reason="x")

    assert counter.get("payout", payout).status_code == 404


def test_what_came_back_is_told_and_owed_again(counter, paid, second):
    pay.mark_failed(paid, by=second, reason="account closed")

    assert "The money came back to the market." in text_of(counter.get("payout", paid))
    assert "Can be paid today: $85.00." in text_of(counter.get("payouts"))


def test_no_order_and_no_payout_adds_a_statement(counter, operator, stall, paid, maker):
    with CaptureQueriesContext(connection) as few:
        counter.get("payouts")
    for _ in range(3):
        sold(stall, 3200)
        make_batch(operator, method="cash", by=maker)
        sold(stall, 100, days_ago=0)
    with CaptureQueriesContext(connection) as many:
        counter.get("payouts")

    assert len(few) == len(many) <= 17
