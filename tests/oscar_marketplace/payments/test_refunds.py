"""What is owed to shoppers goes back: by the provider, by hand, with the liable party, exactly once."""

from decimal import Decimal as D

import pytest

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.ledger.models import LedgerPosting, LedgerTransaction
from oscar_marketplace.orders.states import RefundState
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.providers.base import RefundFact
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import (
    apply_refund_fact,
    approve_refund,
    give_back_by_transfer,
    give_back_in_cash,
    grant_refund,
    orders_owed_to,
    refunds_to_send,
    request_refunds,
    send_refund,
    try_refund_again,
)
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh
from tests.oscar_marketplace.payments.bank_world import bring, row
from tests.oscar_marketplace.payments.test_capture import balances, later, pack

pytestmark = pytest.mark.django_db
R = RefundState


@pytest.fixture
def city(db):
    return Actor.of(factories.make_user("Staff"), role="city")


@pytest.fixture
def order(paper, parts):
    """Paid at once by a provider that gives back: 202.00."""
    paper.open(LATER=False)
    start_payment(parts[0].order, provider="paper", by=SHOPPER)
    return parts[0].order


def delivered(part, vendor, share="1"):
    return deliver_part(pack(part, vendor, share=share), code=part.hand_over.code, by=vendor)


def test_weighed_less_goes_back_by_the_way_it_came(order, parts, vendors, paper):
    delivered(parts[1], vendors[1], share="0.95")

    request_refunds(order.pk)
    again = request_refunds(order.pk)
    for refund_id in refunds_to_send(now=later()):
        send_refund(refund_id)

    refund = Refund.objects.get()
    assert again == []
    assert (refund.state, refund.amount, refund.key) == (R.DONE, 720, f"{Charge.objects.get().reference}-r1")
    assert paper.number_of("refund") == 1
    assert Charge.objects.get().refunded == 720
    assert balances() == {"psp": 20200 - 720, "payable": -13680, "receivable": -5800}
    assert (orders_owed_to(), list(troubles())) == ([], [])


def test_a_lost_answer_is_one_refund(order, parts, vendors, paper):
    delivered(parts[1], vendors[1], share="0.95")
    refund = request_refunds(order.pk)[0]
    paper.lose = ["refund"]

    send_refund(refund.pk)
    lost = fresh(refund)
    send_refund(refund.pk)
    send_refund(refund.pk)

    assert (lost.state, lost.is_unknown) == (R.APPROVED, True)
    assert (fresh(refund).state, fresh(refund).is_unknown) == (R.DONE, False)
    assert paper.number_of("refund") == 1
    assert LedgerTransaction.objects.filter(kind="refund").count() == 1


def test_a_provider_that_refuses_to_tell_neither_fails_nor_repeats_it(order, parts, vendors, paper):
    delivered(parts[1], vendors[1], share="0.95")
    refund = request_refunds(order.pk)[0]
    paper.lose = ["refund"]
    send_refund(refund.pk)
    paper.refuse = {"fetch_refund": "wrong_key"}

    send_refund(refund.pk)

    assert (fresh(refund).state, fresh(refund).is_unknown, paper.number_of("refund")) == (R.APPROVED, True, 1)


def test_a_refund_that_fails_stays_owed_and_a_person_ends_it(order, parts, vendors, paper, city):
    delivered(parts[1], vendors[1], share="0.95")
    refund = request_refunds(order.pk)[0]
    paper.refuse = {"refund": "account_closed"}
    send_refund(refund.pk)
    failed = fresh(refund)

    give_back_in_cash(failed, by=city, reason="Signed: Ana Ruiz")

    assert (failed.state, failed.decline_code) == (R.FAILED, "account_closed")
    assert (fresh(refund).state, fresh(refund).way, fresh(refund).evidence) == (R.DONE, "cash", "Signed: Ana Ruiz")
    assert balances() == {"psp": 20200, "cash_desk": -720, "payable": -13680, "receivable": -5800}
    with pytest.raises(NotAllowed):
        give_back_in_cash(refund, by=city, reason="Signed again")


def test_money_that_came_back_from_the_bank_is_owed_again_and_tried_anew(order, parts, vendors, paper, city):
    delivered(parts[1], vendors[1], share="0.95")
    refund = request_refunds(order.pk)[0]
    send_refund(refund.pk)
    apply_refund_fact(refund.pk, RefundFact(refund.key, "x", R.FAILED, 720, "MXN", decline_code="returned"))
    came_back = (fresh(refund).state, Charge.objects.get().refunded, balances()["credit_customer"])
    del paper.refunds[refund.key]

    try_refund_again(refund, by=city)
    send_refund(refund.pk)

    assert came_back == (R.FAILED, 0, -720)
    assert (fresh(refund).state, fresh(refund).call_key) == (R.DONE, f"{refund.key}-2")
    assert Charge.objects.get().refunded == 720
    assert "credit_customer" not in balances()


def test_what_had_left_and_came_back_is_given_by_hand(order, parts, vendors, paper, city):
    delivered(parts[1], vendors[1], share="0.95")
    refund = request_refunds(order.pk)[0]
    send_refund(refund.pk)
    apply_refund_fact(refund.pk, RefundFact(refund.key, "x", R.FAILED, 720, "MXN", decline_code="returned"))

    give_back_in_cash(refund, by=city, reason="Signed: Ana")

    assert (fresh(refund).state, Charge.objects.get().refunded) == (R.DONE, 720)
    assert balances() == {"psp": 20200, "cash_desk": -720, "payable": -13680, "receivable": -5800}
    assert list(troubles()) == []


