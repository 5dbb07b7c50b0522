"""Oscar's form for a basket line, where a city still shows it for a listing."""

import pytest
from oscar.core.loading import get_class

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import put_in_basket, put_record_in_basket, sell_in_shop

pytestmark = pytest.mark.django_db


def form_for(line, quantity):
    return get_class("basket.forms", "BasketLineForm")(line.basket.strategy, {"quantity": quantity}, instance=line)


def of_basket(basket, line):
    line.basket = basket
    return line


@pytest.mark.parametrize(("quantity", "is_valid"), [(8, True), (4, True), (3, False), (11, False), (0, True)])
def test_a_listings_line_takes_what_the_listing_sells(basket, quantity, is_valid):
    listing = factories.make_listing(min_steps=4, stock=10)
    line = of_basket(basket, put_in_basket(basket, listing, 6))

    assert form_for(line, quantity).is_valid() is is_valid


def test_the_shops_own_limit_on_a_basket_still_holds(basket, settings):
    settings.OSCAR_MAX_BASKET_QUANTITY_THRESHOLD = 10
    line = of_basket(basket, put_in_basket(basket, factories.make_listing(), 6))

    form = form_for(line, 40)

    assert not form.is_valid()
    assert "more than 10 items" in str(form.errors)


@pytest.mark.parametrize(("quantity", "is_valid"), [(4, True), (5, False)])
def test_a_line_of_the_shop_is_oscars(basket, quantity, is_valid):
    line = of_basket(basket, put_record_in_basket(basket, sell_in_shop(stock=4), 2))

    assert form_for(line, quantity).is_valid() is is_valid
