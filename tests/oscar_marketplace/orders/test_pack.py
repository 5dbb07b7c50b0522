"""Weighed and packed: never above the bound, exact amounts, and counted stock used up when it cannot be undone."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.markets.models import Operator
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.advance import BadBags, BadMeasure, OverBound
from oscar_marketplace.orders.models import Bag, HandOver
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, new_parts, pack

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market)


@pytest.fixture
def vendor(stall):
    return member_of(stall)


@pytest.fixture
def cheese(stall):
    """Weighed when packed, up to 10 % more; 20 steps of 250 g on the counter."""
    return factories.make_listing(stall=stall, title="Queso", price="144.00", is_estimated=True, stock=20)


@pytest.fixture
def part(cheese, vendor):
    return advance.accept(new_parts([(cheese, 4)])[0], by=vendor)


@pytest.fixture
def line(part):
    return part.lines.get()


def stock(listing):
    record = type(listing.stockrecord).objects.get(pk=listing.stockrecord_id)
    return record.num_in_stock, record.num_allocated


def make_ready(part, vendor, measure, **kwargs):
    packed = {part.lines.get().pk: D(measure)}
    return advance.make_ready(
        part, by=vendor, version=part.version, packed=packed, bags=kwargs.pop("bags", 1), **kwargs
    )


def test_what_was_weighed_is_what_it_costs(part, vendor):
    row = make_ready(part, vendor, "1.040", bags=2)

    assert (row.state, row.final_incl_tax, row.amount_due) == (S.READY, D("149.76"), D("149.76"))
    assert (row.lines.get().packed_measure, row.lines.get().amount) == (D("1.040"), D("149.76"))
    assert list(row.bags.values_list("number", flat=True)) == [1, 2]


def test_the_bound_itself_may_be_packed(part, vendor):
    assert make_ready(part, vendor, "1.100").final_incl_tax == D("158.40")


def test_above_the_bound_is_refused_and_the_message_names_it(part, vendor):
    with pytest.raises(OverBound) as refusal:
        make_ready(part, vendor, "1.101")

    assert str(refusal.value) == "Queso: 1.101 kg is over the limit of 1.100 kg. Take some out."
    assert (refusal.value.code, refusal.value.params["line"]) == ("over_bound", part.lines.get().pk)
    assert fresh(part).state == S.ACCEPTED
    assert (part.lines.get().packed_measure, Bag.objects.count()) == (None, 0)


@pytest.mark.parametrize(("offered", "most"), [("0.300", "0.330"), ("0.255", "0.281"), ("1", "1.100")])
def test_the_bound_follows_what_the_stall_said_it_has(cheese, vendor, offered, most):
    [part] = new_parts([(cheese, 4)])
    advance.accept(part, by=vendor, offers={part.lines.get().pk: D(offered)})
    part = fresh(part)

    with pytest.raises(OverBound):
        make_ready(part, vendor, D(most) + D("0.001"))
    row = make_ready(part, vendor, most)

    assert row.lines.get().packed_measure == D(most)


def test_an_answer_taken_back_gives_the_whole_bound_back(cheese, vendor):
    [part] = new_parts([(cheese, 4)])
    advance.accept(part, by=vendor, offers={part.lines.get().pk: D("0.300")})
    advance.undo(fresh(part), by=vendor)
    advance.accept(fresh(part), by=vendor)

    row = make_ready(fresh(part), vendor, "1.100")

    assert row.final_incl_tax == D("158.40")


def test_goods_that_are_not_weighed_go_as_promised(stall, vendor):
    mangos = factories.make_listing(stall=stall, title="Mango", price="12.50", **factories.by_piece())
    [part] = new_parts([(mangos, 4)])
    advance.accept(part, by=vendor, offers={part.lines.get().pk: D(3)})

    row = advance.make_ready(fresh(part), by=vendor, packed={}, bags=1)

    assert (row.lines.get().packed_measure, row.final_incl_tax) == (D(3), D("37.50"))


def test_goods_that_are_weighed_need_a_weight(part, vendor):
    with pytest.raises(BadMeasure) as refusal:
        advance.make_ready(part, by=vendor, packed={}, bags=1)

    assert str(refusal.value) == "Queso: write what it weighed."


@pytest.mark.parametrize("bags", [0, -1, 51, 10**9, "2"])
def test_a_number_of_bags_that_cannot_be_is_refused(part, vendor, bags):
    with pytest.raises(BadBags) as refusal:
        make_ready(part, vendor, "1", bags=bags)

    assert str(refusal.value) == "Write how many bags there are, from 1 to 50."
    assert fresh(part).state == S.ACCEPTED


@pytest.mark.parametrize("measure", ["-0.001", "-1"])
def test_less_than_nothing_is_refused(part, vendor, measure):
    with pytest.raises(BadMeasure):
        make_ready(part, vendor, measure)


def test_nothing_packed_cancels_the_part_at_no_cost(part, cheese, vendor):
    row = make_ready(part, vendor, 0)

    assert (row.state, row.reason, row.liable) == (S.CANCELLED, "nothing_left", "stall")
    assert (row.final_incl_tax, row.amount_due, row.bags.count()) == (0, 0, 0)
    assert stock(cheese) == (20, 0)
    assert set(OutboxEvent.objects.values_list("topic", flat=True)) >= {"order_cut", "part_cancelled"}


def test_stock_is_used_up_when_it_can_no_longer_be_undone_and_the_rest_given_back(part, cheese, vendor):
    now = timezone.now()
    make_ready(part, vendor, "0.620", now=now)
    assert stock(cheese) == (20, 4)

    early = advance.use_up_packed_goods(part, now=now + timedelta(seconds=59))
    done = advance.use_up_packed_goods(part, now=now + timedelta(seconds=60))
    again = advance.use_up_packed_goods(part, now=now + timedelta(seconds=61))

    assert (early, done, again) == (False, True, False)
    # 620 g are three steps of 250 g, begun ones counted whole.
    assert stock(cheese) == (17, 0)


def test_stock_is_used_up_at_once_where_nothing_is_undone(part, cheese, vendor):
    Operator.objects.update(undo_seconds=0)

    make_ready(part, vendor, "1.040")

    # A little over the kilo is still the four steps that were promised.
    assert stock(cheese) == (16, 0)


def test_using_up_stock_leaves_the_version_that_people_see(part, vendor):
    row = make_ready(part, vendor, "1")

    advance.use_up_packed_goods(part, now=timezone.now() + timedelta(minutes=2))

    assert fresh(part).version == row.version


def test_the_shopper_is_told_with_code_and_place_when_it_cannot_be_undone(part, vendor):
    now = timezone.now()

    make_ready(part, vendor, "1", now=now)

    event = OutboxEvent.objects.get(topic="stall_order_ready")
    assert (event.payload, event.available_at) == ({"stall_order": part.pk}, now + timedelta(seconds=60))


def test_bags_that_are_late_are_kept_as_long_as_others(part, vendor):
    wave = part.hand_over.wave
    late = wave.ends_at + timedelta(hours=1)

    make_ready(part, vendor, "1", now=late)

    assert HandOver.objects.get().hold_until == late + timedelta(minutes=120)


def test_bags_in_time_are_kept_until_after_the_pick_up_time(part, vendor):
    make_ready(part, vendor, "1")

    assert HandOver.objects.get().hold_until == part.hand_over.wave.ends_at + timedelta(minutes=120)


def test_packed_as_ordered_keeps_the_cents_of_the_contract(stall, vendor):
    listing = factories.make_listing(stall=stall, price="32.49", tax_rate="0.16")
    [part] = new_parts([(listing, 3)])
    advance.accept(part, by=vendor)

    row = pack(fresh(part), by=vendor)

    line = row.lines.get()
    assert (line.final_incl_tax, line.final_excl_tax) == (line.placed_incl_tax, line.placed_excl_tax)
    assert (row.final_incl_tax, row.final_excl_tax) == (row.placed_incl_tax, row.placed_excl_tax)
