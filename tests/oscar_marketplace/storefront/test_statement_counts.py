"""Statements of each page: pinned, and not growing with stalls, listings or lines."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from oscar.core.loading import get_model
from wagtail.models import Site

from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.stalls.models import StallPitch
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.conftest import make_alameda
from tests.oscar_marketplace.storefront.shopper import Shopper

pytestmark = pytest.mark.django_db

#: Statements of a page for a shopper whose basket holds something; each includes the session, the basket and its
#: offers, and three for the portal around it: the Wagtail site, the pages in its menu, its notice. A market and a
#: stall ask twice for the pages about them. Paying asks three more where a way to pay takes days: whether the pick-up
#: times and the hours of their markets leave them. Raise one only for something the page newly shows.
PINNED = {
    "home": 19,
    "market": 32,
    "stall": 30,
    "listing": 19,
    "product": 22,
    "basket": 19,
    "checkout": 18,
    "pay": 23,
    "order": 17,
}


def big(alameda, *, stalls=12, listings=6):
    """More stalls with more goods in the same market, each in a trade and a section."""
    for n in range(stalls):
        stall = factories.make_stall(market=alameda.market, name=f"Puesto {n}")
        stall.trades.add(factories.make_trade(f"Giro {n}"))
        pitch = StallPitch.objects.get(stall=stall).pitch
        pitch.section = f"Nave {n}"
        pitch.save()
        products = [
            alameda.tomato.stockrecord.product,
            *(factories.make_product(f"Bien {n} {i}") for i in range(listings)),
        ]
        for product in products:
            factories.make_listing(stall=stall, product=product)
    return alameda


def shopper_with(alameda, listings):
    shopper = Shopper()
    for listing in listings:
        shopper.add(listing)
    shopper.say_where(alameda.wave)
    shopper.get("home")
    return shopper


def pages(alameda):
    return {
        "home": reverse("market:home"),
        "market": reverse("market:market", args=[alameda.market.slug]),
        "stall": reverse("market:stall", args=[alameda.stalls[0].slug]),
        "listing": reverse("market:listing", args=[alameda.tomato.pk]),
        "product": reverse("market:product", args=[alameda.tomato.stockrecord.product_id]),
        "basket": reverse("market:basket"),
        "checkout": reverse("market:checkout"),
        "pay": reverse("market:pay"),
    }


def statements(shopper, url) -> int:
    cache.clear()
    # Wagtail keeps the addresses of its sites for an hour, and reads them again when one changes.
    Site.get_site_root_paths()
    with CaptureQueriesContext(connection) as captured:
        assert shopper.client.get(url).status_code == 200
    return len(captured)


def counts(alameda, listings) -> dict[str, int]:
    shopper = shopper_with(alameda, listings)
    found = {name: statements(shopper, url) for name, url in pages(alameda).items()}
    shopper.confirm()
    order = get_model("order", "Order").objects.latest("pk")
    return {**found, "order": statements(shopper, tracking_path(order))}


def test_statements_are_pinned_and_do_not_grow():
    small = make_alameda()
    few = counts(small, small.listings)

    large = big(make_alameda(slug="grande"))
    more_markets = [factories.make_market(operator=large.market.operator) for _ in range(8)]
    for market in more_markets:
        factories.make_wave(market)
        factories.make_stall(market=market)
    factories.make_wave(large.market, starts_in=timedelta(hours=9), capacity=3)
    many_lines = [stall.listings.first() for stall in large.market.operator.stalls.all() if stall.listings.exists()]
    many = counts(large, many_lines)

    assert len(many_lines) == 15
    assert many == few, "a page that reads more for more rows"
    assert few == PINNED


def test_a_page_for_someone_without_a_basket_reads_no_basket():
    alameda = make_alameda()
    shopper = Shopper()

    assert statements(shopper, pages(alameda)["home"]) <= 15


def test_stalls_are_shown_a_page_at_a_time():
    alameda = big(make_alameda(), stalls=50, listings=0)
    shopper = Shopper()

    first = shopper.get("market", alameda.market.slug).content.decode()
    second = shopper.get("market", alameda.market.slug, query="?page=2").content.decode()

    assert first.count('<li class="mk-card">') == 48
    assert second.count('<li class="mk-card">') == 5
    assert '?page=2"' in first
