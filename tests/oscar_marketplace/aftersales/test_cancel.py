"""The shopper steps back until a stall accepts; bags nobody fetched are cancelled by the clock."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.cancel import (
    cancel_by_shopper,
    cancel_no_show,
    cancel_part_by_shopper,
    cancel_with_payment,
    no_shows,
)
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over import deliver_at_stall
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.orders.states import ChargeState, HandOverState
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.test.stall_orders import DESK, SHOPPER, fresh, pack

pytestmark = pytest.mark.django_db


def states(parts):
    return [fresh(part).state for part in parts]


def test_the_whole_order_is_cancelled_before_anybody_accepts(parts, listings, stock, charge_states):
    cancel_by_shopper(parts[0].order, by=SHOPPER)

    assert states(parts) == [S.CANCELLED] * 3
    assert {fresh(part).liable for part in parts} == {"shopper"}
    assert [stock(listing) for listing in listings] == [(20, 0)] * 3
    assert charge_states() == ["cancelled"] * 3
    assert OutboxEvent.objects.filter(topic="order_cut").count() == 1
    assert OutboxEvent.objects.filter(topic="part_cancelled").count() == 3


def test_what_was_accepted_goes_on(parts, vendors, charge_states):
    advance.accept(parts[1], by=vendors[1])

    cancelled = cancel_by_shopper(parts[0].order, by=SHOPPER)

    assert states(parts) == [S.CANCELLED, S.ACCEPTED, S.CANCELLED]
    assert [row.pk for row in cancelled] == [parts[0].pk, parts[2].pk]
    assert charge_states() == ["cancelled", "promised", "cancelled"]


def test_one_part_is_cancelled_and_its_siblings_are_untouched(parts):
    cancel_part_by_shopper(parts[1], by=SHOPPER)

    assert states(parts) == [S.NEW, S.CANCELLED, S.NEW]


def test_pressing_twice_is_no_mistake(parts):
    cancel_by_shopper(parts[0].order, by=SHOPPER)

    again = cancel_by_shopper(parts[0].order, by=SHOPPER)

    assert [row.state for row in again] == [S.CANCELLED] * 3
    assert OutboxEvent.objects.filter(topic="order_cut").count() == 1


def test_after_every_stall_accepted_it_is_too_late(parts, vendors):
    for part, vendor in zip(parts, vendors, strict=True):
        advance.accept(part, by=vendor)

    with pytest.raises(NotAllowed) as refusal:
        cancel_by_shopper(parts[0].order, by=SHOPPER)

    assert refusal.value.code == "already_accepted"
    assert states(parts) == [S.ACCEPTED] * 3


def test_the_desk_may_cancel_what_was_accepted(parts, vendors, charge_states):
    advance.accept(parts[0], by=vendors[0])

    row = cancel_with_payment(parts[0], by=DESK, reason="closed", liable="operator")

    assert (row.state, row.reason, row.liable, charge_states()[0]) == (S.CANCELLED, "closed", "operator", "cancelled")


def test_an_unpaid_order_is_cancelled_whole_with_the_payment_that_was_begun(unpaid, charge_states):
    charge = Charge.objects.create(
        order=unpaid[0].order, provider="dummy", reference="x-1", currency="MXN", requested=1
    )
    for part in unpaid:
        ChargeShare.objects.create(charge=charge, stall_order=part, amount=1)

    with pytest.raises(NotAllowed) as refusal:
        cancel_part_by_shopper(unpaid[0], by=SHOPPER)
    assert (refusal.value.code, charge_states()) == ("not_paid", [ChargeState.CREATED])

    cancel_by_shopper(unpaid[0].order, by=SHOPPER)

    assert (states(unpaid), charge_states()) == ([S.CANCELLED] * 3, [ChargeState.CANCELLED])
    # The stalls were never asked, so they are not told either.
    assert not OutboxEvent.objects.filter(topic="part_cancelled").exists()


@pytest.fixture
def waiting(parts, vendors):
    """The first part is ready, its stock used up."""
    row = pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])
    advance.use_up_packed_goods(row, now=timezone.now() + timedelta(seconds=60))
    return fresh(row)


def test_bags_nobody_fetched_are_cancelled_at_the_shoppers_cost(waiting, listings, stock, charge_states):
    until = HandOver.objects.get().hold_until
    assert not cancel_no_show(waiting, now=until - timedelta(seconds=1))
    assert not no_shows(now=until - timedelta(seconds=1)).exists()

    done = cancel_no_show(waiting, now=until)
    again = cancel_no_show(waiting, now=until)

    row = fresh(waiting)
    assert (done, again) == (True, False)
    assert (row.state, row.reason, row.liable, row.amount_due) == (S.CANCELLED, "no_show", "shopper", 0)
    # Food that was packed is not put back on sale.
    assert (stock(listings[0]), charge_states()[0]) == ((16, 0), "cancelled")


def test_a_hand_over_nobody_came_to_is_not_collected(waiting, parts, vendors):
    for part, vendor in zip(parts[1:], vendors[1:], strict=True):
        advance.cancel_part(part, by=vendor, reason="stall", liable="stall")

    cancel_no_show(waiting, now=HandOver.objects.get().hold_until)

    assert HandOver.objects.get().state == HandOverState.NOT_COLLECTED


def test_what_was_fetched_is_no_no_show(waiting, vendors):
    deliver_at_stall(waiting, code=waiting.hand_over.code, by=vendors[0])

    assert not cancel_no_show(waiting, now=HandOver.objects.get().hold_until + timedelta(days=1))
    assert fresh(waiting).state == S.DELIVERED
