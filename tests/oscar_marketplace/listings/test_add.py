"""The one way into a basket: the line is that stall's, and what cannot be bought is refused in words."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.listings.add import add_listing, change_steps, set_wish
from oscar_marketplace.listings.models import LineWish, ListingState, PreparationOption, StockMode
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def tomatoes():
    return factories.make_listing(title="Jitomate", price="32.49", stock=20)


def refused(act, *args, **kwargs):
    with pytest.raises(CannotBuy) as refusal:
        act(*args, **kwargs)
    return refusal.value


def held(basket):
    return list(basket.lines.values_list("stockrecord_id", "quantity"))


def test_two_stalls_offers_of_one_product_become_two_lines():
    product = factories.make_product("Jitomate")
    first, second = (factories.make_listing(product=product, price=price) for price in ("40.00", "32.49"))
    second.stall.operator = first.stall.operator
    second.stall.save()
    basket = factories.make_basket([(first, 4), (second, 4)])

    assert held(basket) == [(first.stockrecord_id, 4), (second.stockrecord_id, 4)]
    assert [line.line_price_incl_tax for line in basket.all_lines()] == [D("40.00"), D("32.49")]


def test_adding_again_adds_to_the_line(tomatoes):
    basket = factories.make_basket([(tomatoes, 4), (tomatoes, 2)])

    assert held(basket) == [(tomatoes.stockrecord_id, 6)]


@pytest.mark.parametrize("steps", [0, -1, 1.5, None, "2"])
def test_what_is_no_amount_is_refused(tomatoes, steps):
    basket = factories.make_basket([])

    assert refused(add_listing, basket, tomatoes, steps).code == "too_little"
    assert held(basket) == []


def test_more_than_is_left_counts_what_the_basket_holds(tomatoes):
    basket = factories.make_basket([(tomatoes, 15)])

    assert refused(add_listing, basket, tomatoes, 6).code == "not_enough"
    assert held(basket) == [(tomatoes.stockrecord_id, 15)]


def test_an_absurd_amount_is_refused():
    cheese = factories.make_listing(title="Queso")
    basket = factories.make_basket([])

    assert refused(add_listing, basket, cheese, 10**9).code == "too_much"


def test_fewer_than_the_stall_sells_is_refused():
    eggs = factories.make_listing(title="Huevo", min_steps=6, **factories.by_piece())
    basket = factories.make_basket([])

    assert refused(add_listing, basket, eggs, 5).code == "too_little"
    add_listing(basket, eggs, 6)
    assert refused(change_steps, basket.lines.get(), 5).code == "too_little"
    assert held(basket) == [(eggs.stockrecord_id, 6)]


def test_what_is_not_on_sale_is_refused(tomatoes):
    basket = factories.make_basket([])
    tomatoes.state = ListingState.PAUSED
    tomatoes.save()
    assert refused(add_listing, basket, tomatoes, 1).code == "not_listed"

    tomatoes.state = ListingState.LIVE
    tomatoes.sold_out_on = timezone.localdate()
    tomatoes.save()
    assert refused(add_listing, basket, tomatoes, 1).code == "sold_out"

    tomatoes.sold_out_on = timezone.localdate() - timedelta(days=1)
    tomatoes.save()
    tomatoes.stall.pause()
    tomatoes.stall.save()
    assert refused(add_listing, basket, tomatoes, 1).code == "stall_closed"
    assert held(basket) == []


def test_yesterdays_catch_is_not_todays():
    fish = factories.make_listing(title="Huachinango", stock_mode=StockMode.DAILY)
    basket = factories.make_basket([])
    assert refused(add_listing, basket, fish, 1).code == "sold_out"

    fish.came_on = timezone.localdate()
    fish.save()
    add_listing(basket, fish, 1)

    assert held(basket) == [(fish.stockrecord_id, 1)]


def test_a_basket_has_one_operator(tomatoes):
    elsewhere = factories.make_listing(title="Tomate")
    basket = factories.make_basket([(tomatoes, 1)])

    assert refused(add_listing, basket, elsewhere, 1).code == "other_operator"


def test_a_full_basket_takes_no_new_goods_but_more_of_the_same(tomatoes, settings):
    settings.OSCAR_MARKETPLACE_MAX_LINES = 1
    basket = factories.make_basket([(tomatoes, 1)])
    other = factories.make_listing(stall=tomatoes.stall, title="Cebolla")

    assert refused(add_listing, basket, other, 1).code == "basket_full"
    add_listing(basket, tomatoes, 1)

    assert held(basket) == [(tomatoes.stockrecord_id, 2)]


def test_changing_to_none_takes_the_line_out(tomatoes):
    basket = factories.make_basket([(tomatoes, 3)])
    line = basket.lines.get()

    assert refused(change_steps, line, -1).code == "too_little"
    change_steps(line, 0)

    assert held(basket) == []


def test_less_may_always_be_taken_even_when_it_is_sold_out_by_now(tomatoes):
    basket = factories.make_basket([(tomatoes, 3)])
    tomatoes.sold_out_on = timezone.localdate()
    tomatoes.save()

    change_steps(basket.lines.get(), 2)

    assert held(basket) == [(tomatoes.stockrecord_id, 2)]
    assert refused(change_steps, basket.lines.get(), 3).code == "sold_out"


def test_a_wish_is_the_lines_own(tomatoes):
    basket = factories.make_basket([(tomatoes, 3)])
    line = basket.lines.get()
    other = factories.make_listing(title="Bistec")
    foreign = PreparationOption.objects.create(listing=other, name="aplanado")

    assert refused(set_wish, line, preparation=foreign).code == "bad_wish"
    assert refused(set_wish, line, substitution="whatever").code == "bad_wish"
    assert refused(set_wish, line, note="x" * 141).code == "note_too_long"
    assert not LineWish.objects.exists()

    set_wish(line, substitution="similar", note=" maduros ")

    assert (line.market_wish.substitution, line.market_wish.note) == ("similar", "maduros")


def test_nothing_is_added_when_the_wish_is_refused(tomatoes):
    basket = factories.make_basket([])

    refused(add_listing, basket, tomatoes, 1, wish={"note": "x" * 141})

    assert held(basket) == []
