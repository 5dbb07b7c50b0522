"""A basket over stalls and the shop itself: one order, the shop's own part is sent, nothing is paid at a counter."""

from decimal import Decimal as D

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oscar.apps.shipping.methods import FixedPrice
from oscar.core.loading import get_class, get_model

from oscar_marketplace.orders.models import OrderCharge, StallOrder
from oscar_marketplace.orders.tracking import tracking_path
from tests.oscar_marketplace.storefront.shopper import text

pytestmark = pytest.mark.django_db

Order = get_model("order", "Order")
ADDRESS = {
    "address-line1": "Jacarandas 318",
    "address-line2": "Mirador",
    "address-line4": "Guadalajara",
    "address-postcode": "44100",
    "address-notes": "portón azul",
}


@pytest.fixture
def mexico(db):
    return get_model("address", "Country").objects.create(
        iso_3166_1_a2="MX", printable_name="Mexico", is_shipping_country=True
    )


@pytest.fixture
def bank(settings, tmp_path):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        "cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall", "OPTIONS": {}},
        "dummy": {
            "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
            "OPTIONS": {"DIRECTORY": str(tmp_path)},
        },
    }


@pytest.fixture
def forty_pesos(monkeypatch):
    """The shop sends for 40 pesos a parcel."""
    repository = get_class("shipping.repository", "Repository")
    monkeypatch.setattr(repository, "methods", (FixedPrice(D("40.00"), D("40.00")),))


def make_mug(*, is_sent: bool, partner="Tienda de la ciudad"):
    """A mug sold by a partner without a stall."""
    product_class, _ = get_model("catalogue", "ProductClass").objects.get_or_create(
        name=f"Recuerdos {is_sent}", defaults={"requires_shipping": is_sent, "track_stock": False}
    )
    product = get_model("catalogue", "Product").objects.create(title="Taza", product_class=product_class)
    seller = get_model("partner", "Partner").objects.create(name=partner)
    get_model("partner", "StockRecord").objects.create(
        product=product, partner=seller, partner_sku=f"taza-{seller.pk}", price_currency="MXN", price=D("50.00")
    )
    return product


def put_in(shopper, product, quantity=2):
    shopper.client.post(reverse("basket:add", kwargs={"pk": product.pk}), {"quantity": quantity})
    shopper.get("home")


def test_goods_of_the_shop_itself_are_a_group_of_their_own(alameda, shopper):
    shopper.add(alameda.tomato)
    put_in(shopper, make_mug(is_sent=True))

    page = text(shopper.get("basket"))

    assert "The shop Tienda de la ciudad" in page
    assert "Taza" in page
    assert "Goods $108.12" in page


def test_the_basket_page_reads_no_more_for_more_partners(alameda, shopper):
    shopper.add(alameda.tomato)
    put_in(shopper, make_mug(is_sent=True))
    with CaptureQueriesContext(connection) as one:
        shopper.get("basket")
    for name in ("Museo", "Teatro"):
        put_in(shopper, make_mug(is_sent=True, partner=name))

    with CaptureQueriesContext(connection) as three:
        page = shopper.get("basket")

    assert "Museo" in text(page)
    partners = [[q["sql"] for q in captured if 'FROM "partner_partner"' in q["sql"]] for captured in (one, three)]
    assert len(partners[0]) <= 1
    assert len(partners[1]) == 1


def test_a_line_of_the_shop_itself_is_changed_like_any_other(alameda, shopper):
    put_in(shopper, make_mug(is_sent=True))
    shopper.add(alameda.tomato)
    line = shopper.basket.lines.get(product__title="Taza")

    for do in ("more", "less", "less"):
        shopper.post("basket-line", data={"line": line.pk, "do": do})

    assert shopper.basket.lines.get(product__title="Taza").quantity == 1
    shopper.post("basket-line", data={"line": line.pk, "do": "less"})
    assert not shopper.basket.lines.filter(product__title="Taza").exists()


def test_a_basket_of_the_shop_s_goods_alone_goes_to_oscar_s_checkout(alameda, shopper):
    put_in(shopper, make_mug(is_sent=True))

    assert shopper.get("checkout").url == reverse("checkout:index")


