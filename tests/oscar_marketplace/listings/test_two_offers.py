"""Two stalls sell the same product: each line has its own stall's price and availability."""

from decimal import Decimal as D

import pytest
from django.test import RequestFactory
from oscar.core.loading import get_class, get_model

from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def strategy():
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return get_class("partner.strategy", "Selector")().strategy(request=request, user=request.user)


@pytest.fixture
def two_offers():
    product = factories.make_product("Jitomate")
    market = factories.make_market()
    dear = factories.make_listing(stall=factories.make_stall(market=market), product=product, price="40.00", stock=10)
    cheap = factories.make_listing(stall=factories.make_stall(market=market), product=product, price="32.49", stock=2)
    return dear, cheap


def add_line(basket, listing, quantity):
    return basket.lines.create(
        line_reference=f"{listing.pk}",
        product=listing.stockrecord.product,
        stockrecord=listing.stockrecord,
        quantity=quantity,
        price_currency="MXN",
    )


def test_each_line_has_its_own_stalls_price(strategy, two_offers):
    dear, cheap = two_offers
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = strategy
    add_line(basket, dear, 4)
    add_line(basket, cheap, 4)

    amounts = [line.line_price_incl_tax for line in basket.all_lines()]

    assert amounts == [D("40.00"), D("32.49")]
    assert basket.total_incl_tax == D("72.49")


def test_each_line_has_its_own_stalls_availability(strategy, two_offers):
    dear, cheap = two_offers
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = strategy
    add_line(basket, dear, 4)
    add_line(basket, cheap, 4)

    permitted = [line.purchase_info.availability.is_purchase_permitted(4)[0] for line in basket.all_lines()]

    assert permitted == [True, False]


def test_all_lines_are_priced_with_the_same_number_of_statements(strategy, two_offers, django_assert_max_num_queries):
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = strategy
    for listing in two_offers:
        add_line(basket, listing, 1)

    with django_assert_max_num_queries(5):
        assert basket.total_incl_tax > 0


def test_tax_is_taken_out_of_the_whole_line(strategy):
    birria = factories.make_listing(title="Birria", price="116.00", tax_rate="0.16")
    basket = get_model("basket", "Basket").objects.create()
    basket.strategy = strategy
    add_line(basket, birria, 4)

    line = basket.all_lines()[0]

    assert (line.line_price_incl_tax, line.line_price_excl_tax) == (D("116.00"), D("100.00"))


def test_a_product_only_stalls_sell_shows_the_cheapest_that_can_be_bought(strategy, two_offers):
    dear, cheap = two_offers

    info = strategy.fetch_for_product(dear.stockrecord.product)

    assert info.stockrecord == cheap.stockrecord


def test_partners_without_a_stall_keep_oscars_price(strategy):
    product = factories.make_product("Postal")
    partner = get_model("partner", "Partner").objects.create(name="Tienda")
    stockrecord = get_model("partner", "StockRecord").objects.create(
        product=product, partner=partner, partner_sku="p1", price=D("12.00"), price_currency="MXN"
    )

    info = strategy.fetch_for_product(product)

    assert (info.price.excl_tax, info.stockrecord) == (D("12.00"), stockrecord)


def test_a_tax_rate_that_changes_today_holds_from_the_days_first_minute_at_the_counter(strategy):
    import datetime

    import time_machine

    from oscar_marketplace.listings.models import TaxRate

    birria = factories.make_listing(title="Birria", price="116.00", tax_rate="0.16")
    TaxRate.objects.create(
        category=birria.stockrecord.product.catalogue_entry.tax_category,
        country="MX",
        rate=D("0.08"),
        valid_from=datetime.date(2027, 1, 1),
    )
    excluding_tax = []
    # Guadalajara is six hours behind UTC: these are 23:59 on the last day of the old rate and 00:01 on the first.
    for moment in ("2027-01-01T05:59:00+00:00", "2027-01-01T06:01:00+00:00"):
        with time_machine.travel(moment, tick=False):
            strategy.forget()
            listing = type(birria).objects.get(pk=birria.pk)
            excluding_tax.append(strategy.fetch_for_listing(listing).price.excl_tax * 4)

    assert excluding_tax == [D("100.00"), D("107.41")]
