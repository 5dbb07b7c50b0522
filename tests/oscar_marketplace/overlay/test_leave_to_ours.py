"""Oscar's basket, product, checkout and order pages send to ours where stalls are concerned, and work where not."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oscar.core.loading import get_class, get_model

from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import order_of, put_in_basket, put_record_in_basket, sell_in_shop

pytestmark = pytest.mark.django_db

CHECKOUT_PAGES = (
    "index",
    "shipping-address",
    "shipping-method",
    "payment-method",
    "payment-details",
    "preview",
)


@pytest.fixture
def shopper(db):
    return factories.make_user("compradora")


@pytest.fixture
def page(client, shopper):
    client.force_login(shopper)
    return client


@pytest.fixture
def her_basket(shopper):
    basket = get_model("basket", "Basket").objects.create(owner=shopper)
    basket.strategy = get_class("partner.strategy", "Selector")().strategy(user=shopper)
    return basket


@pytest.fixture
def market_basket(her_basket):
    put_in_basket(her_basket, factories.make_listing(), 4)
    return her_basket


@pytest.fixture
def house_basket(her_basket):
    put_record_in_basket(her_basket, sell_in_shop(price="12.00", stock=10), 2)
    return her_basket


def place_in_oscar(page):
    """The steps of Oscar's checkout for goods that need no shipping."""
    page.get(reverse("checkout:shipping-method"))
    return page.post(reverse("checkout:preview"), {"action": "place_order"})


def orders():
    return get_model("order", "Order").objects.all()


# The basket and the checkout


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_basket_with_a_stalls_goods_is_shown_by_our_page(page, market_basket, method):
    response = getattr(page, method)(reverse("basket:summary"))

    assert response.headers["Location"] == reverse("market:basket")


def test_a_basket_of_the_shops_goods_is_shown_by_oscar(page, house_basket):
    response = page.get(reverse("basket:summary"))

    assert (response.status_code, "MX$24.00" in response.content.decode()) == (200, True)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", CHECKOUT_PAGES)
def test_every_page_of_oscars_checkout_sends_a_stalls_goods_to_ours(page, market_basket, name, method):
    response = getattr(page, method)(reverse(f"checkout:{name}"), {"action": "place_order"})

    assert response.headers["Location"] == reverse("market:checkout")
    assert not orders().exists()


def test_one_line_of_a_stall_is_enough(page, house_basket):
    put_in_basket(house_basket, factories.make_listing(), 1)

    assert page.get(reverse("checkout:index")).headers["Location"] == reverse("market:checkout")


def test_every_view_of_oscars_checkout_has_the_mixin():
    """A view that a new release adds is named here, before a shopper finds it."""
    from oscar.apps.checkout import views

    from oscar_marketplace.overlay.registry import OURS

    in_oscar = {
        name
        for name, thing in vars(views).items()
        if isinstance(thing, type) and thing.__module__ == views.__name__ and name.endswith("View")
    }

    assert set(OURS["checkout.views"]) == in_oscar


def test_the_shops_own_goods_are_bought_through_oscars_checkout(page, house_basket):
    response = place_in_oscar(page)

    order = orders().get()
    part = StallOrder.objects.get(order=order)
    assert response.headers["Location"] == reverse("checkout:thank-you")
    assert (part.kind, part.stall, part.placed_incl_tax) == ("house", None, order.total_incl_tax)
    assert house_basket.__class__.objects.get(pk=house_basket.pk).status == "Submitted"
    assert page.get(reverse("checkout:thank-you")).status_code == 200


def test_a_guest_buys_the_shops_own_goods_too(client):
    record = sell_in_shop(price="12.00")
    client.post(reverse("basket:add", kwargs={"pk": record.product_id}), {"quantity": 1})
    client.post(reverse("checkout:index"), {"username": "ana@example.org", "options": "anonymous"})

    place_in_oscar(client)

    assert orders().get().guest_email == "ana@example.org"


