"""Whatever is sent to the basket: a clear message, and nothing changes."""

import pytest
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.listings.models import LineWish, Listing, ListingState, PreparationOption
from oscar_marketplace.stalls.models import StallState
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import text

pytestmark = pytest.mark.django_db

Line = get_model("basket", "Line")
NUMBERS = ["0", "-1", "1e9", "1000000000", "abc", "", "½", "1.5", "9" * 300, "nan", "0x10", "1; DROP TABLE"]


def refused(response) -> bool:
    return response.status_code == 200 and 'role="alert"' in response.content.decode()


@pytest.mark.parametrize("steps", NUMBERS)
def test_an_amount_that_is_none_is_refused_by_the_card(alameda, shopper, steps):
    response = shopper.client.post(
        reverse("market:basket-add"), {"add": alameda.tomato.pk, "steps": steps}, follow=True
    )

    assert refused(response)
    assert not Line.objects.exists()


@pytest.mark.parametrize("steps", NUMBERS)
def test_an_amount_that_is_none_is_refused_by_the_listing_page(alameda, shopper, steps):
    response = shopper.post("listing", alameda.tomato.pk, data={"steps": steps})

    assert refused(response)
    assert "<title>Error:" in response.content.decode()
    assert not Line.objects.exists()


@pytest.mark.parametrize("listing", ["0", "-1", "999999", "abc", "", "9" * 300, "\x00"])
def test_a_listing_that_is_none_is_refused(alameda, shopper, listing):
    response = shopper.client.post(reverse("market:basket-add"), {"add": listing}, follow=True)

    assert refused(response)
    assert "That product is no longer sold here." in text(response)
    assert not Line.objects.exists()


def test_a_listing_of_another_city_is_refused_once_the_basket_has_one(alameda, shopper):
    foreign = factories.make_listing(title="Manzana")
    shopper.add(alameda.tomato)
    shopper.get("home")

    response = shopper.client.post(reverse("market:basket-add"), {"add": foreign.pk}, follow=True)

    assert "Your basket holds goods of another city's markets." in text(response)
    assert Line.objects.count() == 1


def test_a_stall_that_does_not_sell_is_refused_in_its_name(alameda, shopper):
    alameda.stalls[0].__dict__["state"] = StallState.PAUSED
    alameda.stalls[0].save()

    response = shopper.client.post(reverse("market:basket-add"), {"add": alameda.tomato.pk}, follow=True)

    assert "Verduras Doña Chayo is not selling at the moment." in text(response)
    assert not Line.objects.exists()


def test_a_draft_cannot_be_bought_by_its_number(alameda, shopper):
    Listing.objects.filter(pk=alameda.tomato.pk).update(state=ListingState.DRAFT)

    response = shopper.client.post(reverse("market:basket-add"), {"add": alameda.tomato.pk}, follow=True)

    assert refused(response)
    assert not Line.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [
        {"note": "x" * 141},
        {"substitution": "gold"},
        {"preparation": "999999"},
        {"preparation": "abc"},
        {"note": "nul\x00byte"},
    ],
)
def test_a_bad_wish_is_refused_and_the_amount_is_not_changed(alameda, shopper, wish):
    PreparationOption.objects.create(listing=alameda.cheese, name="Rallado")
    shopper.add(alameda.cheese, 2)

    response = shopper.post("listing", alameda.cheese.pk, data={"steps": 4, **wish})

    assert refused(response)
    assert shopper.lines() == [(alameda.cheese.stockrecord_id, 2)]
    assert not LineWish.objects.exists()


def test_a_preparation_of_another_listing_is_refused(alameda, shopper):
    PreparationOption.objects.create(listing=alameda.cheese, name="Rallado")
    foreign = PreparationOption.objects.create(listing=alameda.tomato, name="Picado")

    response = shopper.post("listing", alameda.cheese.pk, data={"steps": 1, "preparation": foreign.pk})

    assert "Choose one of the stall's ways to prepare it." in text(response)
    assert not Line.objects.exists()


@pytest.mark.parametrize("do", ["", "double", "remove-all", "more\x00"])
def test_an_act_that_is_none_is_refused(alameda, shopper, do):
    shopper.add(alameda.tomato)
    shopper.get("home")
    line = shopper.basket.lines.get()

    response = shopper.post("basket-line", data={"line": line.pk, "do": do}, follow=True)

    assert refused(response)
    assert shopper.lines() == [(alameda.tomato.stockrecord_id, 1)]


@pytest.mark.parametrize("line", ["0", "-1", "abc", "", "9" * 300])
def test_a_line_that_is_none_is_said(alameda, shopper, line):
    shopper.add(alameda.tomato)
    shopper.get("home")

    response = shopper.post("basket-line", data={"line": line, "do": "remove"}, follow=True)

    assert "That was no longer in your basket." in text(response)
    assert len(shopper.lines()) == 1


def test_a_full_basket_says_so(alameda, shopper, settings):
    settings.OSCAR_MARKETPLACE_MAX_LINES = 1
    shopper.add(alameda.tomato)
    shopper.get("home")

    response = shopper.client.post(reverse("market:basket-add"), {"add": alameda.cheese.pk}, follow=True)

    assert "Your basket is full." in text(response)
    assert len(shopper.lines()) == 1


@pytest.mark.parametrize("language", ["xx", "", "../../etc", "x" * 5000])
def test_an_unknown_language_shows_the_page_in_one_the_site_has(alameda, shopper, language):
    shopper.client.cookies["django_language"] = language
    shopper.client.post(reverse("set_language"), {"language": language, "next": "/"})

    page = shopper.client.get(reverse("market:home"), headers={"accept-language": language[:100]})

    assert page.status_code == 200
    assert '<html lang="en"' in page.content.decode()


def test_the_language_switch_shows_the_same_page_in_the_other_language(alameda, shopper):
    stall = alameda.stalls[0]
    stall.name_es, stall.name_en = stall.name, ""
    stall.save()
    path = reverse("market:stall", args=[stall.slug])

    page = shopper.client.post(reverse("set_language"), {"language": "es-mx", "next": path}, follow=True)

    assert page.redirect_chain[-1][0] == path
    assert '<html lang="es-mx"' in page.content.decode()
    assert "<h1>Verduras Doña Chayo</h1>" in page.content.decode()
    english = shopper.client.post(reverse("set_language"), {"language": "en", "next": path}, follow=True)
    assert '<h1 lang="es">Verduras Doña Chayo</h1>' in english.content.decode()


@pytest.mark.parametrize("name", ["basket-add", "basket-line", "basket-voucher", "checkout", "pay"])
def test_a_form_without_its_token_is_refused(alameda, name):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(reverse(f"market:{name}"), {"add": 1}).status_code == 403
