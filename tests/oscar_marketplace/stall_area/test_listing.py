"""One listing: sold out, there is some again, it came, and how much of it there is."""

from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.listings.availability import is_sold_out
from oscar_marketplace.listings.models import ListingState, StockMode
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.stall_area.views.listings import ListingPage
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import Counter, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def nopales(counter):
    """Counted: 40 steps of 250 g."""
    return counter.sells("Nopal limpio", "36.00", stock=40)


def again(listing):
    return with_price_facts(type(listing).objects.filter(pk=listing.pk)).get()


def test_sold_out_today_and_there_is_some_again(counter, nopales):
    counter.post("listing", nopales, do="sold_out")
    page = counter.get("listing", nopales)
    assert is_sold_out(again(nopales), now=timezone.now())
    assert "Nopal limpio: sold out today." in text_of(page)
    assert "There is some again" in text_of(page)

    counter.post("listing", nopales, do="available")

    assert not is_sold_out(again(nopales), now=timezone.now())
    assert "On sale" in text_of(counter.get("listing", nopales))


def test_it_came_today(counter):
    fish = counter.sells("Huachinango", "180.00", stock_mode=StockMode.DAILY)
    assert "Did not come today yet" in text_of(counter.get("listing", fish))

    counter.post("listing", fish, do="came")

    assert not is_sold_out(again(fish), now=timezone.now())


def test_pressing_twice_is_once(counter, nopales):
    counter.post("listing", nopales, do="sold_out")
    counter.post("listing", nopales, client=counter.signed_in(counter.rosa), do="sold_out")

    assert AuditEntry.objects.filter(verb="mark_sold_out").count() == 1


def test_the_count_is_typed_in_the_unit_of_the_counter(counter, nopales):
    page = counter.get("listing", nopales)
    response = counter.post("listing", nopales, do="count", amount="7,5")

    assert "10 kg left to sell" in text_of(page).replace("10.000", "10")
    assert response.status_code == 302
    assert again(nopales).stockrecord.num_in_stock == 30
    assert "The amount is saved." in text_of(counter.get("listing", nopales))


def test_less_than_what_is_promised_is_written_and_told(counter, nopales):
    counter.new((nopales, 8))

    counter.post("listing", nopales, do="count", amount="1")

    assert again(nopales).stockrecord.num_in_stock == 4
    assert AuditEntry.objects.filter(verb="stock_below_promised").count() == 1
    assert "That is less than your open orders need." in text_of(counter.get("listing", nopales))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write how much there is; 0 when there is none."),
        ("muchos", "Write a number"),
        ("-1", "Write a number"),
        ("0.1", "It is sold in steps of ¼ kg; write a whole number of them."),
        ("999999", "Write how much there is: 0 or more."),
        ("1e9", "Write a number"),
    ],
)
def test_a_count_that_cannot_be_changes_nothing(counter, nopales, typed, words):
    response = counter.post("listing", nopales, do="count", amount=typed)

    assert response.status_code == 422
    assert words in text_of(response)
    assert f'value="{typed}"' in response.content.decode() or not typed
    assert again(nopales).stockrecord.num_in_stock == 40


def test_goods_nobody_counts_have_no_count(counter):
    tomatoes = counter.sells("Jitomate")

    page = counter.get("listing", tomatoes)
    response = counter.post("listing", tomatoes, do="count", amount="5")

    assert "How much do you have?" not in text_of(page)
    assert response.status_code == 422
    assert again(tomatoes).stockrecord.num_in_stock is None


@pytest.mark.parametrize("data", [{}, {"do": ""}, {"do": "delete"}])
def test_an_unknown_button_changes_nothing(counter, nopales, data):
    before = AuditEntry.objects.count()

    response = counter.post("listing", nopales, **data)

    assert response.status_code == 422
    assert "Choose one of the buttons below." in text_of(response)
    assert AuditEntry.objects.count() == before


def test_another_stalls_listing_is_not_found(counter, nopales):
    stranger = Counter(market=counter.market, name="Cremería La Vaquita")

    seen = stranger.client.get(stranger.url("listing", nopales))
    sent = stranger.client.post(stranger.url("listing", nopales), {"do": "sold_out"})

    assert (seen.status_code, sent.status_code) == (404, 404)
    assert not is_sold_out(again(nopales), now=timezone.now())


def test_archived_goods_are_not_found(counter):
    gone = counter.sells("Romeritos", state=ListingState.ARCHIVED)

    assert counter.get("listing", gone).status_code == 404
    assert counter.post("listing", gone, do="sold_out").status_code == 404


@pytest.mark.parametrize("do", ["sold_out", "available", "came"])
def test_goods_archived_while_the_button_is_pressed_are_said_to_be_gone(counter, nopales, monkeypatch, do):
    find = ListingPage.find_listing

    def find_just_before(page):
        find(page)
        type(nopales).objects.filter(pk=nopales.pk).update(state=ListingState.ARCHIVED)

    monkeypatch.setattr(ListingPage, "find_listing", find_just_before)
    answer = counter.post("listing", nopales, do=do)

    assert answer.url == counter.url("listings")
    assert "This is no longer sold." in text_of(counter.get("listings"))


def test_pieces_are_counted_in_pieces(counter):
    lettuce = counter.sells("Lechuga", "24.00", stock=12, **factories.by_piece())

    counter.post("listing", lettuce, do="count", amount="9")

    assert again(lettuce).stockrecord.num_in_stock == 9
    assert D(9) == again(lettuce).stockrecord.num_in_stock * lettuce.step
