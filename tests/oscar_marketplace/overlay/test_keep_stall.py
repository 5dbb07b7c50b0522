"""Wherever Oscar puts something into a basket, it stays the stall's it came from.

The list of Oscar's callers is read from its source: a new release that adds one fails here until it has a story too.
"""

import ast
from decimal import Decimal as D
from pathlib import Path

import oscar
import pytest
from django.urls import reverse
from oscar.core.loading import get_class, get_model

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import (
    misstate_projection,
    order_of,
    put_in_basket,
    put_record_in_basket,
    sell_in_shop,
)

#: What puts lines into a basket, or moves them from one to another.
ADDING = {"add_product", "merge_line", "merge", "merge_baskets"}

#: Oscar's callers, by file and function, and the test of this module that tells their story.
STORIES = {
    "basket/views.py BasketAddView.form_valid": "test_the_add_form_adds_from_the_stall_that_was_named",
    "basket/views.py BasketView.move_line_to_saved_basket": "test_a_line_saved_for_later_is_still_the_stalls",
    "basket/views.py SavedView.formset_valid": "test_a_saved_line_comes_back_to_the_same_stall",
    "basket/abstract_models.py AbstractBasket.merge": "test_baskets_merged_at_sign_in_keep_each_lines_stall",
    "basket/middleware.py BasketMiddleware.get_basket": "test_baskets_merged_at_sign_in_keep_each_lines_stall",
    "basket/middleware.py BasketMiddleware.merge_baskets": "test_baskets_merged_at_sign_in_keep_each_lines_stall",
    "checkout/mixins.py OrderPlacementMixin.restore_frozen_basket": "test_a_thawed_basket_keeps_each_lines_stall",
    "customer/views.py OrderDetailView.do_reorder": "test_an_order_is_ordered_again_from_the_same_stalls",
    "customer/views.py OrderLineView.do_reorder": "test_a_line_is_ordered_again_from_the_same_stall",
}
#: Calls of the same names on something that is no basket.
NO_BASKETS = {
    "offer/abstract_models.py AbstractRangeProductFileUpload.process": "adds to a range",
    "dashboard/ranges/views.py RangeProductListView.handle_query_products": "adds to a range",
    "customer/wishlists/views.py WishListAddProduct.get": "adds to a wish list",
    "customer/wishlists/views.py WishListAddProduct.post": "adds to a wish list",
}


def callers() -> set[str]:
    """File and function of every call in Oscar's apps that adds to something."""
    apps = Path(oscar.__file__).parent / "apps"
    found = set()
    for path in apps.rglob("*.py"):
        tree = ast.parse(path.read_text())
        for owner in [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)] + [tree]:
            for function in [node for node in owner.body if isinstance(node, ast.FunctionDef)]:
                names = {
                    node.func.attr
                    for node in ast.walk(function)
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                }
                if names & ADDING:
                    name = f"{owner.name}.{function.name}" if owner is not tree else function.name
                    found.add(f"{path.relative_to(apps)} {name}")
    return found


def test_every_caller_of_oscars_is_known():
    assert callers() == {*STORIES, *NO_BASKETS}


@pytest.mark.parametrize("story", sorted(set(STORIES.values())))
def test_every_caller_has_its_story(story):
    assert callable(globals()[story])


@pytest.fixture
def offers(db):
    """One product at a dear stall, at a cheap stall, and of neither the projected price."""
    product = factories.make_product("Jitomate")
    market = factories.make_market()
    dear, cheap = (
        factories.make_listing(stall=factories.make_stall(market=market), product=product, price=price)
        for price in ("32.49", "28.50")
    )
    for listing in (dear, cheap):
        misstate_projection(listing)
    return dear, cheap


@pytest.fixture
def dear(offers):
    return offers[0]


@pytest.fixture
def cheap(offers):
    return offers[1]


@pytest.fixture
def shopper(db):
    return factories.make_user("compradora")


@pytest.fixture
def page(client, shopper):
    """A signed-in shopper's browser."""
    client.force_login(shopper)
    return client


def open_basket(owner):
    basket = get_model("basket", "Basket").open.get_or_create(owner=owner)[0]
    basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    return basket


def held(basket) -> dict:
    """Stock record -> (steps, amount of the line)."""
    basket.reset_offer_applications()
    return {line.stockrecord_id: (line.quantity, line.line_price_incl_tax) for line in basket.all_lines()}