def test_an_address_is_asked_only_when_something_is_sent(alameda, shopper, mexico):
    shopper.add(alameda.tomato)
    put_in(shopper, make_mug(is_sent=False))
    assert "address-line1" not in shopper.get("checkout").content.decode()

    put_in(shopper, make_mug(is_sent=True))

    assert "address-line1" in shopper.get("checkout").content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"address-line1": ""}, "Write the street and number to send the goods to."),
        ({"address-line4": ""}, "Write the city to send the goods to."),
        ({"address-postcode": ""}, "Write the postcode to send the goods to."),
        ({"address-line1": "x" * 500}, "That is too long: 120 characters at most."),
        ({"address-postcode": "not a code"}, "postcode"),
    ],
)
def test_a_bad_address_is_said_in_words(alameda, shopper, mexico, changes, words):
    shopper.add(alameda.tomato)
    put_in(shopper, make_mug(is_sent=True))

    response = shopper.say_where(alameda.wave, **{**ADDRESS, **changes})

    assert response.status_code == 200
    assert words in text(response)
    assert "market_checkout" not in shopper.client.session


def test_one_order_with_a_part_that_is_sent(alameda, shopper, mexico, bank, forty_pesos):
    shopper.add(alameda.tomato, 4)
    put_in(shopper, make_mug(is_sent=True))
    shopper.say_where(alameda.wave, **ADDRESS)

    page = text(shopper.get("pay"))
    response = shopper.confirm(provider="dummy")

    assert "Jacarandas 318, Mirador, Guadalajara 44100" in page
    assert "Total $172.49" in page, "32.49 + 2 x 50.00 + 40.00"
    order = Order.objects.get()
    assert response.url.startswith("/make-believe-bank/")
    assert order.total_incl_tax == D("172.49")
    assert order.shipping_address.line1 == "Jacarandas 318"
    kinds = sorted(order.stall_orders.values_list("kind", "placed_incl_tax"))
    assert kinds == [(StallOrder.Kind.HOUSE, D("100.00")), (StallOrder.Kind.STALL, D("32.49"))]
    assert OrderCharge.objects.get().amount_incl_tax == D("40.00")
    assert "Tienda de la ciudad" in text(shopper.client.get(tracking_path(order)))


def test_sending_is_computed_from_the_shop_s_own_goods_alone(alameda, shopper, mexico, bank, monkeypatch):
    """A method that charges by the piece does not count what is picked up."""
    seen = []

    class ByThePiece(FixedPrice):
        def calculate(self, basket):
            seen.append((basket.num_items, basket.total_incl_tax, [line.product.title for line in basket.all_lines()]))
            return super().calculate(basket)

    repository = get_class("shipping.repository", "Repository")
    monkeypatch.setattr(repository, "methods", (ByThePiece(D("40.00"), D("40.00")),))
    shopper.add(alameda.tomato, 4)
    put_in(shopper, make_mug(is_sent=True))
    shopper.say_where(alameda.wave, **ADDRESS)

    shopper.confirm(provider="dummy")

    assert seen
    assert set(map(repr, seen)) == {repr((2, D("100.00"), ["Taza"]))}


def test_goods_without_a_counter_are_not_paid_at_one(alameda, shopper, mexico, bank):
    shopper.add(alameda.tomato)
    put_in(shopper, make_mug(is_sent=True))
    shopper.say_where(alameda.wave, **ADDRESS)

    page, refused = shopper.get("pay"), shopper.confirm(provider="cash")

    assert "there is no counter to pay them at" in text(page)
    assert "This way to pay is not offered here." in text(refused)
    assert not Order.objects.exists()


def test_a_shop_that_sends_nowhere_says_so_and_keeps_the_basket(alameda, shopper):
    shopper.add(alameda.tomato)
    put_in(shopper, make_mug(is_sent=True))

    response = shopper.get("checkout", follow=True)

    assert "Please take them out and order them separately." in text(response)
    assert len(shopper.lines()) == 2
