"""The last kilo is sold once; and the test that says so fails without our conditional write."""

import threading

import pytest
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import CannotPlace
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.overlay import order_placement
from oscar_marketplace.test import factories
from tests.concurrency.rush import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

Order = get_model("order", "Order")
StockRecord = get_model("partner", "StockRecord")


def oscars_allocate(wanted):
    """What Oscar does: add to what is promised, whatever is left."""
    for stockrecord in StockRecord.objects.filter(pk__in=wanted):
        stockrecord.__dict__["can_track_allocations"] = True
        stockrecord.allocate(wanted[stockrecord.pk])


def two_shoppers_for_the_last_kilo(monkeypatch, allocate):
    """Both have checked that there is enough before either writes: a barrier stands between check and write."""
    market = factories.make_market()
    wave = factories.make_wave(market)
    listing = factories.make_listing(stall=factories.make_stall(market=market), stock=4)
    baskets = [factories.make_basket([(listing, 4)]) for _ in range(2)]
    asked = [factories.make_checkout_request(basket, waves=[wave]) for basket in baskets]
    barrier = threading.Barrier(2)

    def allocate_after_both_checked(wanted):
        barrier.wait(timeout=20)
        allocate(wanted)

    monkeypatch.setattr(order_placement, "allocate", allocate_after_both_checked)
    outcomes = together(
        lambda: place_order(baskets[0], asked=asked[0]), lambda: place_order(baskets[1], asked=asked[1])
    )
    stockrecord = StockRecord.objects.get(pk=listing.stockrecord_id)
    return outcomes, stockrecord


def test_the_last_kilo_is_sold_once(monkeypatch):
    outcomes, stockrecord = two_shoppers_for_the_last_kilo(monkeypatch, order_placement.allocate)

    refusals = [outcome for outcome in outcomes if isinstance(outcome, CannotPlace)]
    assert [refusal.code for refusal in refusals] == ["out_of_stock"]
    assert Order.objects.count() == 1
    assert (stockrecord.num_in_stock, stockrecord.num_allocated) == (4, 4)


@pytest.mark.parametrize("attempt", range(5))
def test_with_oscars_allocate_it_is_sold_twice_every_time(monkeypatch, attempt):
    outcomes, stockrecord = two_shoppers_for_the_last_kilo(monkeypatch, oscars_allocate)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert Order.objects.count() == 2
    assert (stockrecord.num_in_stock, stockrecord.num_allocated) == (4, 8)


def test_two_baskets_with_the_same_goods_in_other_order_do_not_deadlock(monkeypatch):
    market = factories.make_market()
    wave = factories.make_wave(market)
    stall = factories.make_stall(market=market)
    listings = [factories.make_listing(stall=stall, title=f"G{n}", stock=100) for n in range(12)]
    for _ in range(5):
        forth = factories.make_basket([(listing, 1) for listing in listings])
        back = factories.make_basket([(listing, 1) for listing in reversed(listings)])
        asked = [factories.make_checkout_request(basket, waves=[wave]) for basket in (forth, back)]

        outcomes = together(
            lambda forth=forth, asked=asked: place_order(forth, asked=asked[0]),
            lambda back=back, asked=asked: place_order(back, asked=asked[1]),
        )

        assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def test_the_same_basket_from_two_tabs_is_one_order():
    market = factories.make_market()
    wave = factories.make_wave(market)
    basket = factories.make_basket([(factories.make_listing(stall=factories.make_stall(market=market), stock=9), 4)])
    first = factories.make_checkout_request(basket, waves=[wave])
    second = factories.make_checkout_request(basket, waves=[wave])

    outcomes = together(
        lambda: place_order(basket, asked=first),
        lambda: place_order(basket, asked=second),
        lambda: place_order(basket, asked=first),
    )

    assert {getattr(outcome, "number", outcome) for outcome in outcomes} == {Order.objects.get().number}
    assert StockRecord.objects.get().num_allocated == 4


def test_the_last_place_in_a_wave_is_given_once():
    market = factories.make_market()
    wave = factories.make_wave(market, capacity=1)
    listing = factories.make_listing(stall=factories.make_stall(market=market))
    baskets = [factories.make_basket([(listing, 1)]) for _ in range(4)]
    asked = [factories.make_checkout_request(basket, waves=[wave]) for basket in baskets]

    outcomes = together(
        *[
            lambda basket=basket, ask=ask: place_order(basket, asked=ask)
            for basket, ask in zip(baskets, asked, strict=True)
        ]
    )

    refusals = [outcome.code for outcome in outcomes if isinstance(outcome, CannotPlace)]
    assert refusals == ["slot_full"] * 3
    assert Order.objects.count() == 1


def test_checkouts_of_different_stalls_do_not_wait_for_each_other(monkeypatch):
    """While one checkout stands still before its commit, another stall's goes through, in the same limited wave."""
    from django.db import connection

    market = factories.make_market()
    wave = factories.make_wave(market, capacity=5)
    slow, quick = (
        factories.make_basket([(factories.make_listing(stall=factories.make_stall(market=market), stock=9), 1)])
        for _ in range(2)
    )
    asked_slow, asked_quick = (factories.make_checkout_request(basket, waves=[wave]) for basket in (slow, quick))
    standing, go_on = threading.Event(), threading.Event()
    real = order_placement.partition_order

    def partition(order, lines, plan):
        parts = real(order, lines, plan)
        if order.basket_id == slow.pk:
            standing.set()
            assert go_on.wait(timeout=20)
        return parts

    monkeypatch.setattr(order_placement, "partition_order", partition)

    def place_quick():
        assert standing.wait(timeout=20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '1500ms'")
        try:
            return place_order(quick, asked=asked_quick)
        finally:
            go_on.set()

    outcomes = together(lambda: place_order(slow, asked=asked_slow), place_quick)

    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)], outcomes
    assert Order.objects.count() == 2
