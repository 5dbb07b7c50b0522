"""What is picked up at a market is not shipped; the shop's own goods are shipped as the shop ships."""

import pytest
from oscar.core.loading import get_class

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import put_in_basket, put_record_in_basket, sell_in_shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped_class():
    """The market's product class as Oscar makes one by default: it requires shipping."""
    product = factories.make_product()
    product.product_class.requires_shipping = True
    product.product_class.save()


def methods_for(basket) -> list[str]:
    repository = get_class("shipping.repository", "Repository")()
    codes = [method.code for method in repository.get_shipping_methods(basket)]
    assert repository.get_default_shipping_method(basket).code == codes[0]
    return codes


def test_a_basket_of_listings_is_picked_up_whatever_its_product_class_says(basket, shipped_class):
    put_in_basket(basket, factories.make_listing(), 1)

    assert methods_for(basket) == ["market-pickup"]


def test_a_basket_that_also_holds_the_shops_goods_is_shipped(basket, shipped_class):
    put_in_basket(basket, factories.make_listing(), 1)
    put_record_in_basket(basket, sell_in_shop(ships=True), 1)

    assert methods_for(basket) == ["free-shipping"]


def test_the_shops_goods_that_need_no_shipping_are_picked_up_too(basket, shipped_class):
    put_in_basket(basket, factories.make_listing(), 1)
    put_record_in_basket(basket, sell_in_shop(ships=False), 1)

    assert methods_for(basket) == ["market-pickup"]


@pytest.mark.parametrize(("ships", "expected"), [(True, ["free-shipping"]), (False, ["no-shipping-required"])])
def test_a_basket_of_only_the_shops_goods_is_left_to_oscar(basket, ships, expected):
    put_record_in_basket(basket, sell_in_shop(ships=ships), 1)

    assert methods_for(basket) == expected


def test_an_empty_basket_is_left_to_oscar(basket):
    assert methods_for(basket) == ["no-shipping-required"]
