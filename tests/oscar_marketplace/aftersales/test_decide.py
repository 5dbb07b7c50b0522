"""The first answer wins; without one the announced default holds."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.decide import (
    AlreadyAnswered,
    AmountsChanged,
    answer_decision,
    decide_by_default,
    decisions_due,
)
from oscar_marketplace.aftersales.expire import expire_order
from oscar_marketplace.aftersales.refusal import carry_out_refusal
from oscar_marketplace.exceptions import NotAllowed, OutOfStock
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.decisions import open_revive_decision
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test.stall_orders import DESK, SHOPPER, fresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(parts, vendors):
    """The first of three stalls refused; the other two have not answered."""
    now = timezone.now()
    advance.reject(parts[0], by=vendors[0], now=now)
    carry_out_refusal(parts[0], now=now + timedelta(seconds=60))
    return Decision.objects.get()


def states(parts):
    return [fresh(part).state for part in parts]


def test_keeping_the_rest_changes_nothing_else(question, parts, charge_states):
    answered = answer_decision(question, answer="keep", by=SHOPPER, channel="link")

    assert (answered.answer, answered.answered_by, answered.channel) == ("keep", "shopper", "link")
    assert (states(parts), charge_states()) == ([S.REJECTED, S.NEW, S.NEW], ["cancelled", "promised", "promised"])


def test_cancelling_the_rest_frees_goods_and_payments(question, parts, listings, stock, charge_states):
    answer_decision(question, answer="cancel_rest", by=SHOPPER, channel="link")

    assert states(parts) == [S.REJECTED, S.CANCELLED, S.CANCELLED]
    assert [stock(listing) for listing in listings] == [(20, 0)] * 3
    assert charge_states() == ["cancelled"] * 3
    # One message to the shopper about both, one to each stall.
    assert OutboxEvent.objects.get(topic="order_cut").payload["stall_orders"] == [parts[1].pk, parts[2].pk]
    assert OutboxEvent.objects.filter(topic="part_cancelled").count() == 2


def test_what_a_stall_accepted_is_not_cancelled_with_the_rest(question, parts, vendors):
    advance.accept(parts[1], by=vendors[1])

    answer_decision(Decision.objects.get(), answer="cancel_rest", by=SHOPPER, channel="link")

    assert states(parts) == [S.REJECTED, S.ACCEPTED, S.CANCELLED]


def test_the_same_answer_twice_is_once(question):
    answer_decision(question, answer="cancel_rest", by=SHOPPER, channel="link")

    again = answer_decision(question, answer="cancel_rest", by=DESK, channel="desk")

    assert (again.channel, OutboxEvent.objects.filter(topic="order_cut").count()) == ("link", 1)


def test_the_first_answer_wins(question, parts):
    answer_decision(question, answer="keep", by=DESK, channel="desk")

    with pytest.raises(AlreadyAnswered) as refusal:
        answer_decision(question, answer="cancel_rest", by=SHOPPER, channel="link")

    assert refusal.value.params["answer"] == "keep"
    assert states(parts) == [S.REJECTED, S.NEW, S.NEW]


def test_an_answer_that_is_not_offered_is_refused(question):
    with pytest.raises(NotAllowed) as refusal:
        answer_decision(question, answer="double_it", by=SHOPPER, channel="link")

    assert (refusal.value.code, Decision.objects.get().answered_at) == ("bad_answer", None)


def test_amounts_that_no_longer_hold_are_not_agreed_to(question, parts):
    stale = [{**option, "amount": "1.00"} for option in question.options]
    Decision.objects.update(options=stale)

    with pytest.raises(AmountsChanged):
        answer_decision(question, answer="keep", by=SHOPPER, channel="link")

    decision = Decision.objects.get()
    assert (decision.answered_at, decision.options[0]["amount"]) == (None, "170.00")


def test_when_the_time_is_over_the_default_holds(question, parts):
    assert not decisions_due(now=question.decide_by - timedelta(seconds=1)).exists()
    assert not decide_by_default(question, now=question.decide_by - timedelta(seconds=1))

    done = decide_by_default(question, now=question.decide_by)
    again = decide_by_default(question, now=question.decide_by)

    decision = Decision.objects.get()
    assert (done, again, decision.answer, decision.answered_by) == (True, False, "keep", "system")
    assert states(parts) == [S.REJECTED, S.NEW, S.NEW]


def test_an_answer_after_its_time_is_too_late_even_before_the_clock_ran(question):
    with pytest.raises(AlreadyAnswered) as refusal:
        answer_decision(question, answer="cancel_rest", by=SHOPPER, channel="link", now=question.decide_by)

    assert refusal.value.params["answer"] == "keep"


@pytest.fixture
def late_payment(unpaid):
    parts = advance.expire_parts(unpaid)
    return open_revive_decision(parts, now=timezone.now())


def test_a_late_payment_may_order_the_same_again(late_payment, unpaid, listings, stock):
    answer_decision(late_payment, answer="revive", by=SHOPPER, channel="link")

    assert states(unpaid) == [S.NEW] * 3
    assert [stock(listing) for listing in listings] == [(20, 4)] * 3


def test_what_ran_out_meanwhile_leaves_the_question_open(late_payment, unpaid, listings):
    record = fresh(listings[0].stockrecord)
    record.num_in_stock = 3
    record.save()

    with pytest.raises(OutOfStock):
        answer_decision(late_payment, answer="revive", by=SHOPPER, channel="link")

    assert (Decision.objects.get().answered_at, states(unpaid)) == (None, [S.EXPIRED] * 3)


def test_without_an_answer_the_late_money_is_given_back(late_payment, unpaid):
    decide_by_default(late_payment, now=late_payment.decide_by)

    assert (Decision.objects.get().answer, states(unpaid)) == ("refund", [S.EXPIRED] * 3)


def test_a_late_payment_is_asked_about_once(late_payment):
    parts = list(StallOrder.objects.all())

    assert open_revive_decision(parts, now=timezone.now()) is None
    assert OutboxEvent.objects.filter(topic="decision_opened").count() == 1


def test_an_open_question_keeps_a_delivered_part_open(question, parts, vendors):
    from oscar_marketplace.orders.hand_over import deliver_at_stall
    from oscar_marketplace.test.stall_orders import pack

    row = pack(advance.accept(parts[1], by=vendors[1]), by=vendors[1])
    row = deliver_at_stall(row, code=row.hand_over.code, by=vendors[1])

    assert not advance.complete_part(row, now=row.complete_at)
    answer_decision(Decision.objects.get(), answer="keep", by=SHOPPER, channel="link")
    assert not advance.complete_part(row, now=row.complete_at - timedelta(seconds=1))
    assert fresh(row).state == S.DELIVERED
    assert advance.complete_part(row, now=row.complete_at)
    assert fresh(row).state == S.COMPLETED


def test_money_that_comes_late_opens_the_question_with_what_was_paid_and_tells_the_shopper(unpaid):
    from oscar_marketplace.orders.states import ChargeState
    from oscar_marketplace.payments.models import Charge, ChargeShare
    from oscar_marketplace.payments.providers.base import ChargeFact
    from oscar_marketplace.payments.settle import apply_fact

    charge = Charge.objects.create(
        order=unpaid[0].order, provider="dummy", reference="late-1", currency="MXN", requested=20200
    )
    for part, amount in zip(unpaid, [3200, 14400, 2600], strict=True):
        ChargeShare.objects.create(charge=charge, stall_order=part, amount=amount)
    expire_order(unpaid[0].order_id)

    apply_fact(charge.pk, ChargeFact("late-1", "d-1", ChargeState.CAPTURED, 20200, "MXN"))

    decision = Decision.objects.get()
    assert [(each["code"], each["amount"]) for each in decision.options] == [("revive", "202.00"), ("refund", "0.00")]
    assert OutboxEvent.objects.get(topic="decision_opened").payload == {"decision": decision.pk}
    answer_decision(decision, answer="revive", by=SHOPPER, channel="link")
    assert states(unpaid) == [S.NEW] * 3
