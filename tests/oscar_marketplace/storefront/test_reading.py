"""Home, market, stall, listing and product: what a shopper finds before buying."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from oscar_marketplace.listings.models import ListingState, PreparationOption
from oscar_marketplace.markets.models import Closure
from oscar_marketplace.stalls.models import StallClosure, StallPitch, StallState
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import text

pytestmark = pytest.mark.django_db


def set_state(stall, state):
    stall.__dict__["state"] = state
    stall.save()


def test_home_lists_the_public_markets_with_what_a_shopper_asks_first(alameda, shopper):
    factories.make_market(name="Mercado Oculto", is_public=False)

    page = text(shopper.get("home"))

    assert "Mercado Alameda" in page
    assert "3 stalls" in page
    assert "Open" in page
    assert "Next pick-up: " in page
    assert "Mercado Oculto" not in page


def test_a_hidden_market_is_not_there(db, shopper):
    market = factories.make_market(is_public=False)

    assert shopper.get("market", market.slug).status_code == 404


def test_a_market_that_is_closed_says_when_it_opens(alameda, shopper):
    now = timezone.now()
    Closure.objects.create(market=alameda.market, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=2))

    page = text(shopper.get("market", alameda.market.slug))

    assert "Opens " in page
    assert "takes no orders for pick-up at the moment" in page


def test_a_market_shows_its_stalls_by_name_and_says_so(alameda, shopper):
    page = text(shopper.get("market", alameda.market.slug))

    names = ["Cremería La Vaquita", "Tortillería El Comal", "Verduras Doña Chayo"]
    places = [page.index(name) for name in names]
    assert places == sorted(places)
    assert "In alphabetical order." in page


@pytest.mark.parametrize(
    ("state", "is_shown"),
    [
        (StallState.DRAFT, False),
        (StallState.SUBMITTED, False),
        (StallState.REJECTED, False),
        (StallState.PAUSED, True),
        (StallState.SUSPENDED, False),
        (StallState.CLOSED, False),
    ],
)
def test_only_stalls_that_may_sell_are_in_the_market(alameda, shopper, state, is_shown):
    set_state(alameda.stalls[0], state)

    page = text(shopper.get("market", alameda.market.slug))

    assert ("Verduras Doña Chayo" in page) is is_shown
    if is_shown:
        assert "Not selling at the moment" in page


def test_a_stall_whose_place_ended_yesterday_is_gone(alameda, shopper):
    yesterday = timezone.localdate() - timedelta(days=1)
    StallPitch.objects.filter(stall=alameda.stalls[0]).update(valid_until=yesterday)

    assert "Verduras Doña Chayo" not in text(shopper.get("market", alameda.market.slug))


def test_a_stall_that_is_open_in_another_market_is_closed_here(alameda, shopper):
    """A stall in two street markets, each on its own days."""
    elsewhere = factories.make_market(operator=alameda.market.operator)
    today = str(timezone.localdate(timezone.now(), alameda.market.zone).isoweekday())
    StallPitch.objects.filter(stall=alameda.stalls[0]).update(weekdays="1234567".replace(today, ""))
    other = factories.make_stall(market=elsewhere)
    place = other.places.get()
    place.stall, place.weekdays = alameda.stalls[0], today
    place.save()

    here = shopper.get("market", alameda.market.slug, query="").content.decode()
    there = shopper.get("market", elsewhere.slug).content.decode()

    assert chip_of(here, "Verduras Doña Chayo") == "Closed"
    assert chip_of(there, "Verduras Doña Chayo") == "Open"


def chip_of(html: str, stall: str) -> str:
    card = next(part for part in html.split('<li class="mk-card">') if stall in part)
    return card.partition('class="mk-chip"')[2].partition(">")[2].partition("<")[0]


def test_stalls_can_be_narrowed_by_trade_and_section(alameda, shopper):
    vegetables = factories.make_trade("Verduras")
    alameda.stalls[0].trades.add(vegetables)
    alameda.stalls[1].trades.add(factories.make_trade("Lácteos"))
    for stall, section in zip(alameda.stalls, ["Nave A", "Nave A", "Nave B"], strict=True):
        pitch = stall.places.get().pitch
        pitch.section = section
        pitch.save()

    by_trade = text(shopper.get("market", alameda.market.slug, query="?trade=verduras"))
    by_section = text(shopper.get("market", alameda.market.slug, query="?section=Nave B"))

    assert "Verduras 1" in by_trade
    assert "Doña Chayo" in by_trade
    assert "La Vaquita" not in by_trade
    assert "El Comal" in by_section
    assert "La Vaquita" not in by_section


@pytest.mark.parametrize("query", ["?trade=no-such", "?kind=no-such", "?kind=999999"])
def test_an_unknown_filter_is_not_a_page(alameda, shopper, query):
    name, slug = ("market", alameda.market.slug) if "trade" in query else ("stall", alameda.stalls[0].slug)

    assert shopper.get(name, slug, query=query).status_code == 404


@pytest.mark.parametrize("page", ["abc", "-1", "0", "99999"])
def test_a_page_number_that_is_none_shows_the_nearest_page(alameda, shopper, page):
    assert shopper.get("market", alameda.market.slug, query=f"?page={page}").status_code == 200


def test_the_price_of_the_day_is_one_in_the_middle_that_a_stall_asks(alameda, shopper):
    for price in ("30.00", "41.00"):
        stall = factories.make_stall(market=alameda.market)
        factories.make_listing(stall=stall, product=alameda.tomato.stockrecord.product, price=price)

    page = text(shopper.get("market", alameda.market.slug))

    assert "Jitomate From $30.00 to $41.00 · 3 stalls $32.49 /kg" in page


def test_a_stall_page_sells_what_is_live_and_says_why_something_is_not(alameda, shopper):
    sold_out = factories.make_listing(stall=alameda.stalls[0], title="Lechuga", stock=0)
    hidden = factories.make_listing(stall=alameda.stalls[0], title="Secreto", state=ListingState.DRAFT)

    html = shopper.get("stall", alameda.stalls[0].slug).content.decode()

    assert f'name="add" value="{alameda.tomato.pk}"' in html
    assert "Sold out today" in html
    assert f'value="{sold_out.pk}"' not in html
    assert hidden.stockrecord.product.title not in html


def test_goods_of_a_paused_stall_have_no_button(alameda, shopper):
    set_state(alameda.stalls[0], StallState.PAUSED)

    response = shopper.get("stall", alameda.stalls[0].slug)

    assert 'name="add"' not in response.content.decode()
    assert "This stall is not selling at the moment." in text(response)


@pytest.mark.parametrize("state", [StallState.DRAFT, StallState.REJECTED, StallState.CLOSED])
def test_a_stall_that_never_sold_or_no_longer_does_has_no_page(alameda, shopper, state):
    set_state(alameda.stalls[0], state)

    assert shopper.get("stall", alameda.stalls[0].slug).status_code == 404


def test_a_stall_page_shows_its_own_hours(alameda, shopper):
    stall = alameda.stalls[0]
    stall.places.update(weekdays="123456", opens="08:00", closes="15:00")

    page = text(shopper.get("stall", stall.slug))

    assert "8 a.m. to 3 p.m." in page
    assert page.count("Day off") == 1, "Sunday"


def test_a_stall_on_holiday_says_so_for_the_whole_week(alameda, shopper):
    stall = alameda.stalls[0]
    StallClosure.objects.create(stall=stall, starts_at=timezone.now() - timedelta(days=1), reason="boda")

    page = text(shopper.get("stall", stall.slug))

    assert "Closed" in page
    assert "a.m." not in page.partition("Hours of the stall")[2]


def test_a_card_says_how_much_of_it_is_in_the_basket(alameda, shopper):
    shopper.add(alameda.tomato, 3)

    page = text(shopper.get("stall", alameda.stalls[0].slug))

    assert "¾ kg in your basket" in page
    assert "1 product $" in page


def test_categories_of_a_stall_are_tabs(alameda, shopper):
    from oscar.apps.catalogue.categories import create_from_breadcrumbs

    lettuce = factories.make_listing(stall=alameda.stalls[0], title="Lechuga")
    leaves = create_from_breadcrumbs("Hojas")
    lettuce.stockrecord.product.categories.add(leaves)
    alameda.tomato.stockrecord.product.categories.add(create_from_breadcrumbs("Frutos"))

    everything = text(shopper.get("stall", alameda.stalls[0].slug))
    narrowed = text(shopper.get("stall", alameda.stalls[0].slug, query=f"?kind={leaves.pk}"))

    assert "Everything Hojas 1 Frutos 1" in everything
    assert "Lechuga" in narrowed
    assert "Jitomate" not in narrowed


def test_a_listing_offers_amounts_with_their_exact_price(alameda, shopper):
    page = text(shopper.get("listing", alameda.tomato.pk))

    for words in ("¼ kg $8.12", "½ kg $16.25", "¾ kg $24.37", "1 kg $32.49", "1½ kg $48.74", "2 kg $64.98"):
        assert words in page


def test_a_listing_offers_no_more_than_there_is(alameda, shopper):
    few = factories.make_listing(stall=alameda.stalls[0], title="Nopal", price="36.00", stock=2)

    page = text(shopper.get("listing", few.pk))

    assert "½ kg $18.00" in page
    assert "¾ kg" not in page


def test_a_weighed_listing_says_the_most_it_can_cost(alameda, shopper):
    page = text(shopper.get("listing", alameda.cheese.pk))

    assert "at most 10 % more, which is $39.60 for ¼ kg" in page


def test_a_listing_offers_its_own_preparations(alameda, shopper):
    PreparationOption.objects.create(listing=alameda.cheese, name="Rallado")

    assert "Rallado" in text(shopper.get("listing", alameda.cheese.pk))
    assert "Rallado" not in text(shopper.get("listing", alameda.tomato.pk))


@pytest.mark.parametrize("state", [ListingState.DRAFT, ListingState.ARCHIVED])
def test_a_listing_that_is_not_on_sale_has_no_page(alameda, shopper, state):
    type(alameda.tomato).objects.filter(pk=alameda.tomato.pk).update(state=state)

    assert shopper.get("listing", alameda.tomato.pk).status_code == 404


def test_a_product_page_lists_all_stalls_that_have_it_by_price(alameda, shopper):
    cheap = factories.make_stall(market=alameda.market, name="Verduras El Surco")
    factories.make_listing(stall=cheap, product=alameda.tomato.stockrecord.product, price="30.00")

    page = text(shopper.get("product", alameda.tomato.stockrecord.product_id))

    assert page.index("Verduras El Surco") < page.index("Verduras Doña Chayo")
    assert "$30.00" in page
    assert "$32.49" in page
    assert "By price, the lowest first." in page


def test_by_amount_goods_are_sold_by_money(alameda, shopper):
    cilantro = factories.make_listing(
        stall=alameda.stalls[0], title="Cilantro", price="80.00", by_amount=True, step="5.00", min_steps=2
    )

    page = text(shopper.get("listing", cilantro.pk))

    assert "How much would you like? $10.00 $15.00 $20.00" in page


def test_what_came_yesterday_is_sold_out_today(alameda, shopper):
    fish = factories.make_listing(
        stall=alameda.stalls[0], title="Huachinango", stock_mode="daily", came_on=date(2020, 1, 1)
    )

    assert "It cannot be bought here now." in text(shopper.get("listing", fish.pk))