def messages_of(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


# Adding


def test_the_add_form_adds_from_the_stall_that_was_named(page, shopper, dear, cheap):
    url = reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id})

    page.post(url, {"quantity": 4, "listing": dear.pk})
    page.post(url, {"quantity": 2, "listing": cheap.pk})

    assert held(open_basket(shopper)) == {
        dear.stockrecord_id: (4, D("32.49")),
        cheap.stockrecord_id: (2, D("14.25")),
    }


def test_without_a_stall_nothing_is_guessed_where_several_sell_it(page, shopper, dear):
    product_id = dear.stockrecord.product_id

    response = page.post(reverse("basket:add", kwargs={"pk": product_id}), {"quantity": 1}, follow=True)

    assert response.redirect_chain[-1][0] == reverse("market:product", kwargs={"pk": product_id})
    assert "Several stalls sell Jitomate" in messages_of(response)
    assert held(open_basket(shopper)) == {}


def test_without_a_stall_the_only_one_is_meant(page, shopper):
    listing = factories.make_listing(title="Queso", price="140.00")

    page.post(reverse("basket:add", kwargs={"pk": listing.stockrecord.product_id}), {"quantity": 2})

    assert held(open_basket(shopper)) == {listing.stockrecord_id: (2, D("70.00"))}


def test_without_a_stall_that_sells_nothing_is_added(page, shopper):
    listing = factories.make_listing(title="Queso", state="paused")

    response = page.post(
        reverse("basket:add", kwargs={"pk": listing.stockrecord.product_id}), {"quantity": 2}, follow=True
    )

    assert "Nobody sells Queso at the moment" in messages_of(response)
    assert held(open_basket(shopper)) == {}


def test_a_variant_is_added_from_the_stall_that_sells_it(page, shopper):
    Product = get_model("catalogue", "Product")
    parent = factories.make_product("Mango")
    Product.objects.filter(pk=parent.pk).update(structure="parent")
    child = factories.make_product("Ataulfo", structure="child", parent=Product.objects.get(pk=parent.pk))
    listing = factories.make_listing(product=child, price="60.00")

    page.post(reverse("basket:add", kwargs={"pk": parent.pk}), {"quantity": 1, "child_id": child.pk})

    assert held(open_basket(shopper)) == {listing.stockrecord_id: (1, D("15.00"))}


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000000", "two", "201"])
def test_an_amount_that_cannot_be_bought_is_refused_in_words(page, shopper, dear, quantity):
    url = reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id})

    response = page.post(url, {"quantity": quantity, "listing": dear.pk}, follow=True)

    assert messages_of(response)
    assert held(open_basket(shopper)) == {}


@pytest.mark.parametrize("listing", ["other", "999999999", "99999999999999999999999", "x"])
def test_a_listing_of_another_product_is_refused_in_words(page, shopper, dear, listing):
    other = factories.make_listing(title="Queso")
    url = reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id})

    response = page.post(url, {"quantity": 1, "listing": other.pk if listing == "other" else listing}, follow=True)

    assert "This stall does not sell that" in messages_of(response)
    assert held(open_basket(shopper)) == {}


def test_another_stalls_stock_does_not_limit_this_ones(page, shopper, dear):
    neighbour = factories.make_stall(market=dear.stall.places.get().pitch.market)
    few = factories.make_listing(stall=neighbour, product=dear.stockrecord.product, stock=2)
    put_in_basket(open_basket(shopper), dear, 40)

    page.post(reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id}), {"quantity": 2, "listing": few.pk})

    assert held(open_basket(shopper))[few.stockrecord_id][0] == 2


def test_what_another_stall_asks_for_does_not_limit_this_one(page, shopper, dear, cheap):
    type(cheap).objects.filter(pk=cheap.pk).update(min_steps=4)

    page.post(reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id}), {"quantity": 1, "listing": dear.pk})

    assert held(open_basket(shopper)) == {dear.stockrecord_id: (1, D("8.12"))}


def test_a_reason_that_only_add_listing_knows_is_said_too(page, shopper, dear, settings):
    settings.OSCAR_MARKETPLACE_MAX_LINES = 0
    url = reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id})

    response = page.post(url, {"quantity": 1, "listing": dear.pk}, follow=True)

    assert "Your basket is full" in messages_of(response)
    assert held(open_basket(shopper)) == {}


def test_a_product_of_the_shops_own_is_added_as_in_oscar(page, shopper):
    record = sell_in_shop(price="12.00")

    page.post(reverse("basket:add", kwargs={"pk": record.product_id}), {"quantity": 3})

    assert held(open_basket(shopper)) == {record.pk: (3, D("36.00"))}


