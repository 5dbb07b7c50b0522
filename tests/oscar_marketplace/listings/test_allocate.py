"""Counted stock: promised with an upper bound, given back once, used up by what was packed."""

import pytest
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import OutOfStock
from oscar_marketplace.listings.allocate import allocate, consume, give_back
from oscar_marketplace.test import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both]

StockRecord = get_model("partner", "StockRecord")


def counts(listing):
    record = StockRecord.objects.get(pk=listing.stockrecord_id)
    return record.num_in_stock, record.num_allocated or 0


@pytest.fixture
def order(market, three_stalls):
    wave = factories.make_wave(market)
    tomatoes = factories.make_listing(stall=three_stalls[0], stock=10)
    cheese = factories.make_listing(stall=three_stalls[1])
    order = factories.place([(tomatoes, 4), (cheese, 2)], waves=[wave])
    order.tomatoes, order.cheese = tomatoes, cheese
    return order


def test_all_or_nothing():
    enough, short = factories.make_listing(stock=10), factories.make_listing(stock=3)

    with pytest.raises(OutOfStock) as refusal:
        allocate({enough.stockrecord_id: 4, short.stockrecord_id: 4})

    assert refusal.value.params["stockrecords"] == [short.stockrecord_id]
    assert counts(short) == (3, 0)


def test_exactly_what_is_left_may_be_promised():
    listing = factories.make_listing(stock=4)

    allocate({listing.stockrecord_id: 4})

    assert counts(listing) == (4, 4)
    with pytest.raises(OutOfStock):
        allocate({listing.stockrecord_id: 1})


def test_a_stock_record_that_is_gone_counts_as_empty():
    with pytest.raises(OutOfStock):
        allocate({987654: 1})


def test_giving_back_twice_frees_once(order):
    line = order.lines.get(stockrecord=order.tomatoes.stockrecord)

    give_back({line.pk: None})
    give_back({line.pk: None})

    assert counts(order.tomatoes) == (10, 0)
    line = type(line).objects.get(pk=line.pk)
    assert (line.num_allocated, line.allocation_cancelled) == (0, True)


def test_what_was_packed_leaves_the_counter_and_the_rest_is_free(order):
    line = order.lines.get(stockrecord=order.tomatoes.stockrecord)

    consume({line.pk: 3})
    give_back({line.pk: None})

    assert counts(order.tomatoes) == (7, 0)


def test_more_than_was_promised_is_never_taken(order):
    line = order.lines.get(stockrecord=order.tomatoes.stockrecord)

    consume({line.pk: 99})

    assert counts(order.tomatoes) == (6, 0)


def test_goods_that_are_not_counted_are_left_alone(order):
    line = order.lines.get(stockrecord=order.cheese.stockrecord)

    consume({line.pk: None})
    give_back({line.pk: None})

    assert counts(order.cheese) == (None, 0)


def test_the_promise_outlives_a_change_of_how_stock_is_kept(order):
    order.tomatoes.stock_mode = "on_demand"
    order.tomatoes.save()
    line = order.lines.get(stockrecord=order.tomatoes.stockrecord)

    give_back({line.pk: None})

    assert counts(order.tomatoes) == (10, 0)


def test_oscars_low_stock_alert_still_opens(django_capture_on_commit_callbacks):
    listing = factories.make_listing(stock=10)
    StockRecord.objects.filter(pk=listing.stockrecord_id).update(low_stock_threshold=5)

    with django_capture_on_commit_callbacks(execute=True):
        allocate({listing.stockrecord_id: 7})

    assert get_model("partner", "StockAlert").objects.filter(stockrecord=listing.stockrecord_id).exists()
