"""For a minute the last act can be taken back, as if it had not been done; not once anything of it left the house."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.advance import TooLate
from oscar_marketplace.orders.states import HandOverState
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import CLOCK, DESK, fresh, member_of, new_parts, pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market)


@pytest.fixture
def vendor(stall):
    return member_of(stall)


@pytest.fixture
def listing(stall):
    return factories.make_listing(stall=stall, stock=20)


@pytest.fixture
def part(listing):
    return new_parts([(listing, 4)])[0]


def in_seconds(seconds):
    return timezone.now() + timedelta(seconds=seconds)


def test_an_answer_with_less_is_taken_back_and_its_message_withdrawn(part, vendor):
    advance.accept(part, by=vendor, offers={part.lines.get().pk: D("0.5")})

    row = advance.undo(part, by=vendor)

    assert (row.state, row.undo_until, part.lines.get().offered_measure) == (S.NEW, None, None)
    assert not OutboxEvent.objects.filter(topic="stall_order_shorted").exists()


def test_after_undoing_the_stall_may_answer_otherwise(part, vendor):
    advance.accept(part, by=vendor, offers={part.lines.get().pk: D("0.5")})
    advance.undo(part, by=vendor)

    advance.accept(part, by=vendor, offers={part.lines.get().pk: D("0.75")})

    assert part.lines.get().offered_measure == D("0.75")
    assert OutboxEvent.objects.filter(topic="stall_order_shorted").count() == 1


def test_a_refusal_is_taken_back_without_a_trace_for_the_shopper(part, listing, vendor):
    advance.reject(part, by=vendor, reason="sold_out")

    row = advance.undo(part, by=vendor)

    assert (row.state, row.reason, row.liable, row.accept_by) == (S.NEW, "", "", part.accept_by)
    assert type(listing.stockrecord).objects.get(pk=listing.stockrecord_id).num_allocated == 4
    assert type(part.hand_over).objects.get().state == HandOverState.CONFIRMED


def test_packing_is_taken_back_with_bags_and_amounts(part, vendor):
    pack(advance.accept(part, by=vendor), by=vendor, bags=3)

    row = advance.undo(part, by=vendor)

    line = part.lines.get()
    assert (row.state, row.final_incl_tax, row.bags.count()) == (S.ACCEPTED, None, 0)
    assert (line.packed_measure, line.final_incl_tax) == (None, None)
    assert not OutboxEvent.objects.filter(topic="stall_order_ready").exists()
    assert pack(row, by=vendor).state == S.READY


@pytest.mark.parametrize("seconds", [61, 3600])
@pytest.mark.parametrize("act", [advance.accept, advance.reject])
def test_after_the_minute_it_is_too_late(part, vendor, act, seconds):
    row = act(part, by=vendor)

    with pytest.raises(TooLate) as refusal:
        advance.undo(part, by=vendor, now=in_seconds(seconds))

    assert refusal.value.code == "undo_over"
    assert fresh(part).state == row.state


def test_a_message_that_is_being_sent_cannot_be_withdrawn(part, vendor):
    advance.accept(part, by=vendor, offers={part.lines.get().pk: D("0.5")})
    OutboxEvent.objects.filter(topic="stall_order_shorted").update(attempts=1)

    with pytest.raises(TooLate):
        advance.undo(part, by=vendor)

    assert (fresh(part).state, part.lines.get().offered_measure) == (S.ACCEPTED, D("0.5"))


def test_goods_that_were_used_up_cannot_be_packed_back(part, vendor):
    now = timezone.now()
    pack(advance.accept(part, by=vendor), by=vendor, now=now)
    advance.use_up_packed_goods(part, now=now + timedelta(seconds=60))

    with pytest.raises(TooLate):
        advance.undo(part, by=vendor, now=now + timedelta(seconds=30))

    assert fresh(part).state == S.READY


def test_a_step_further_ends_the_time_to_undo(part, vendor):
    advance.start_preparing(advance.accept(part, by=vendor), by=vendor)

    assert fresh(part).undo_until is None


def test_the_other_side_cannot_take_it_back(part, vendor):
    advance.accept(part, by=vendor)

    with pytest.raises(NotAllowed) as refusal:
        advance.undo(part, by=DESK)

    assert refusal.value.code == "other_side"
    assert fresh(part).state == S.ACCEPTED


def test_a_colleague_can_take_it_back(part, stall, vendor):
    advance.accept(part, by=vendor)

    assert advance.undo(part, by=member_of(stall)).state == S.NEW


def test_what_a_clock_did_is_not_taken_back(part, vendor):
    advance.accept(part, by=CLOCK)

    with pytest.raises(TooLate):
        advance.undo(part, by=vendor)
