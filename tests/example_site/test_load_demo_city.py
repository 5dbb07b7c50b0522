"""The command that loads the demo city: it may be repeated, and it brings the city up to today."""

import io
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command

from oscar_marketplace.listings.models import ListingState, StockMode
from oscar_marketplace.models import Listing, Market, Stall
from oscar_marketplace.stalls.models import StallState
from tests.example_site.fingerprint import everything

ZONE = ZoneInfo("America/Mexico_City")
NOVEMBER_MORNING = datetime(2026, 11, 24, 10, 30, tzinfo=ZONE)


def load() -> str:
    """The city without its orders, which have a file of their own."""
    out = io.StringIO()
    call_command("load_demo_city", without_orders=True, stdout=out, stderr=io.StringIO())
    return out.getvalue()


@pytest.fixture
def city(db):
    with time_machine.travel(NOVEMBER_MORNING, tick=False):
        load()
        yield


def test_a_second_run_on_the_same_day_changes_no_row(city):
    before = everything()

    load()

    assert everything() == before


def test_the_next_day_only_what_depends_on_the_day_moves(city):
    before = dict(Listing.objects.values_list("pk", "price"))

    with time_machine.travel(datetime(2026, 11, 25, 8, 0, tzinfo=ZONE), tick=False):
        load()

    daily = Listing.objects.filter(stock_mode=StockMode.DAILY)
    assert set(daily.values_list("came_on", flat=True)) == {date(2026, 11, 25)}
    assert dict(Listing.objects.values_list("pk", "price")) == before


def test_stock_that_was_sold_stays_sold(city):
    counted = Listing.objects.filter(stock_mode=StockMode.COUNTED).select_related("stockrecord").first()
    counted.stockrecord.num_in_stock = 1
    counted.stockrecord.save()

    load()

    counted.stockrecord.refresh_from_db()
    assert counted.stockrecord.num_in_stock == 1


def test_a_price_changed_in_play_comes_back(city):
    listing = Listing.objects.first()
    price = listing.price
    Listing.objects.filter(pk=listing.pk).update(price=price + 5)

    load()

    listing.refresh_from_db()
    assert listing.price == price


def test_six_halls_and_two_street_markets_sell_at_least_three_thousand_things(city):
    on_sale = Listing.objects.filter(state=ListingState.LIVE, stall__state=StallState.APPROVED)

    assert Market.objects.filter(kind=Market.Kind.HALL).count() == 6
    assert Market.objects.filter(kind=Market.Kind.STREET).count() == 2
    assert Stall.objects.filter(state=StallState.APPROVED).count() >= 120
    assert on_sale.exclude(sold_out_on=NOVEMBER_MORNING.date()).count() >= 3000


def test_a_run_that_changes_nothing_asks_a_question_per_table_not_per_row(city, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        load()


def test_oscar_shows_the_price_of_one_step(city):
    tomatoes = Listing.objects.filter(stockrecord__partner_sku="jitomate-saladet")
    listing = tomatoes.get(stall__slug="verduras-dona-chayo")

    assert (listing.price, listing.step) == (31, Decimal("0.25"))
    assert str(listing.stockrecord.price) == "7.75"


def test_out_of_season_is_not_on_sale(city):
    mangoes = Listing.objects.filter(stockrecord__partner_sku="mango-ataulfo")

    assert set(mangoes.values_list("state", flat=True)) == {ListingState.PAUSED}


def test_people_sign_in_with_the_printed_password(city):
    printed = load()

    chayo = authenticate(username="chayo@example.org", password="mercado")
    assert 'password "mercado"' in printed
    assert "chayo@example.org" in printed
    assert [member.stall.slug for member in chayo.stall_memberships.all()] == ["verduras-dona-chayo"]
    assert authenticate(username="admin@example.org", password="mercado").is_superuser


def test_a_changed_password_is_left_alone(city):
    chayo = get_user_model().objects.get(username="chayo")
    chayo.set_password("something of her own")
    chayo.save()

    load()

    assert authenticate(username="chayo@example.org", password="something of her own") is not None


def test_a_site_that_is_no_demo_refuses(db, settings):
    settings.DEBUG = False
    settings.OSCAR_MARKETPLACE_DEMO = False

    with pytest.raises(CommandError, match="password everybody knows"):
        load()

    assert not get_user_model().objects.exists()
    assert not Market.objects.exists()
