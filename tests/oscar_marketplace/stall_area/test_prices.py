"""Today's prices: one form, saved whole or not at all, asked back where a slip of the finger would cost money."""

from decimal import Decimal as D

import pytest
import time_machine
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.listings.availability import is_sold_out
from oscar_marketplace.listings.models import ListingState, StockMode
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import Counter, fresh, text_of, title_of

pytestmark = pytest.mark.django_db

#: Session and person (2), the request's savepoint (2), stall, other stalls, opening (4), how many listings, the
#: listings, and Oscar's notifications.
STATEMENTS = 13


@pytest.fixture
def tomatoes(counter):
    return counter.sells("Jitomate", "32.00")


@pytest.fixture
def onions(counter):
    return counter.sells("Cebolla morada", "29.00")


def form(*listings, shelf="on_sale", **typed):
    """What the page sends when nobody touches it, but for what is ``typed``: ``p``, ``s``, ``c``, ``w`` by listing."""
    data = {}
    for listing in listings:
        data |= {f"p{listing.pk}": f"{listing.price:.0f}", f"w{listing.pk}": f"{listing.price:.0f}"}
        data |= {f"o{listing.pk}": shelf}
    return {**data, **typed}


def sold_out(listing):
    return is_sold_out(with_price_facts(type(listing).objects.filter(pk=listing.pk)).get(), now=timezone.now())


def test_each_row_says_the_unit_and_yesterdays_price(counter, tomatoes, onions):
    response = counter.get("listings")

    text = text_of(response)
    assert "Cebolla morada Per kilo · yesterday $29" in text
    assert "Jitomate Per kilo · yesterday $32" in text
    assert "Save the 2 prices" in text
    assert f'name="p{tomatoes.pk}" inputmode="decimal" autocomplete="off" value="32"' in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "price"),
    [("34", "34.00"), ("34.50", "34.50"), ("34,50", "34.50"), ("$ 34", "34.00"), ("34½", "34.50"), ("034", "34.00")],
)
def test_only_the_changed_price_is_written(counter, tomatoes, onions, typed, price):
    response = counter.post("listings", **form(tomatoes, onions, **{f"p{tomatoes.pk}": typed}))

    assert (response.status_code, response.url) == (302, counter.url("listings"))
    assert (fresh(tomatoes).price, fresh(onions).price) == (D(price), D("29.00"))
    assert fresh(onions).price_changed_at is None
    assert [entry.actor for entry in AuditEntry.objects.filter(verb="set_price")] == [counter.luis]


def test_a_price_changed_today_says_when(counter, tomatoes):
    counter.post("listings", **form(tomatoes, **{f"p{tomatoes.pk}": "34"}))

    text = text_of(counter.get("listings"))

    assert "1 change saved." in text
    assert "Per kilo · $34, changed today at" in text


def test_nothing_changed_writes_nothing(counter, tomatoes, onions):
    before = AuditEntry.objects.count()

    counter.post("listings", **form(tomatoes, onions))

    assert AuditEntry.objects.count() == before
    assert "Nothing was changed." in text_of(counter.get("listings"))


@pytest.mark.parametrize(("typed", "said"), [("290", "$290"), ("9.66", "$9.66"), ("87.01", "$87.01")])
def test_a_price_far_from_the_last_is_asked_back_and_nothing_else_is_lost(counter, tomatoes, onions, typed, said):
    data = form(tomatoes, onions, **{f"p{onions.pk}": typed, f"p{tomatoes.pk}": "34", f"s{tomatoes.pk}": "on"})

    response = counter.post("listings", **data)

    text, page = text_of(response), response.content.decode()
    assert response.status_code == 422
    assert title_of(response).startswith("Error:")
    assert f"Cebolla morada: Yesterday it was $29. Is it {said} today?" in text
    assert f"Yes, {said} is right" in text
    assert f'name="p{tomatoes.pk}" inputmode="decimal" autocomplete="off" value="34"' in page
    assert f'name="s{tomatoes.pk}" checked' in page
    assert (fresh(tomatoes).price, fresh(onions).price) == (D("32.00"), D("29.00"))
    assert not sold_out(tomatoes)
    assert not AuditEntry.objects.filter(verb="set_price").exists()


