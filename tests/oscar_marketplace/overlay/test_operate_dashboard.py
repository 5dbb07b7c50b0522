"""Operators in Oscar's dashboard: what a stall or an order holds is refused in words, everything else is Oscar's."""

from decimal import Decimal as D

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from oscar.core.loading import get_class, get_model

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.house_goods import order_of, put_in_basket, put_record_in_basket, sell_in_shop
from tests.oscar_marketplace.overlay.page_forms import filled_in, forms_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(db):
    return factories.make_user("operadora", is_staff=True, is_superuser=True)


@pytest.fixture
def dashboard(client, operator):
    client.force_login(operator)
    return client


@pytest.fixture
def listing(db):
    return factories.make_listing(price="32.00", stall=factories.make_stall(name="Verduras Doña Chayo"))


def messages_of(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def product_url(product, act="") -> str:
    return reverse(f"dashboard:catalogue-product{act}", kwargs={"pk": product.pk})


# Deleting


def test_a_product_that_stalls_sell_is_not_deleted(dashboard, listing):
    product = listing.stockrecord.product

    response = dashboard.post(product_url(product, "-delete"), follow=True)

    assert response.redirect_chain[-1][0] == product_url(product)
    assert "“Jitomate” cannot be deleted" in messages_of(response)
    assert type(product).objects.filter(pk=product.pk).exists()


def test_a_product_nobody_sells_is_deleted_as_in_oscar(dashboard):
    product = sell_in_shop().product

    dashboard.post(product_url(product, "-delete"))

    assert not type(product).objects.filter(pk=product.pk).exists()


@pytest.mark.parametrize("of_stall", [True, False])
def test_a_partner_that_orders_name_is_not_deleted(dashboard, basket, listing, of_stall):
    record = listing.stockrecord if of_stall else sell_in_shop()
    put_record_in_basket(basket, record, 1)
    order_of(basket)

    response = dashboard.post(reverse("dashboard:partner-delete", kwargs={"pk": record.partner_id}), follow=True)

    assert f"“{record.partner.name}” cannot be deleted" in messages_of(response)
    assert type(record.partner).objects.filter(pk=record.partner_id).exists()


def test_a_partner_without_stall_or_orders_is_deleted_as_in_oscar(dashboard):
    partner = get_model("partner", "Partner").objects.create(name="Proveedor")

    dashboard.post(reverse("dashboard:partner-delete", kwargs={"pk": partner.pk}))

    assert not type(partner).objects.filter(pk=partner.pk).exists()


# Prices and stock records


def formset(dashboard, product) -> dict:
    """The product's page as the dashboard filled it in."""
    forms = forms_of(dashboard.get(product_url(product)))
    return filled_in(next(form for form in forms if "stockrecords-TOTAL_FORMS" in form.names))


@pytest.fixture
def in_category(listing):
    category = get_model("catalogue", "Category").add_root(name="Verduras")
    get_model("catalogue", "ProductCategory").objects.create(product=listing.stockrecord.product, category=category)


def stock_rows(product) -> list[tuple]:
    return list(product.stockrecords.order_by("pk").values_list("partner__name", "price"))


def test_the_dashboard_does_not_change_what_belongs_to_a_listing(dashboard, listing, in_category):
    product = listing.stockrecord.product
    data = formset(dashboard, product)

    response = dashboard.post(
        product_url(product), {**data, "stockrecords-0-price": "1.00", "title": "Jitomate saladet"}
    )

    product.refresh_from_db()
    assert (response.status_code, product.title) == (302, "Jitomate saladet")
    assert stock_rows(product) == [("Verduras Doña Chayo", D("32.00"))]


def test_the_dashboard_says_who_sets_the_price(dashboard, listing):
    assert (
        "Set by the stall, at its listing." in dashboard.get(product_url(listing.stockrecord.product)).content.decode()
    )


def test_a_stock_record_of_a_listing_is_not_deleted(dashboard, listing, in_category):
    product = listing.stockrecord.product

    response = dashboard.post(product_url(product), {**formset(dashboard, product), "stockrecords-0-DELETE": "on"})

    assert "Archive its listing instead" in str(response.context["stockrecord_formset"].non_form_errors())
    assert stock_rows(product) == [("Verduras Doña Chayo", D("32.00"))]


def test_a_stalls_partner_gets_no_stock_record_without_a_listing(dashboard, listing, in_category):
    product = listing.stockrecord.product
    other = factories.make_stall(name="Otro puesto").partner
    shop = sell_in_shop().partner
    new = {
        "stockrecords-1-partner_sku": "nuevo",
        "stockrecords-1-price_currency": "MXN",
        "stockrecords-1-price": "12.00",
    }

    refused = dashboard.post(
        product_url(product), {**formset(dashboard, product), **new, "stockrecords-1-partner": other.pk}
    )
    assert "partner" in refused.context["stockrecord_formset"].errors[1]

    dashboard.post(product_url(product), {**formset(dashboard, product), **new, "stockrecords-1-partner": shop.pk})
    assert stock_rows(product) == [("Verduras Doña Chayo", D("32.00")), ("Tienda", D("12.00"))]


def test_a_stock_record_of_the_shop_is_changed_and_deleted_as_in_oscar(dashboard, listing, in_category):
    product = listing.stockrecord.product
    sell_in_shop(product, price="12.00")
    data = formset(dashboard, product)

    dashboard.post(product_url(product), {**data, "stockrecords-1-price": "13.00"})
    assert ("Tienda", D("13.00")) in stock_rows(product)

    dashboard.post(product_url(product), {**data, "stockrecords-1-DELETE": "on"})
    assert stock_rows(product) == [("Verduras Doña Chayo", D("32.00"))]


def test_changing_many_prices_leaves_stalls_out(listing):
    record = sell_in_shop(listing.stockrecord.product)
    Form = get_class("dashboard.catalogue.forms", "SetProductPriceForm")
    products = type(record.product).objects.all()

    form = Form(products_queryset=products, user=factories.make_user(is_staff=True))

    assert list(form.fields["partners"].queryset) == [record.partner]


# People of partners


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["partner-user-link", "partner-user-create"])
def test_nobody_gets_the_partner_dashboard_through_a_stall(dashboard, listing, name, method):
    person = factories.make_user("vendedora")
    kwargs = {"partner_pk": listing.stall.partner_id} | ({"user_pk": person.pk} if "link" in name else {})
    data = {"email": "nueva@example.org", "password1": "mercado-4417", "password2": "mercado-4417", "role": "limited"}

    response = getattr(dashboard, method)(reverse(f"dashboard:{name}", kwargs=kwargs), data, follow=True)

    access = Permission.objects.get(codename="dashboard_access", content_type__app_label="partner")
    assert "is a market stall" in messages_of(response)
    assert not access.user_set.exists()
    assert not listing.stall.partner.users.exists()


