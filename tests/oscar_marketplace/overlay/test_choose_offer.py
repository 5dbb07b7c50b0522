"""Which offer answers when Oscar asks for the price of a product and nobody said where it is bought."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.core.loading import get_model

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import (
    misstate_projection,
    put_record_in_basket,
    sell_at,
    sell_in_shop,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategy(rf):
    from django.contrib.auth.models import AnonymousUser
    from oscar.core.loading import get_class

    request = rf.get("/")
    request.user = AnonymousUser()
    return get_class("partner.strategy", "Selector")().strategy(request=request, user=request.user)


def test_a_product_of_stalls_and_shop_costs_the_shops_price_at_the_shop(strategy):
    listing = factories.make_listing(price="40.00")
    product = listing.stockrecord.product
    misstate_projection(listing)
    record = sell_in_shop(product)

    info = strategy.fetch_for_product(product)

    assert (info.stockrecord, info.price.excl_tax) == (record, D("12.00"))


def test_the_same_product_at_the_stall_costs_the_stalls_price(strategy):
    listing = factories.make_listing(price="40.00")
    product = listing.stockrecord.product
    misstate_projection(listing)
    sell_in_shop(product)

    with strategy.narrowed_to(listing.stockrecord):
        info = strategy.fetch_for_product(product)

    assert (info.stockrecord, info.price.incl_tax) == (listing.stockrecord, D("10.00"))


def test_narrowing_holds_for_its_own_product_only(strategy):
    tomato, cheese = factories.make_listing(title="Jitomate"), factories.make_listing(title="Queso", price="80.00")

    with strategy.narrowed_to(tomato.stockrecord):
        info = strategy.fetch_for_product(cheese.stockrecord.product)

    assert info.stockrecord == cheese.stockrecord


def test_narrowing_to_several_and_back(strategy):
    product = factories.make_product()
    dear, cheap = (factories.make_listing(product=product, price=price) for price in ("40.00", "32.00"))
    other = factories.make_listing(title="Queso")

    with strategy.narrowed_to(other.stockrecord), strategy.narrowed_to(dear.stockrecord):
        inside = strategy.fetch_for_product(product)

    assert inside.stockrecord == dear.stockrecord
    assert strategy.fetch_for_product(product).stockrecord == cheap.stockrecord


def test_variants_cost_what_the_cheapest_stall_takes(strategy):
    Product = get_model("catalogue", "Product")
    parent = factories.make_product("Mango")
    Product.objects.filter(pk=parent.pk).update(structure="parent")
    parent.refresh_from_db()
    for title, price in (("Ataulfo", "60.00"), ("Manila", "48.00")):
        child = factories.make_product(title, structure="child", parent=parent)
        misstate_projection(factories.make_listing(product=child, price=price))

    info = strategy.fetch_for_parent(parent)

    assert (info.price.incl_tax, info.stockrecord) == (D("12.00"), None)


def test_a_product_only_the_shop_sells_is_left_to_oscar(strategy):
    product = factories.make_product("Postal")
    record = sell_in_shop(product, price="15.50")

    assert strategy.fetch_for_product(product).stockrecord == record
    assert strategy.fetch_for_parent(product).price.exists is False


def test_a_stall_sells_by_its_listings_only(strategy, basket):
    listing = factories.make_listing(price="40.00")
    bare = sell_at(listing.stall.partner, "miel-1", price="99.00")
    put_record_in_basket(basket, bare, 1)
    basket.strategy = strategy

    info = strategy.fetch_for_product(bare.product)
    line = basket.all_lines()[0]

    assert (info.price.exists, info.availability.is_available_to_buy) == (False, False)
    assert line.purchase_info.availability.is_purchase_permitted(1)[0] is False
    assert basket.total_incl_tax == 0


def test_whose_partner_it_is_is_asked_once_per_request(strategy):
    products = [sell_in_shop(title=title).product for title in ("Postal", "Imán", "Taza")]

    with CaptureQueriesContext(connection) as statements:
        for product in products:
            strategy.fetch_for_product(product)

    assert len([each for each in statements if 'FROM "oscar_marketplace_stall"' in each["sql"]]) == 1