def test_a_product_of_shop_and_stall_is_added_from_the_shop_unless_the_stall_is_named(page, shopper, dear):
    record = sell_in_shop(dear.stockrecord.product, price="12.00")
    url = reverse("basket:add", kwargs={"pk": record.product_id})

    page.post(url, {"quantity": 1})
    page.post(url, {"quantity": 4, "listing": dear.pk})

    assert held(open_basket(shopper)) == {record.pk: (1, D("12.00")), dear.stockrecord_id: (4, D("32.49"))}


# Saving for later and merging


def test_a_line_saved_for_later_is_still_the_stalls(shop_request, shopper, dear, cheap):
    view = get_class("basket.views", "BasketView")()
    shop_request.user = shopper
    view.request = shop_request
    line = put_in_basket(open_basket(shopper), dear, 4)

    view.move_line_to_saved_basket(line)

    saved = get_model("basket", "Basket").saved.get(owner=shopper)
    saved.strategy = shop_request.strategy
    assert held(saved) == {dear.stockrecord_id: (4, D("32.49"))}


def saved_formset(line) -> dict:
    return {
        "saved-TOTAL_FORMS": 1,
        "saved-INITIAL_FORMS": 1,
        "saved-MIN_NUM_FORMS": 0,
        "saved-MAX_NUM_FORMS": 1000,
        "saved-0-id": line.pk,
        "saved-0-move_to_basket": "on",
    }


def test_a_saved_line_comes_back_to_the_same_stall(page, shopper, dear, cheap):
    saved = get_model("basket", "Basket").saved.create(owner=shopper)
    line = put_in_basket(saved, dear, 4)

    page.post(reverse("basket:saved"), saved_formset(line))

    assert held(open_basket(shopper)) == {dear.stockrecord_id: (4, D("32.49"))}


def test_a_saved_line_asks_its_own_stalls_stock(page, shopper, dear):
    few = factories.make_listing(product=dear.stockrecord.product, stock=4)
    put_in_basket(open_basket(shopper), dear, 40)
    put_in_basket(open_basket(shopper), few, 2)
    saved = get_model("basket", "Basket").saved.create(owner=shopper)

    page.post(reverse("basket:saved"), saved_formset(put_in_basket(saved, few, 2)))
    assert held(open_basket(shopper))[few.stockrecord_id][0] == 4

    refused = page.post(reverse("basket:saved"), saved_formset(put_in_basket(saved, few, 1)), follow=True)
    assert "not enough Jitomate" in messages_of(refused)
    assert held(open_basket(shopper))[few.stockrecord_id][0] == 4


def test_baskets_merged_at_sign_in_keep_each_lines_stall(client, shopper, dear, cheap):
    put_in_basket(open_basket(shopper), cheap, 2)
    client.post(reverse("basket:add", kwargs={"pk": dear.stockrecord.product_id}), {"quantity": 4, "listing": dear.pk})

    client.force_login(shopper)
    client.get(reverse("market:basket"))

    assert held(open_basket(shopper)) == {
        cheap.stockrecord_id: (2, D("14.25")),
        dear.stockrecord_id: (4, D("32.49")),
    }


@pytest.fixture
def placing(shop_request):
    """A view of the city's that places orders with Oscar's mixin, at this request."""

    class Placing(get_class("checkout.mixins", "OrderPlacementMixin")):
        pass

    view = Placing()
    view.request = shop_request
    view.checkout_session = get_class("checkout.utils", "CheckoutSessionData")(shop_request)
    return view


def test_a_thawed_basket_keeps_each_lines_stall(placing, shop_request, dear, cheap):
    frozen = get_model("basket", "Basket").objects.create()
    frozen.strategy = shop_request.strategy
    put_in_basket(frozen, dear, 4)
    frozen.freeze()
    placing.checkout_session.set_submitted_basket(frozen)
    put_in_basket(shop_request.basket, cheap, 2)

    placing.restore_frozen_basket()

    assert held(shop_request.basket) == {
        dear.stockrecord_id: (4, D("32.49")),
        cheap.stockrecord_id: (2, D("14.25")),
    }


# Ordering again


def placed(shopper, *, records=(), listings=()):
    basket = get_model("basket", "Basket").objects.create(owner=shopper, status="Saved")
    basket.strategy = get_class("partner.strategy", "Selector")().strategy(user=shopper)
    for listing, steps in listings:
        put_in_basket(basket, listing, steps)
    for record, quantity in records:
        put_record_in_basket(basket, record, quantity)
    order = order_of(basket, user=shopper)
    basket.submit()
    return order