@pytest.mark.parametrize("lie", [{"amount": 721}, {"currency": "USD"}, {"key": "another-r1"}])
def test_an_answer_about_something_else_moves_nothing(order, parts, vendors, lie):
    delivered(parts[1], vendors[1], share="0.95")
    refund = request_refunds(order.pk)[0]
    truth = {"key": refund.key, "amount": 720, "currency": "MXN"}

    apply_refund_fact(refund.pk, RefundFact(external_id="x", state=R.DONE, **{**truth, **lie}))

    assert (fresh(refund).state, Charge.objects.get().needs_review) == (R.APPROVED, True)
    assert not LedgerTransaction.objects.filter(kind="refund").exists()


def test_where_the_provider_gives_nothing_back_a_person_does(order, parts, vendors, paper, city):
    paper.open(LATER=False, REFUNDS=False)
    delivered(parts[1], vendors[1], share="0.95")

    refund = request_refunds(order.pk)[0]
    sent = refunds_to_send(now=later())
    with pytest.raises(NotAllowed) as refused:
        give_back_by_transfer(refund, by=city, reason="  ")
    give_back_by_transfer(refund, by=city, reason="SPEI 123")

    assert (refund.state, sent, refused.value.code) == (R.NEEDS_DESTINATION, [], "evidence_missing")
    assert balances()["bank"] == -720
    assert AuditEntry.objects.get(verb="refund_done").actor_id == city.user_id


class TestGrants:
    """Goods were handed over and something was wrong with them."""

    @pytest.fixture
    def part(self, order, parts, vendors):
        return delivered(parts[0], vendors[0])

    def test_the_stall_bears_it_also_below_zero(self, part, city):
        payable = LedgerPosting.objects.filter(account__kind="payable")

        refund = grant_refund(part, amount=D("12.50"), liable="stall", by=city, reason="Rotten")
        send_refund(refund.pk)

        assert fresh(refund).state == R.DONE
        assert -sum(payable.values_list("amount", flat=True)) == 3200 - 1250
        assert request_refunds(part.order_id) == []
        assert list(troubles()) == []

    def test_the_market_bears_it(self, part, city):
        grant_refund(part, amount=D("12.50"), liable="operator", by=city, reason="Our courier")

        assert balances()["goodwill"] == 1250

    @pytest.mark.parametrize(
        ("amount", "code"),
        [(D("32.01"), "too_much"), (D(0), "bad_amount"), (D(-1), "bad_amount"), (D("1.001"), "bad_amount")],
    )
    def test_amounts_that_cannot_be_leave_no_trace(self, part, city, amount, code):
        with pytest.raises(NotAllowed) as refused:
            grant_refund(part, amount=amount, liable="stall", by=city, reason="?")

        assert refused.value.code == code
        assert not Refund.objects.exists()

    def test_together_never_more_than_was_paid(self, part, city):
        grant_refund(part, amount=D("20.00"), liable="stall", by=city, reason="Rotten")

        with pytest.raises(NotAllowed):
            grant_refund(part, amount=D("12.01"), liable="operator", by=city, reason="Rotten")
        grant_refund(part, amount=D("12.00"), liable="operator", by=city, reason="Rotten")

        assert sum(Refund.objects.values_list("amount", flat=True)) == 3200

    def test_above_the_limit_somebody_else_approves(self, part, city, settings):
        settings.OSCAR_MARKETPLACE_REFUND_APPROVAL_ABOVE = D("10.00")
        other = Actor.of(factories.make_user("Other"), role="city")

        refund = grant_refund(part, amount=D("10.01"), liable="stall", by=city, reason="Rotten")
        waits = (refund.state, balances().get("credit_customer", 0), refunds_to_send(now=later()))
        with pytest.raises(NotAllowed) as refused:
            approve_refund(refund, by=city)
        approve_refund(refund, by=other)

        assert waits == (R.REQUESTED, 0, [])
        assert refused.value.code == "four_eyes"
        assert (fresh(refund).state, balances()["credit_customer"]) == (R.APPROVED, -1001)

    def test_cash_is_given_back_by_hand(self, paper, parts, vendors, city):
        start_payment(parts[0].order, provider="cash", by=SHOPPER)
        part = delivered(parts[0], vendors[0])

        refund = grant_refund(part, amount=D("5.00"), liable="stall", by=city, reason="Rotten")
        give_back_in_cash(refund, by=city, reason="Signed: Ana")

        assert refund.state == R.NEEDS_DESTINATION
        assert balances() == {"payable": 500, "cash_desk": -500}

    def test_goods_that_are_still_at_the_stall_are_not_refunded_here(self, order, parts, vendors, city):
        with pytest.raises(NotAllowed) as refused:
            grant_refund(parts[2], amount=D("1.00"), liable="stall", by=city, reason="?")

        assert refused.value.code == "not_delivered"


def test_a_transfer_too_much_and_a_second_one_go_back_by_hand(waiting, city):
    name = waiting.bank_reference.reference
    bring(row("210.00", name, number="1"))
    bring(row("202.49", name, number="2"))

    refunds = request_refunds(waiting.order_id)
    for refund in refunds:
        give_back_by_transfer(refund, by=city, reason="SPEI 9")

    assert [(refund.amount, refund.state) for refund in refunds] == [(751, R.NEEDS_DESTINATION)] + [
        (20249, R.NEEDS_DESTINATION)
    ]
    assert request_refunds(waiting.order_id) == []
    assert Charge.objects.get().refunded == 0, "it was beside what the charge took"
    assert balances() == {"bank": 20249, "receivable": -20249}
    assert list(troubles()) == []
