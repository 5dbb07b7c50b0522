"""Placing 30 lines over 6 stalls: ours, split into stall orders, beside Oscar's own order of the same goods.

    python -m pytest tests/benchmarks -s

Both run in the same process, one after the other, several times; the ratio of the medians is what counts, seconds are
only printed. What is pinned is the number of statements.
"""

import time
from statistics import median

import pytest
from django.contrib.sites.models import Site
from django.db import connection
from django.test.utils import CaptureQueriesContext
from oscar.apps.order.utils import OrderCreator
from oscar.apps.partner.strategy import Default
from oscar.apps.shipping.methods import Free
from oscar.core.loading import get_class, get_model
from oscar.core.prices import Price

from oscar_marketplace.orders.place import place_order
from oscar_marketplace.test import factories

pytestmark = [pytest.mark.slow, pytest.mark.both, pytest.mark.django_db]
STALLS, LINES_EACH, ROUNDS = 6, 5, 5


def goods():
    market = factories.make_market()
    wave = factories.make_wave(market, capacity=100)
    product_class = get_model("catalogue", "ProductClass").objects.create(name="Counted", track_stock=True)
    listings = []
    for s in range(STALLS):
        stall = factories.make_stall(market=market)
        for n in range(LINES_EACH):
            product = factories.make_product(f"G{s}-{n}", tax_rate="0.16")
            type(product).objects.filter(pk=product.pk).update(product_class=product_class)
            listings.append(factories.make_listing(stall=stall, product=product, price="32.49", stock=1000))
    return wave, listings


def ours(wave, listings):
    basket = factories.make_basket([(listing, 2) for listing in listings])
    asked = factories.make_checkout_request(basket, waves=[wave])
    return lambda: place_order(basket, asked=asked)


def oscars(listings):
    """Oscar's own creator and strategy, without our mixins: one order, not split, stock allocated without a bound."""
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = Default()
    for listing in listings:
        basket.lines.create(
            line_reference=str(listing.pk),
            product=listing.stockrecord.product,
            stockrecord=listing.stockrecord,
            quantity=2,
            price_currency="MXN",
        )

    def place():
        fresh = type(basket).objects.get(pk=basket.pk)
        fresh.strategy = Default()
        get_class("offer.applicator", "Applicator")().apply(fresh)
        total = Price("MXN", excl_tax=fresh.total_excl_tax, incl_tax=fresh.total_incl_tax)
        number = f"B{basket.pk}"
        creator = OrderCreator()
        order = creator.place_order(fresh, total, Free(), Free().calculate(fresh), order_number=number)
        fresh.submit()
        return order

    return place


def measured(act):
    with CaptureQueriesContext(connection) as captured:
        began = time.perf_counter()
        act()
        took = time.perf_counter() - began
    return len(captured), took


def test_placing_thirty_lines_over_six_stalls():
    Site.objects.get_current()
    wave, listings = goods()
    runs = [(measured(ours(wave, listings)), measured(oscars(listings))) for _ in range(ROUNDS)]

    (our_statements,) = {our[0] for our, _ in runs}
    oscar_statements = {oscar[0] for _, oscar in runs}
    ratio = median(oscar[1] for _, oscar in runs) / median(our[1] for our, _ in runs)
    print(
        f"\n{connection.vendor}: {our_statements} statements against Oscar's {min(oscar_statements)}; "
        f"Oscar's takes {ratio:.1f} times as long (medians of {ROUNDS}, ours with the split)"
    )
    assert our_statements <= 41
    assert min(oscar_statements) > 5 * our_statements