def reorder(page, order, line=None):
    kwargs = {"order_number": order.number}
    if line is None:
        return page.post(reverse("customer:order", kwargs=kwargs), {"action": "reorder"}, follow=True)
    return page.post(
        reverse("customer:order-line", kwargs={**kwargs, "line_id": line.pk}), {"action": "reorder"}, follow=True
    )


def test_an_order_is_ordered_again_from_the_same_stalls(page, shopper, dear, cheap):
    order = placed(shopper, listings=[(dear, 4), (cheap, 2)])

    response = reorder(page, order)

    assert held(open_basket(shopper)) == {
        dear.stockrecord_id: (4, D("32.49")),
        cheap.stockrecord_id: (2, D("14.25")),
    }
    assert response.redirect_chain[-1][0] == reverse("market:basket")


def test_what_a_stall_no_longer_sells_is_said_and_the_rest_is_added(page, shopper, dear, cheap):
    order = placed(shopper, listings=[(dear, 4), (cheap, 2)])
    type(cheap).objects.filter(pk=cheap.pk).update(state="paused")

    response = reorder(page, order)

    assert held(open_basket(shopper)) == {dear.stockrecord_id: (4, D("32.49"))}
    assert f"{cheap.stall.name} no longer sells Jitomate" in messages_of(response)


def test_nothing_left_to_order_again(page, shopper, dear):
    order = placed(shopper, listings=[(dear, 4)])
    type(dear).objects.filter(pk=dear.pk).update(state="archived")

    response = reorder(page, order)

    assert held(open_basket(shopper)) == {}
    assert response.redirect_chain[-1][0] == reverse("customer:order-list")
    assert "Nothing of this order can be bought" in messages_of(response)


def test_stalls_and_shop_in_one_order(page, shopper, dear):
    record = sell_in_shop(price="12.00")
    order = placed(shopper, listings=[(dear, 4)], records=[(record, 2)])

    reorder(page, order)

    assert held(open_basket(shopper)) == {dear.stockrecord_id: (4, D("32.49")), record.pk: (2, D("24.00"))}


def test_the_shops_line_stays_the_shops_though_a_stall_sells_it_now(page, shopper, dear):
    record = sell_in_shop(price="12.00", title="Miel")
    order = placed(shopper, records=[(record, 2)])
    factories.make_listing(product=record.product, price="9.00")

    reorder(page, order)

    assert held(open_basket(shopper)) == {record.pk: (2, D("24.00"))}


def test_an_offer_that_is_gone_is_not_replaced_by_a_stalls(page, shopper):
    record = sell_in_shop(price="12.00", title="Miel")
    order = placed(shopper, records=[(record, 2)])
    product = record.product
    record.delete()
    factories.make_listing(product=product, price="9.00")

    response = reorder(page, order)

    assert held(open_basket(shopper)) == {}
    assert "Miel is no longer sold where you bought it" in messages_of(response)


def test_the_same_amount_where_the_stall_changed_its_step(page, shopper, dear):
    order = placed(shopper, listings=[(dear, 4)])
    type(dear).objects.filter(pk=dear.pk).update(step=D("0.500"))

    reorder(page, order)

    assert held(open_basket(shopper)) == {dear.stockrecord_id: (2, D("32.49"))}


def test_a_line_is_ordered_again_from_the_same_stall(page, shopper, dear, cheap):
    order = placed(shopper, listings=[(dear, 4), (cheap, 2)])

    reorder(page, order, line=order.lines.get(stockrecord=dear.stockrecord))

    assert held(open_basket(shopper)) == {dear.stockrecord_id: (4, D("32.49"))}


def test_a_line_that_cannot_be_ordered_again_is_said(page, shopper, dear):
    order = placed(shopper, listings=[(dear, 4)])
    type(dear).objects.filter(pk=dear.pk).update(state="paused")

    response = reorder(page, order, line=order.lines.get())

    assert held(open_basket(shopper)) == {}
    assert "no longer sells Jitomate" in messages_of(response)


def test_a_line_of_the_shop_is_ordered_again_as_in_oscar(page, shopper, dear):
    record = sell_in_shop(price="12.00")
    order = placed(shopper, records=[(record, 2)])

    reorder(page, order, line=order.lines.get())

    assert held(open_basket(shopper)) == {record.pk: (2, D("24.00"))}


def test_another_persons_order_is_not_ordered_again(page, shopper, dear):
    order = placed(factories.make_user(), listings=[(dear, 4)])

    assert reorder(page, order).status_code == 404
    assert held(open_basket(shopper)) == {}