@pytest.mark.parametrize("typed", ["87", "9.67"])
def test_three_times_or_a_third_is_not_far(counter, onions, typed):
    counter.post("listings", **form(onions, **{f"p{onions.pk}": typed}))

    assert fresh(onions).price == D(typed)


def test_the_second_tap_writes_it_with_the_rest(counter, tomatoes, onions):
    data = form(tomatoes, onions, **{f"p{onions.pk}": "290", f"p{tomatoes.pk}": "34", f"c{onions.pk}": "290"})

    response = counter.post("listings", **data)

    assert response.status_code == 302
    assert (fresh(tomatoes).price, fresh(onions).price) == (D("34.00"), D("290.00"))


def test_the_second_tap_counts_for_the_price_it_was_asked_for_only(counter, onions):
    response = counter.post("listings", **form(onions, **{f"p{onions.pk}": "2900", f"c{onions.pk}": "290"}))

    assert response.status_code == 422
    assert "Is it $2,900 today?" in text_of(response)
    assert fresh(onions).price == D("29.00")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write the price, or tick that it ran out."),
        ("caro", "Write a number, for example 28.50."),
        ("-3", "Write a number, for example 28.50."),
        ("0", "A price is above zero."),
        ("1.250", "“1.250” can be read in two ways."),
        ("0.125", "Write at most 2 decimals."),
        ("99999999", "That number is too large."),
    ],
)
def test_what_is_no_price_is_asked_back_and_changes_nothing(counter, tomatoes, onions, typed, words):
    response = counter.post("listings", **form(tomatoes, onions, **{f"p{onions.pk}": typed, f"p{tomatoes.pk}": "34"}))

    assert response.status_code == 422
    assert f"Cebolla morada: {words}" in text_of(response)
    assert "Nothing is saved yet" in text_of(response)
    assert f'name="p{tomatoes.pk}" inputmode="decimal" autocomplete="off" value="34"' in response.content.decode()
    assert (fresh(tomatoes).price, fresh(onions).price) == (D("32.00"), D("29.00"))


def test_ticking_sold_out_and_back(counter, tomatoes, onions):
    counter.post("listings", **form(tomatoes, onions, **{f"s{tomatoes.pk}": "on"}))
    assert (sold_out(tomatoes), sold_out(onions)) == (True, False)
    page = counter.get("listings").content.decode()
    assert f'name="s{tomatoes.pk}" checked' in page
    assert f'name="o{tomatoes.pk}" value="sold_out"' in page

    counter.post("listings", **form(tomatoes, shelf="sold_out"))

    assert not sold_out(tomatoes)


def test_what_comes_day_by_day_is_ticked_when_it_came(counter):
    fish = counter.sells("Huachinango", "180.00", stock_mode=StockMode.DAILY)
    assert "It came today" in text_of(counter.get("listings"))

    counter.post("listings", **form(fish, shelf="not_come", **{f"s{fish.pk}": "on"}))

    assert not sold_out(fish)
    assert "It came today" not in text_of(counter.get("listings"))


def test_a_colleagues_price_is_not_reverted_by_a_page_from_before_it(counter, tomatoes, onions):
    sent_by_luis = form(tomatoes, onions, **{f"p{onions.pk}": "31"})
    counter.post("listings", client=counter.signed_in(counter.rosa), **form(tomatoes, **{f"p{tomatoes.pk}": "35"}))

    counter.post("listings", **sent_by_luis)

    assert (fresh(tomatoes).price, fresh(onions).price) == (D("35.00"), D("31.00"))


