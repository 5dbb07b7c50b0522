"""What follows from a refusal: not before it can no longer be undone, and then once."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.refusal import (
    carry_out_refusal,
    give_up_waiting,
    refusals_to_carry_out,
    refuse_part,
)
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import Decision
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test.stall_orders import fresh

pytestmark = pytest.mark.django_db


def topics():
    return sorted(
        OutboxEvent.objects.exclude(topic__in=["order_placed", "stall_order_new"]).values_list("topic", flat=True)
    )


def refused(part, vendor):
    """Refused, and the minute to undo is over."""
    now = timezone.now()
    refuse_part(part, by=vendor, version=part.version, reason="sold_out", now=now)
    carry_out_refusal(part, now=now + timedelta(seconds=60))
    return fresh(part)


def test_nothing_follows_while_it_can_be_undone(parts, vendors, listings, stock, charge_states):
    now = timezone.now()

    refuse_part(parts[0], by=vendors[0], now=now)
    early = carry_out_refusal(parts[0], now=now + timedelta(seconds=59))

    assert (early, fresh(parts[0]).released_at, stock(listings[0])) == (False, None, (20, 4))
    assert (topics(), charge_states()) == ([], ["promised"] * 3)
    assert not refusals_to_carry_out(now=now + timedelta(seconds=59)).exists()
    assert advance.undo(parts[0], by=vendors[0], now=now + timedelta(seconds=59)).state == S.NEW


def test_goods_are_free_the_promise_void_and_the_part_costs_nothing(parts, vendors, listings, stock, charge_states):
    row = refused(parts[0], vendors[0])

    assert (row.state, row.amount_due, row.undo_until) == (S.REJECTED, 0, None)
    assert row.lines.get().final_incl_tax == 0
    assert [stock(listing) for listing in listings] == [(20, 0), (20, 4), (20, 4)]
    assert charge_states() == ["cancelled", "promised", "promised"]


def test_it_follows_once(parts, vendors, listings, stock):
    refused(parts[0], vendors[0])

    again = carry_out_refusal(parts[0], now=timezone.now() + timedelta(days=1))

    assert (again, stock(listings[0]), Decision.objects.count()) == (False, (20, 0), 1)


def test_without_undo_it_follows_at_once(parts, vendors, listings, stock):
    Operator.objects.update(undo_seconds=0)

    refuse_part(parts[0], by=vendors[0])

    assert (stock(listings[0]), topics()) == ((20, 0), ["decision_opened"])


def test_the_shopper_is_asked_about_the_rest_with_exact_amounts(parts, vendors):
    advance.accept(parts[1], by=vendors[1])

    refused(parts[0], vendors[0])

    decision = Decision.objects.get()
    assert (decision.kind, decision.stall_order, decision.default) == ("rest_after_refusal", parts[0], "keep")
    assert decision.options == [
        {"code": "keep", "amount": "170.00", "parts": [parts[1].pk, parts[2].pk]},
        {"code": "cancel_rest", "amount": "144.00", "parts": [parts[2].pk]},
    ]
    # The question tells of the refusal: one message, not two.
    assert topics() == ["decision_opened"]


def test_the_time_to_decide_is_the_operators(parts, vendors):
    now = timezone.now()
    refuse_part(parts[0], by=vendors[0], now=now)

    carry_out_refusal(parts[0], now=now + timedelta(seconds=60))

    assert Decision.objects.get().decide_by == now + timedelta(seconds=60, minutes=60)


def test_where_every_other_stall_has_answered_the_shopper_is_only_told(parts, vendors):
    for part, vendor in zip(parts[1:], vendors[1:], strict=True):
        advance.accept(part, by=vendor)

    refused(parts[0], vendors[0])

    assert (Decision.objects.count(), topics()) == (0, ["stall_order_refused"])


def test_a_second_refusal_brings_the_open_question_up_to_date(parts, vendors):
    refused(parts[0], vendors[0])

    refused(parts[1], vendors[1])

    decision = Decision.objects.get()
    assert [option["amount"] for option in decision.options] == ["26.00", "0.00"]
    assert (decision.answered_at, topics()) == (None, ["decision_opened", "stall_order_refused"])


def test_the_question_is_moot_once_every_stall_has_answered(parts, vendors):
    refused(parts[0], vendors[0])

    advance.accept(parts[1], by=vendors[1])
    assert Decision.objects.get().answered_at is None
    advance.accept(parts[2], by=vendors[2])

    decision = Decision.objects.get()
    assert (decision.answer, decision.answered_by, decision.channel) == ("keep", "system", "moot")


def test_the_question_stays_while_a_second_refusal_can_be_undone(parts, vendors):
    refused(parts[0], vendors[0])
    advance.accept(parts[1], by=vendors[1])
    now = timezone.now()

    advance.reject(parts[2], by=vendors[2], now=now)
    assert Decision.objects.get().answered_at is None

    carry_out_refusal(parts[2], now=now + timedelta(seconds=60))
    assert Decision.objects.get().channel == "moot"


def test_no_answer_in_time_has_the_same_consequences(parts, listings, stock, charge_states):
    done = give_up_waiting(parts[0], now=parts[0].accept_by)

    row = fresh(parts[0])
    assert (done, row.state, row.amount_due, stock(listings[0])) == (True, S.UNANSWERED, 0, (20, 0))
    assert (charge_states()[0], topics()) == ("cancelled", ["decision_opened"])


def test_a_stall_that_still_has_time_is_waited_for(parts):
    done = give_up_waiting(parts[0], now=parts[0].accept_by - timedelta(seconds=1))

    assert (done, fresh(parts[0]).state, topics()) == (False, S.NEW, [])


def test_money_that_was_taken_is_marked_as_owed(unpaid, vendors, settings, tmp_path):
    from oscar_marketplace.payments.refunds import orders_owed_to, request_refunds

    charge = paid_by_card(unpaid, settings, tmp_path)
    part = fresh(unpaid[0])

    refused(part, vendors[0])

    assert orders_owed_to() == [part.order_id]
    refund = request_refunds(part.order_id)[0]
    assert (refund.charge, refund.amount, refund.source) == (charge, 3200, f"stallorder:{part.pk}")


def paid_by_card(unpaid, settings, tmp_path):
    from oscar_marketplace.orders.states import ChargeState
    from oscar_marketplace.payments.models import Charge, ChargeShare
    from oscar_marketplace.payments.providers.base import ChargeFact
    from oscar_marketplace.payments.settle import apply_fact

    order = unpaid[0].order
    charge = Charge.objects.create(
        order=order, provider="dummy", reference=f"{order.number}-1", currency="MXN", requested=20200
    )
    for part, amount in zip(unpaid, [3200, 14400, 2600], strict=True):
        ChargeShare.objects.create(charge=charge, stall_order=part, amount=amount)
    apply_fact(charge.pk, ChargeFact(charge.reference, "d-1", ChargeState.CAPTURED, 20200, "MXN"))
    assert D(sum(part.placed_incl_tax for part in unpaid)) == D("202.00")
    return charge
