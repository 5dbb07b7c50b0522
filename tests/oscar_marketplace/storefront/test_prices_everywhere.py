"""One price: the same cents on every page, from the card to the order, for any price, step and amount."""

import re
from decimal import Decimal as D

import pytest
from oscar.core.loading import get_model

from oscar_marketplace.listings.price import line_amount
from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Shopper, amounts, text

pytestmark = pytest.mark.django_db

#: Price per kilo, step in kilos, steps: prices whose rounded step would not add up.
CASES = [
    ("32.49", "0.25", 4),
    ("5.01", "0.25", 3),
    ("399.99", "0.1", 7),
    ("19.99", "0.125", 5),
    ("0.01", "0.25", 2),
    ("33.33", "0.5", 3),
]


@pytest.mark.parametrize(("price", "step", "steps"), CASES)
def test_the_same_cents_from_the_card_to_the_order(alameda, price, step, steps):
    goods = factories.make_listing(stall=alameda.stalls[0], title="Ajo", price=price, step=D(step), tax_rate="0.16")
    amount = line_amount(goods, steps)
    said = f"${amount}"
    shopper = Shopper()

    shopper.post("listing", goods.pk, data={"steps": steps})
    listing = text(shopper.get("listing", goods.pk))
    basket = shopper.get("basket")
    shopper.say_where(alameda.wave)
    where, pay = shopper.get("checkout"), shopper.get("pay")
    shopper.confirm(pay)
    order = get_model("order", "Order").objects.get()
    tracking = shopper.client.get(tracking_path(order))

    assert f"{said} " in listing
    for page in (basket, pay, tracking):
        assert amounts(page).count(said) >= 3, "line, stall and total"
    assert said in amounts(where)
    assert order.total_incl_tax == amount
    assert StallOrder.objects.get().placed_incl_tax == amount
    assert StallOrderLine.objects.get().placed_incl_tax == amount


def test_a_kilo_in_quarters_costs_the_price_of_the_kilo_at_every_price(alameda):
    """All cents from 5.00 on, in one basket each; the page shows the kilo's price."""
    shopper = Shopper()
    goods = factories.make_listing(stall=alameda.stalls[0], title="Ajo", price="5.00")
    shopper.add(goods, 4)
    for cents in range(500, 560):
        price = D(cents) / 100
        type(goods).objects.filter(pk=goods.pk).update(price=price)

        page = text(shopper.get("basket"))

        assert f"Subtotal of the stall ${price}" in page
        assert f"Goods ${price}" in page


def test_stalls_add_up_to_the_total_on_every_page(alameda):
    shopper = Shopper()
    for listing, steps in zip(alameda.listings, (3, 5, 7), strict=True):
        shopper.add(listing, steps)
    shopper.say_where(alameda.wave)
    pages = [shopper.get("basket"), shopper.get("pay")]
    shopper.confirm(pages[1])
    order = get_model("order", "Order").objects.get()
    pages.append(shopper.client.get(tracking_path(order)))

    accounts = []
    for page in pages:
        table = page.content.decode().partition('<table class="mk-money">')[2].partition("</table>")[0]
        accounts.append([D(amount) for amount in re.findall(r"\$([\d.]+)", table)])

    assert accounts[0] == accounts[1] == accounts[2]
    *stalls, total = accounts[0]
    assert sum(stalls) == total == order.total_incl_tax == D("249.87")


def test_a_product_costs_the_same_on_the_product_page_and_at_the_stall(alameda):
    product = alameda.tomato.stockrecord.product_id
    shopper = Shopper()

    assert "$32.49 per kilo" in text(shopper.get("product", product))
    assert "$32.49 per kilo" in text(shopper.get("stall", alameda.stalls[0].slug))
    assert "$32.49 per kilo" in text(shopper.get("listing", alameda.tomato.pk))
    assert "$32.49 /kg" in text(shopper.get("market", alameda.market.slug))