def test_two_prices_for_one_thing_ask_who_is_right(counter, tomatoes):
    sent_by_luis = form(tomatoes, **{f"p{tomatoes.pk}": "30"})
    with time_machine.travel(factories.at("2026-11-24 08:31", counter.market.zone), tick=False):
        counter.post("listings", client=counter.signed_in(counter.rosa), **form(tomatoes, **{f"p{tomatoes.pk}": "35"}))

        response = counter.post("listings", **sent_by_luis)

    assert response.status_code == 422
    assert "Jitomate: At 8:31 a.m. Rosa Gómez changed it to $35. Should it be $30?" in text_of(response)
    assert fresh(tomatoes).price == D("35.00")
    assert f'name="w{tomatoes.pk}" value="35"' in response.content.decode()
    counter.post("listings", **{**sent_by_luis, f"w{tomatoes.pk}": "35", f"c{tomatoes.pk}": "30"})
    assert fresh(tomatoes).price == D("30.00")


def test_the_same_price_by_two_members_asks_nothing(counter, tomatoes):
    data = form(tomatoes, **{f"p{tomatoes.pk}": "35"})

    first = counter.post("listings", client=counter.signed_in(counter.rosa), **data)
    second = counter.post("listings", **data)

    assert (first.status_code, second.status_code) == (302, 302)
    assert AuditEntry.objects.filter(verb="set_price").count() == 1


def test_another_stalls_listing_in_the_form_is_not_touched(counter, tomatoes):
    other = Counter(market=counter.market, name="Cremería La Vaquita").sells("Queso", "144.00")

    counter.post("listings", **form(tomatoes, other, **{f"p{other.pk}": "150", f"p{tomatoes.pk}": "33"}))

    assert (fresh(tomatoes).price, fresh(other).price) == (D("33.00"), D("144.00"))
    assert "Queso" not in text_of(counter.get("listings"))


def test_a_listing_that_came_after_the_page_is_left_alone(counter, tomatoes):
    data = form(tomatoes, **{f"p{tomatoes.pk}": "33"})
    later = counter.sells("Nopal", "36.00")

    response = counter.post("listings", **data)

    assert response.status_code == 302
    assert fresh(later).price == D("36.00")


def test_archived_goods_are_gone_from_the_list(counter, tomatoes):
    counter.sells("Romeritos", "50.00", state=ListingState.ARCHIVED)

    assert "Romeritos" not in text_of(counter.get("listings"))


def test_a_page_without_what_it_had_shown_does_nothing(counter, tomatoes):
    response = counter.post("listings", **form(tomatoes, **{f"w{tomatoes.pk}": "x", f"p{tomatoes.pk}": "33"}))

    assert response.status_code == 422
    assert "This page is out of date" in text_of(response)
    assert fresh(tomatoes).price == D("32.00")


def test_a_long_list_comes_in_pages_that_keep_their_place(counter):
    listings = [counter.sells(f"Verdura {n:02}", "10.00") for n in range(45)]

    first, second = counter.get("listings"), counter.client.get(counter.url("listings") + "?page=2")
    response = counter.client.post(
        counter.url("listings") + "?page=2", form(listings[44], **{f"p{listings[44].pk}": "11"})
    )

    assert "Verdura 39" in text_of(first) and "Verdura 40" not in text_of(first)
    assert "Verdura 40" in text_of(second) and "Verdura 39" not in text_of(second)
    assert response.url == counter.url("listings") + "?page=2"
    assert fresh(listings[44]).price == D("11.00")


def test_a_stall_without_goods_is_told_who_lists_them(counter):
    assert "Nothing on sale yet" in text_of(counter.get("listings"))


def test_statements_do_not_grow_with_the_listings(counter, tomatoes, django_assert_num_queries):
    counter.get("listings")
    with django_assert_num_queries(STATEMENTS):
        counter.get("listings")

    for n in range(12):
        counter.sells(f"Verdura {n}", "10.00", stock=8)
    with django_assert_num_queries(STATEMENTS):
        counter.get("listings")
