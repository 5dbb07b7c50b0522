"""Which event makes which postings: the worked order of docs/explanation/ledger.md, and every way out of it."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from oscar_marketplace.aftersales.cancel import cancel_by_shopper, cancel_no_show, cancel_with_payment
from oscar_marketplace.aftersales.decide import answer_decision
from oscar_marketplace.aftersales.deliver import deliver_desk_order, deliver_part, take_back_part
from oscar_marketplace.aftersales.expire import expire_order
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.aftersales.refusal import carry_out_refusal, give_up_waiting
from oscar_marketplace.ledger.models import LedgerAccount, LedgerTransaction
from oscar_marketplace.ledger.queries import balance
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over import move_to_desk
from oscar_marketplace.orders.models import Decision, HandOver, OrderCharge, StallOrder
from oscar_marketplace.payments.books import book
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.refunds import orders_owed_to, request_refunds
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import DESK, SHOPPER, fresh, member_of, pack, placed_parts
from tests.oscar_marketplace.ledger.conftest import balances, capture, kinds, pay_by_card, receivable

pytestmark = [pytest.mark.both, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def right_books(db):
    """Whatever a test does, the books are right at its end."""
    yield
    assert [trouble.message for trouble in troubles()] == []


def deliver(part, by, *, share=D(1)):
    row = pack(advance.accept(fresh(part), by=by), by=by, share=share)
    return deliver_part(row, code=row.hand_over.code, by=by)


def owed_to(stall) -> int:
    return -balance(LedgerAccount.objects.filter(stall=stall, kind="payable"))


def test_a_promise_is_not_in_the_books(promised):
    assert kinds() == []


def test_cash_at_the_stall_leaves_nobody_owing(promised, vendors):
    deliver(promised[0], vendors[0])

    assert kinds() == ["capture", "netting", "sale"]
    assert balances() == {}
    assert set(LedgerAccount.objects.values_list("kind", "stall")) == {
        ("cash_stall", promised[0].stall_id),
        ("payable", promised[0].stall_id),
        ("receivable", None),
    }


def test_cash_for_less_is_booked_as_it_was_weighed(promised, vendors):
    deliver(promised[0], vendors[0], share=D("0.75"))

    sale = LedgerTransaction.objects.get(kind="sale")
    assert sorted(sale.postings.values_list("account__kind", "amount")) == [("payable", -2400), ("receivable", 2400)]


def test_money_that_came_early_is_an_advance_until_the_goods_are_handed_over(paid, vendors):
    assert balances() == {"psp": 20200, "receivable": -20200}

    deliver(paid[0], vendors[0])

    assert balances() == {"psp": 20200, "receivable": -17000, "payable": -3200}
    assert owed_to(paid[0].stall) == 3200


def test_when_all_of_it_is_handed_over_each_stall_is_owed_its_part(paid, vendors):
    for part, vendor in zip(paid, vendors, strict=True):
        deliver(part, vendor)

    assert balances() == {"psp": 20200, "payable": -20200}
    assert [owed_to(part.stall) for part in paid] == [3200, 14400, 2600]


def test_what_weighed_less_is_to_be_given_back(paid, vendors):
    deliver(paid[0], vendors[0], share=D("0.75"))

    assert owed_to(paid[0].stall) == 2400
    assert balances()["credit_customer"] == -800
    assert orders_owed_to() == [paid[0].order_id]
    refund = request_refunds(paid[0].order_id)[0]
    assert (refund.amount, refund.source, refund.charge) == (800, f"stallorder:{paid[0].pk}", Charge.objects.get())


def test_what_weighed_more_within_the_bound_is_the_markets_goodwill(paid, vendors):
    deliver(paid[1], vendors[1], share=D("1.05"))

    assert owed_to(paid[1].stall) == 15120
    assert (balances()["goodwill"], receivable(paid[0].order)) == (720, -20200 + 14400)


def test_a_refusal_gives_the_money_back_once_it_cannot_be_undone(paid, vendors):
    now = timezone.now()
    advance.reject(paid[0], by=vendors[0], now=now)
    assert kinds() == ["capture"]

    carry_out_refusal(paid[0], now=now + timedelta(minutes=2))
    carry_out_refusal(paid[0], now=now + timedelta(minutes=2))

    assert kinds() == ["capture", "refund_due"]
    assert balances()["credit_customer"] == -3200


def test_no_answer_gives_the_money_back(paid):
    give_up_waiting(paid[0], now=paid[0].accept_by)

    assert balances()["credit_customer"] == -3200


def test_cancelling_all_of_it_owes_all_of_it(paid):
    cancel_by_shopper(paid[0].order, by=SHOPPER)

    assert balances() == {"psp": 20200, "credit_customer": -20200}


def test_cancelling_a_promise_leaves_no_trace(promised):
    cancel_by_shopper(promised[0].order, by=SHOPPER)

    assert kinds() == []


def test_nothing_packed_nothing_owed(paid, vendors):
    row = advance.accept(paid[0], by=vendors[0])
    pack_part(row, by=vendors[0], packed={row.lines.get().pk: D(0)}, bags=1)

    assert balances() == {"psp": 20200, "receivable": -17000, "credit_customer": -3200}


def test_a_no_show_and_a_cancelled_bag_are_given_back(paid, vendors):
    ready = [pack(advance.accept(fresh(p), by=v), by=v) for p, v in zip(paid, vendors, strict=True)]
    HandOver.objects.update(hold_until=timezone.now() - timedelta(minutes=1))

    cancel_no_show(ready[0])
    cancel_with_payment(fresh(ready[1]), by=DESK, reason="spilt")

    assert balances()["credit_customer"] == -17600


def test_at_the_desk_what_is_fetched_is_owed_and_what_went_back_is_given_back(paid, vendors):
    HandOver.objects.update(kind=HandOver.Kind.DESK)
    rows = [pack(advance.accept(fresh(p), by=v), by=v) for p, v in zip(paid, vendors, strict=True)]
    rows = [move_to_desk(row, by=v) for row, v in zip(rows, vendors, strict=True)]
    assert kinds() == ["capture"]

    take_back_part(rows[2], bags=[1], by=vendors[2])
    deliver_desk_order(rows[0].hand_over, code=rows[0].hand_over.code, by=vendors[0])

    assert balances() == {"psp": 20200, "payable": -17600, "credit_customer": -2600}


@pytest.fixture
def late(unpaid):
    """The order expired, then its money came: the shopper is asked."""
    expire_order(unpaid[0].order_id)
    pay_by_card(unpaid)
    return Decision.objects.get()


def test_late_money_waits_for_the_shoppers_answer(late):
    assert balances() == {"psp": 20200, "receivable": -20200}


def test_late_money_is_given_back_if_the_shopper_says_so(late):
    answer_decision(late, answer="refund", by=SHOPPER, channel="link")

    assert balances() == {"psp": 20200, "credit_customer": -20200}


def test_late_money_pays_for_the_order_that_is_revived(late, unpaid, vendors):
    answer_decision(late, answer="revive", by=SHOPPER, channel="link")
    for part, vendor in zip(unpaid, vendors, strict=True):
        deliver(part, vendor)

    assert balances() == {"psp": 20200, "payable": -20200}


def test_money_for_a_cancelled_order_is_given_back_at_once(unpaid):
    cancel_by_shopper(unpaid[0].order, by=SHOPPER)

    pay_by_card(unpaid)

    assert balances() == {"psp": 20200, "credit_customer": -20200}


def test_an_order_paid_twice_is_given_back_once(paid, vendors):
    for part, vendor in zip(paid, vendors, strict=True):
        deliver(part, vendor)

    pay_by_card(paid, reference="card-2")

    assert balances() == {"psp": 40400, "payable": -20200, "credit_customer": -20200}


def test_less_weighed_and_paid_twice_are_two_debts(paid, vendors):
    for part, vendor in zip(paid, vendors, strict=True):
        deliver(part, vendor, share=D("0.75") if part == paid[0] else D(1))
    pay_by_card(paid, reference="card-2")

    posted = LedgerTransaction.objects.filter(kind="refund_due", source=f"stallorder:{paid[0].pk}")

    assert [(each.sequence, max(p.amount for p in each.postings.all())) for each in posted] == [(1, 800), (2, 3200)]


def test_delivery_and_the_like_are_owed_unless_nothing_arrives(unpaid, vendors):
    order = unpaid[0].order
    fee = OrderCharge.objects.create(
        order=order, code="d", name="Delivery", amount_incl_tax=D("30.00"), amount_excl_tax=D("30.00")
    )
    charge = Charge.objects.create(order=order, provider="dummy", reference="f", currency="MXN", requested=23200)
    for part, amount in zip(unpaid, (3200, 14400, 2600), strict=True):
        ChargeShare.objects.create(charge=charge, stall_order=part, amount=amount)
    ChargeShare.objects.create(charge=charge, order_charge=fee, amount=3000)

    capture(charge)
    assert balances() == {"psp": 23200, "receivable": -20200, "order_charges": -3000}
    cancel_by_shopper(order, by=SHOPPER)

    assert balances() == {"psp": 23200, "credit_customer": -23200}


def test_the_shops_own_goods_are_sold_when_they_are_paid(paid, unpaid):
    # As if the last part belonged to a partner without a stall.
    part = unpaid[2]
    StallOrder.objects.filter(pk=part.pk).update(kind="house", stall=None, tenure=None)
    book([fresh(part)])
    assert balances() == {"psp": 20200, "receivable": -17600, "house_sales": -2600}

    cancel_by_shopper(part.order, by=SHOPPER)

    assert balances() == {"psp": 20200, "credit_customer": -20200}


def test_settling_twice_changes_nothing(paid, vendors):
    for part, vendor in zip(paid, vendors, strict=True):
        deliver(part, vendor, share=D("0.75"))
    before = list(LedgerTransaction.objects.values())

    again = book([fresh(part) for part in paid])
    capture(Charge.objects.get())

    assert (again, list(LedgerTransaction.objects.values())) == (0, before)


def test_six_equal_stalls_on_sixty_get_exactly_sixty(market):
    stalls = [factories.make_stall(market=market) for _ in range(6)]
    parts = placed_parts([(factories.make_listing(stall=stall, price="10.00"), 4) for stall in stalls])
    pay_by_card(parts)
    for part in parts:
        deliver(part, member_of(part.stall))

    assert [owed_to(stall) for stall in stalls] == [1000] * 6
    assert balances() == {"psp": 6000, "payable": -6000}


def test_booking_takes_the_same_statements_for_one_part_and_for_three(paid, vendors):
    with CaptureQueriesContext(connection) as one:
        book([paid[0]])
    with CaptureQueriesContext(connection) as three:
        book(paid)

    assert len(one) == len(three) == 7