def test_goods_added_in_another_tab_after_the_page_was_asked_for(page, market_basket, monkeypatch):
    """The page was let through; the very basket is asked again before a payment is."""
    paid = []
    view = get_class("checkout.views", "PaymentDetailsView")
    monkeypatch.setattr(view, "handle_payment", lambda self, *args, **kwargs: paid.append(args), raising=False)
    monkeypatch.setattr("oscar_marketplace.overlay.checkout_views.to_our_checkout", lambda request: None)
    monkeypatch.setattr("oscar_marketplace.overlay.checkout_session.to_our_checkout", lambda request: None)

    response = place_in_oscar(page)

    assert response.headers["Location"] == reverse("market:checkout")
    assert (paid, orders().count()) == ([], 0)
    assert market_basket.__class__.objects.get(pk=market_basket.pk).status == "Open"


# A city's own placing view


@pytest.fixture
def placing(shop_request, shopper):
    class Placing(get_class("checkout.mixins", "OrderPlacementMixin")):
        pass

    view = Placing()
    view.request = shop_request
    view.request.user = shopper
    view.checkout_session = get_class("checkout.utils", "CheckoutSessionData")(shop_request)
    return view


def handle(view, basket):
    from oscar.core.prices import Price

    nothing = Price("MXN", excl_tax=0, tax=0)
    total = Price("MXN", excl_tax=basket.total_excl_tax, incl_tax=basket.total_incl_tax)
    method = get_class("shipping.methods", "NoShippingRequired")()
    return view.handle_order_placement("A1", view.request.user, basket, None, method, nothing, None, total)


def test_a_citys_own_view_cannot_place_a_stalls_goods_with_oscars_mixin(placing, market_basket):
    from oscar.apps.order.exceptions import UnableToPlaceOrder

    with pytest.raises(UnableToPlaceOrder, match="market's own pages"):
        handle(placing, market_basket)

    assert not orders().exists()


def test_a_failing_mail_does_not_open_a_bought_basket_again(page, house_basket, monkeypatch):
    def fail(*args, **kwargs):
        raise OSError("the mail server does not answer")

    monkeypatch.setattr("oscar.apps.order.utils.OrderDispatcher.send_order_placed_email_for_user", fail)

    response = place_in_oscar(page)

    assert response.headers["Location"] == reverse("checkout:thank-you")
    assert page.get(reverse("checkout:thank-you")).context["order"] == orders().get()
    assert house_basket.__class__.objects.get(pk=house_basket.pk).status == "Submitted"


def test_a_failing_receiver_after_the_order_does_not_either(page, house_basket):
    from oscar.apps.checkout.signals import post_checkout

    def fail(**kwargs):
        raise RuntimeError("a city's receiver")

    post_checkout.connect(fail)
    try:
        response = place_in_oscar(page)
    finally:
        post_checkout.disconnect(fail)

    assert (response.headers["Location"], orders().count()) == (reverse("checkout:thank-you"), 1)


def test_a_basket_that_became_an_order_is_never_thawed(placing, house_basket):
    placing.checkout_session.set_submitted_basket(house_basket)
    order_of(house_basket, user=placing.request.user)
    house_basket.freeze()

    placing.restore_frozen_basket()

    assert house_basket.__class__.objects.get(pk=house_basket.pk).status == "Submitted"


def test_a_frozen_basket_without_an_order_is_thawed_as_in_oscar(placing, house_basket):
    placing.checkout_session.set_submitted_basket(house_basket)
    house_basket.freeze()

    placing.restore_frozen_basket()

    assert house_basket.__class__.objects.get(pk=house_basket.pk).status == "Open"


def test_thawing_a_basket_that_is_gone_does_nothing(placing, house_basket):
    placing.checkout_session.set_submitted_basket(house_basket)
    house_basket.delete()

    placing.restore_frozen_basket()

    assert placing.request.basket.pk


# Products


def test_a_product_only_stalls_sell_is_shown_by_our_page(page):
    product = factories.make_listing().stockrecord.product

    response = page.get(product.get_absolute_url())

    assert response.headers["Location"] == reverse("market:product", kwargs={"pk": product.pk})
    assert page.get(response.headers["Location"]).status_code == 200


def test_a_product_no_stall_has_on_sale_now_is_still_shown_by_our_page(page):
    product = factories.make_listing(state="paused").stockrecord.product

    response = page.get(product.get_absolute_url(), follow=True)

    assert (response.status_code, response.redirect_chain[0][0]) == (
        200,
        reverse("market:product", kwargs={"pk": product.pk}),
    )


def test_a_product_the_shop_sells_too_keeps_oscars_page_and_the_shops_price(page):
    product = factories.make_listing(price="99.00").stockrecord.product
    sell_in_shop(product, price="12.00")

    response = page.get(product.get_absolute_url())

    assert "MX$12.00" in response.content.decode()


