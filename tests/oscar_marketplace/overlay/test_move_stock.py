"""Oscar's event handler moves the stock a listing counts, and no other; asked twice it moves once."""

import pytest
from oscar.core.loading import get_class

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import order_of, put_in_basket, put_record_in_basket, sell_in_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def handler():
    return get_class("order.processing", "EventHandler")()


@pytest.fixture
def tracked_class():
    """The market's product class as Oscar makes one by default: it tracks stock."""
    product = factories.make_product()
    product.product_class.track_stock = True
    product.product_class.save()


def stock(record) -> tuple[int | None, int]:
    record.refresh_from_db()
    return record.num_in_stock, record.num_allocated or 0


def test_counted_stock_is_consumed_once(basket, handler):
    listing = factories.make_listing(stock=10)
    put_in_basket(basket, listing, 4)
    order = order_of(basket)

    handler.consume_stock_allocations(order)
    handler.consume_stock_allocations(order)

    assert stock(listing.stockrecord) == (6, 0)


def test_counted_stock_is_given_back_once(basket, handler):
    listing = factories.make_listing(stock=10)
    put_in_basket(basket, listing, 4)
    order = order_of(basket)

    handler.cancel_stock_allocations(order)
    handler.cancel_stock_allocations(order)

    assert stock(listing.stockrecord) == (10, 0)


def test_part_of_a_line(basket, handler):
    listing = factories.make_listing(stock=10)
    put_in_basket(basket, listing, 4)
    order = order_of(basket)
    line = order.lines.get()

    handler.consume_stock_allocations(order, [line], [3])
    handler.cancel_stock_allocations(order, [line], [1])

    assert stock(listing.stockrecord) == (7, 0)


def test_a_listing_that_counts_nothing_is_left_alone_whatever_its_product_class_tracks(basket, handler, tracked_class):
    listing = factories.make_listing()
    put_in_basket(basket, listing, 4)
    order = order_of(basket)

    handler.consume_stock_allocations(order)
    handler.cancel_stock_allocations(order)

    assert stock(listing.stockrecord) == (None, 0)
    assert handler.are_stock_allocations_available(list(order.lines.all()), [4]) is True


def test_the_shops_own_goods_move_as_in_oscar(basket, handler):
    record = sell_in_shop(stock=10)
    put_record_in_basket(basket, record, 4)
    order = order_of(basket)

    handler.consume_stock_allocations(order)

    assert stock(record) == (6, 0)


def test_an_order_of_both_moves_both(basket, handler):
    listing, record = factories.make_listing(stock=10), sell_in_shop(stock=20)
    put_in_basket(basket, listing, 4)
    put_record_in_basket(basket, record, 5)
    order = order_of(basket)

    handler.cancel_stock_allocations(order)

    assert (stock(listing.stockrecord), stock(record)) == ((10, 0), (20, 0))


def test_a_deleted_stock_record_does_not_break_cancelling(basket, handler):
    record, listing = sell_in_shop(stock=10), factories.make_listing(stock=10)
    put_record_in_basket(basket, record, 4)
    put_in_basket(basket, listing, 2)
    order = order_of(basket)
    record.delete()

    handler.cancel_stock_allocations(order)

    assert stock(listing.stockrecord) == (10, 0)


@pytest.mark.parametrize(("steps", "expected"), [(4, True), (5, False)])
def test_available_is_what_was_promised_to_the_line(basket, handler, steps, expected):
    put_in_basket(basket, factories.make_listing(stock=10), 4)
    order = order_of(basket)

    assert handler.are_stock_allocations_available(list(order.lines.all()), [steps]) is expected


def test_nothing_is_available_of_a_line_that_was_given_back(basket, handler):
    put_in_basket(basket, factories.make_listing(stock=10), 4)
    order = order_of(basket)
    handler.cancel_stock_allocations(order)

    assert handler.are_stock_allocations_available(list(order.lines.all()), [4]) is False


def test_a_missing_line_is_not_available(handler):
    assert handler.are_stock_allocations_available([None], [1]) is False
