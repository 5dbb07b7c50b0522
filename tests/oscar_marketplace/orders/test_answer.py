"""The stall says what there is; the shopper hears of less once it can no longer be undone."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.advance import BadMeasure
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, new_parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market)


@pytest.fixture
def vendor(stall):
    return member_of(stall)


@pytest.fixture
def part(stall):
    tomatoes = factories.make_listing(stall=stall, title="Jitomate")
    mangos = factories.make_listing(stall=stall, title="Mango", **factories.by_piece())
    return new_parts([(tomatoes, 4), (mangos, 3)])[0]


@pytest.fixture
def lines(part):
    return list(part.lines.order_by("pk"))


def test_accepting_all_tells_nobody(part, vendor):
    now = timezone.now()

    row = advance.accept(part, by=vendor, version=part.version, now=now)

    assert (row.state, row.undo_state, row.undo_until) == (S.ACCEPTED, S.NEW, now + timedelta(seconds=60))
    assert not OutboxEvent.objects.filter(topic="stall_order_shorted").exists()


def test_less_is_written_down_and_told_when_it_cannot_be_undone(part, lines, vendor):
    now = timezone.now()

    row = advance.accept(part, by=vendor, offers={lines[0].pk: D("0.5")}, now=now)

    assert [line.offered_measure for line in row.lines.order_by("pk")] == [D("0.5"), None]
    event = OutboxEvent.objects.get(topic="stall_order_shorted")
    assert (event.available_at, event.payload) == (now + timedelta(seconds=60), {"stall_order": part.pk})


def test_an_operator_without_undo_tells_at_once(part, lines, vendor):
    Operator.objects.update(undo_seconds=0)
    now = timezone.now()

    row = advance.accept(part, by=vendor, offers={lines[0].pk: D(0)}, now=now)

    assert (row.undo_state, row.undo_until) == ("", None)
    assert OutboxEvent.objects.get(topic="stall_order_shorted").available_at == now


def test_offering_what_was_ordered_is_no_less(part, lines, vendor):
    row = advance.accept(part, by=vendor, offers={lines[0].pk: D("1.000"), lines[1].pk: D(3)})

    assert [line.offered_measure for line in row.lines.all()] == [None, None]
    assert not OutboxEvent.objects.filter(topic="stall_order_shorted").exists()


@pytest.mark.parametrize("measure", ["1.001", "-0.1", "1000000000"])
def test_more_than_ordered_or_less_than_nothing_is_refused(part, lines, vendor, measure):
    with pytest.raises(BadMeasure) as refusal:
        advance.accept(part, by=vendor, offers={lines[0].pk: D(measure)})

    assert str(refusal.value) == "Jitomate: write what there is, at most 1 kg."
    assert fresh(part).state == S.NEW


def test_a_line_of_another_order_is_refused(part, market, vendor):
    other = factories.make_listing(stall=factories.make_stall(market=market))
    [foreign] = new_parts([(other, 4)], wave=part.hand_over.wave)

    with pytest.raises(BadMeasure) as refusal:
        advance.accept(part, by=vendor, offers={foreign.lines.get().pk: D(0)})

    assert refusal.value.code == "unknown_line"
    assert foreign.lines.get().offered_measure is None


def test_accepting_nothing_is_refused(part, lines, vendor):
    with pytest.raises(BadMeasure) as refusal:
        advance.accept(part, by=vendor, offers={line.pk: D(0) for line in lines})

    assert refusal.value.code == "nothing_left"
    assert fresh(part).state == S.NEW


def test_refusing_keeps_goods_and_amounts_until_it_cannot_be_undone(part, vendor):
    row = advance.reject(part, by=vendor, version=part.version, reason="sold_out")

    assert (row.state, row.reason, row.liable) == (S.REJECTED, "sold_out", "stall")
    assert (row.released_at, row.final_incl_tax) == (None, None)
    assert not OutboxEvent.objects.filter(topic="stall_order_refused").exists()


def test_the_time_to_answer_ends_at_its_moment_and_not_before(part):
    early = advance.leave_unanswered(part, now=part.accept_by - timedelta(seconds=1))

    assert early.state == S.NEW
    assert advance.leave_unanswered(part, now=part.accept_by).state == S.UNANSWERED


def test_an_answered_part_is_not_left_unanswered(part, vendor):
    advance.accept(part, by=vendor)

    assert advance.leave_unanswered(part, now=part.accept_by + timedelta(days=1)).state == S.ACCEPTED