def test_a_product_of_the_shop_keeps_oscars_page(page):
    assert page.get(sell_in_shop().product.get_absolute_url()).status_code == 200


def test_a_hidden_product_is_not_given_away_by_a_redirect(page):
    product = factories.make_listing().stockrecord.product
    product.is_public = False
    product.save()

    assert page.get(product.get_absolute_url()).status_code == 404


def test_a_list_of_products_reads_its_prices_together(page, search_finds_everything):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            html = page.get(reverse("catalogue:index")).content.decode()
        assert html.count("MX$8.00") == get_model("catalogue", "Product").objects.count()
        return len([each for each in captured if "oscar_marketplace_listing" in each["sql"]])

    factories.make_listing(title="Limón")
    one = statements()
    for title in ("Queso", "Jitomate", "Nopal", "Mango"):
        factories.make_listing(title=title)

    assert statements() == one


# Orders


def test_the_page_of_an_order_with_stalls_parts_is_ours(page, market_basket, shopper):
    order = order_of(market_basket, user=shopper)

    response = page.get(reverse("customer:order", kwargs={"order_number": order.number}))

    assert response.headers["Location"] == tracking_path(order)
    assert page.get(response.headers["Location"]).status_code == 200


def test_the_page_of_an_order_of_the_shop_is_oscars(page, house_basket, shopper):
    order = order_of(house_basket, user=shopper)

    assert page.get(reverse("customer:order", kwargs={"order_number": order.number})).status_code == 200


def test_an_order_older_than_the_market_keeps_oscars_page(page, house_basket, shopper):
    order = order_of(house_basket, user=shopper)
    StallOrderLine.objects.filter(stall_order__order=order).delete()
    StallOrder.objects.filter(order=order).delete()

    assert page.get(reverse("customer:order", kwargs={"order_number": order.number})).status_code == 200


def test_the_address_of_a_line_leads_to_its_order(page, house_basket, shopper):
    order = order_of(house_basket, user=shopper)
    kwargs = {"order_number": order.number, "line_id": order.lines.get().pk}

    response = page.get(reverse("customer:order-line", kwargs=kwargs))

    assert response.headers["Location"] == reverse("customer:order", kwargs={"order_number": order.number})


def test_a_guests_order_with_stalls_parts_is_shown_by_our_page(client, basket):
    put_in_basket(basket, factories.make_listing(), 1)
    order = order_of(basket, guest_email="ana@example.org")
    kwargs = {"order_number": order.number, "hash": order.verification_hash()}

    asked = client.get(reverse("customer:anon-order", kwargs=kwargs))
    assert asked.headers["Location"] == reverse("customer:anon-order-form", kwargs=kwargs)

    client.post(asked.headers["Location"], {"email": "ana@example.org"})
    shown = client.get(reverse("customer:anon-order", kwargs=kwargs))
    assert shown.headers["Location"] == tracking_path(order)


def test_thanks_for_an_order_with_stalls_parts_are_said_by_our_page(page, market_basket, shopper):
    order = order_of(market_basket, user=shopper)
    session = page.session
    session["checkout_order_id"] = order.pk
    session.save()

    assert page.get(reverse("checkout:thank-you")).headers["Location"] == tracking_path(order)


# Accounts


def test_an_account_with_orders_can_be_deleted_and_its_orders_stay(page, shopper):
    wave = factories.make_wave(factories.make_market())
    listing = factories.make_listing(stall=factories.make_stall(market=wave.market))
    basket = factories.make_basket([(listing, 1)], user=shopper)
    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]), user=shopper)

    response = page.post(reverse("customer:profile-delete"), {"password": "mercado"})

    assert response.status_code == 302
    assert not type(shopper).objects.filter(pk=shopper.pk).exists()
    assert orders().get(pk=order.pk).stall_orders.count() == 1


def test_the_only_owner_of_a_stall_is_not_deleted(page, shopper):
    factories.make_stall(name="Verduras Doña Chayo", owner=shopper)

    response = page.post(reverse("customer:profile-delete"), {"password": "mercado"})

    assert "only owner of Verduras Doña Chayo" in response.content.decode()
    assert type(shopper).objects.filter(pk=shopper.pk).exists()