def test_people_of_other_partners_are_linked_as_in_oscar(dashboard):
    partner, person = sell_in_shop().partner, factories.make_user("proveedora")

    dashboard.post(reverse("dashboard:partner-user-link", kwargs={"partner_pk": partner.pk, "user_pk": person.pk}))

    assert list(partner.users.all()) == [person]
    assert person.has_perm("partner.dashboard_access")


# Orders


@pytest.fixture
def market_order(basket, listing):
    put_in_basket(basket, listing, 4)
    put_record_in_basket(basket, sell_in_shop(), 1)
    return order_of(basket)


@pytest.fixture
def house_order(basket):
    put_record_in_basket(basket, sell_in_shop(), 1)
    return order_of(basket)


def act(dashboard, order, **data):
    return dashboard.post(reverse("dashboard:order-detail", kwargs={"number": order.number}), data, follow=True)


def status_of(order) -> str:
    return type(order).objects.get(pk=order.pk).status


def test_the_status_of_an_order_with_stalls_parts_is_not_typed_in(dashboard, market_order):
    response = act(dashboard, market_order, order_action="change_order_status", new_status="Cancelled")

    assert "follows from what its stalls and its payments do" in messages_of(response)
    assert status_of(market_order) == "Pending"


def test_nor_in_the_list_of_orders(dashboard, market_order):
    response = dashboard.post(
        reverse("dashboard:order-list"),
        {"action": "change_order_statuses", "selected_order": market_order.pk, "new_status": "Cancelled"},
        follow=True,
    )

    assert "follows from what its stalls and its payments do" in messages_of(response)
    assert status_of(market_order) == "Pending"


def test_no_payment_of_such_an_order_is_made_up(dashboard, market_order):
    get_model("order", "PaymentEventType").objects.create(name="Paid", code="paid")

    act(dashboard, market_order, order_action="create_order_payment_event", amount="999999", payment_event_type="paid")

    assert not market_order.payment_events.exists()


def line_act(dashboard, order, *lines):
    quantities = {f"selected_line_qty_{line.pk}": line.quantity for line in lines}
    return act(
        dashboard,
        order,
        line_action="change_line_statuses",
        selected_line=[line.pk for line in lines],
        new_status="Cancelled",
        **quantities,
    )


def test_a_stalls_line_is_not_changed_by_hand_and_the_shops_line_is(dashboard, market_order):
    stalls, shops = market_order.lines.order_by("pk")

    assert "follows from" in messages_of(line_act(dashboard, market_order, stalls, shops))
    line_act(dashboard, market_order, shops)

    assert [line.status for line in market_order.lines.order_by("pk")] == ["Pending", "Cancelled"]


def test_a_note_on_any_order_is_oscars(dashboard, market_order):
    act(dashboard, market_order, order_action="save_note", message="Llamar por la tarde")

    assert market_order.notes.get().message == "Llamar por la tarde"


def test_an_order_of_the_shop_is_operated_as_in_oscar(dashboard, house_order):
    act(dashboard, house_order, order_action="change_order_status", new_status="Being processed")

    assert status_of(house_order) == "Being processed"


def test_the_list_of_orders_changes_the_shops_orders_as_in_oscar(dashboard, house_order):
    dashboard.post(
        reverse("dashboard:order-list"),
        {"action": "change_order_statuses", "selected_order": house_order.pk, "new_status": "Being processed"},
    )

    assert status_of(house_order) == "Being processed"
