"""Where and how: the first page of the checkout."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from oscar_marketplace.markets.models import Closure
from oscar_marketplace.orders.models import HandOver
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Markup, Shopper, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(alameda, shopper):
    for listing in alameda.listings:
        shopper.add(listing)
    shopper.get("home")
    return shopper


def kept(shopper):
    return shopper.client.session.get("market_checkout")


def test_an_empty_basket_goes_back_to_the_basket(db, shopper):
    assert shopper.get("checkout").url == reverse("market:basket")
    assert shopper.get("pay").url == reverse("market:basket")


def test_paying_without_the_first_page_goes_to_the_first_page(filled):
    assert filled.get("pay").url == reverse("market:checkout")


def test_each_market_has_its_stalls_and_its_times(alameda, filled):
    elsewhere = factories.make_market(operator=alameda.market.operator, name="Mercado Corona")
    factories.make_wave(elsewhere, starts_in=timedelta(hours=6))
    filled.add(factories.make_listing(stall=factories.make_stall(market=elsewhere, name="Frutas El Edén")))

    page = text(filled.get("checkout"))

    assert "You pick up at 3 stalls, free of charge" in page
    assert "Mercado Corona" in page
    assert "You pick up at 1 stall, free of charge Frutas El Edén" in page


def test_a_full_time_is_shown_with_its_reason_and_cannot_be_chosen(alameda, filled):
    full = factories.make_wave(alameda.market, starts_in=timedelta(hours=8), capacity=0)

    page = filled.get("checkout")
    refused = filled.say_where(full)

    assert "Full" in text(page)
    assert f'value="{full.pk}"' in page.content.decode()
    assert "no longer offered" in text(refused)
    assert kept(filled) is None


def test_few_places_left_are_said_many_are_not(alameda, filled):
    factories.make_wave(alameda.market, starts_in=timedelta(hours=8), capacity=4)
    factories.make_wave(alameda.market, starts_in=timedelta(hours=10), capacity=40)

    page = text(filled.get("checkout"))

    assert "4 places left" in page
    assert "40 places" not in page


def test_a_time_at_which_a_stall_is_not_there_says_which(alameda, filled):
    day = timezone.localdate(alameda.wave.starts_at, alameda.market.zone)
    other_days = "1234567".replace(str(day.isoweekday()), "")
    alameda.stalls[1].places.update(weekdays=other_days)

    assert "Cremería La Vaquita is not there that day" in text(filled.get("checkout"))
    assert filled.say_where(alameda.wave).status_code == 200
    assert kept(filled) is None


def test_a_market_without_times_says_so(alameda, filled):
    Closure.objects.create(
        market=alameda.market,
        starts_at=alameda.wave.starts_at - timedelta(hours=1),
        ends_at=alameda.wave.ends_at + timedelta(hours=1),
    )

    page = text(filled.get("checkout"))

    assert "Mercado Alameda takes no orders for pick-up at the moment." in page


def test_what_was_said_is_kept_and_shown_again(alameda, filled):
    response = filled.say_where(alameda.wave, phone="33 5550 0199", email="")

    assert response.url == reverse("market:pay")
    tags = [tag for _name, tag in Markup(filled.get("checkout").content.decode()).tags if "name" in tag]
    said = {tag["name"]: tag.get("value") for tag in tags if tag.get("type") != "radio" or "checked" in tag}
    assert (said["name"], said["phone"], said.get("email")) == ("Ana Ruiz", "3355500199", None)
    assert said[f"pickup_{alameda.market.pk}"] == str(alameda.wave.pk)


def test_an_account_finds_its_name_and_mail(alameda):
    user = factories.make_user("ana", first_name="Ana", last_name="Ruiz")
    shopper = Shopper(user=user)
    shopper.add(alameda.tomato)

    html = shopper.get("checkout").content.decode()

    assert 'value="Ana Ruiz"' in html
    assert 'value="ana@example.org"' in html


def test_a_phone_in_other_digits_is_the_same_phone(alameda, filled):
    filled.say_where(alameda.wave, email="", phone="٣٣ ٥٥٥٠ ٠١٩٩")

    assert kept(filled)["contact"]["phone"] == "3355500199"


def test_a_phone_alone_is_enough(alameda, filled):
    filled.say_where(alameda.wave, email="", phone="+52 33-5550-0199")

    assert kept(filled)["contact"] == {"name": "Ana Ruiz", "email": "", "phone": "+523355500199"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "", "phone": ""}, "Write a phone number or an e-mail address, one of the two."),
        ({"email": "ana@"}, "Check your e-mail address"),
        ({"email": f"{'a' * 260}@example.org"}, "That e-mail address is too long."),
        ({"email": "", "phone": "12"}, "Check the phone number"),
        ({"email": "", "phone": "1" * 31}, "That phone number is too long"),
        ({"email": "", "phone": "call me"}, "Check the phone number"),
        ({"name": ""}, "Write your name"),
        ({"name": "A" * 121}, "That name is too long: 120 characters at most."),
        ({"name": "A" * 100_000}, "That name is too long"),
        ({"name": "nul\x00byte"}, "Null characters are not allowed."),
    ],
)
def test_a_bad_contact_is_said_in_words_and_nothing_is_kept(alameda, filled, changes, words):
    response = filled.say_where(alameda.wave, **changes)

    assert response.status_code == 200
    assert words in text(response)
    assert "<title>Error:" in response.content.decode()
    assert kept(filled) is None


@pytest.mark.parametrize("chosen", ["", "0", "-1", "1e9", "abc", "999999999", "9" * 100])
def test_a_time_that_is_none_is_refused(alameda, filled, chosen):
    response = filled.say_where(**{f"pickup_{alameda.market.pk}": chosen})

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert kept(filled) is None


def test_a_time_of_another_market_is_refused(alameda, filled):
    foreign = factories.make_wave(factories.make_market(operator=alameda.market.operator))

    response = filled.say_where(**{f"pickup_{alameda.market.pk}": foreign.pk})

    assert "no longer offered" in text(response)


def test_a_time_past_its_hour_is_refused(alameda, filled):
    late = factories.make_wave(alameda.market, starts_in=timedelta(hours=1), cutoff_minutes=90)

    assert "no longer offered" in text(filled.say_where(late))


def test_a_basket_that_grew_by_a_market_is_asked_again(alameda, filled):
    filled.say_where(alameda.wave)
    elsewhere = factories.make_market(operator=alameda.market.operator)
    filled.add(factories.make_listing(stall=factories.make_stall(market=elsewhere)))

    response = filled.get("pay", follow=True)

    assert response.redirect_chain[-1][0] == reverse("market:checkout")
    assert "Your basket changed." in text(response)


def test_a_session_of_an_older_page_counts_as_empty(alameda, filled):
    session = filled.client.session
    session["market_checkout"] = {"contact": "Ana", "waves": {}}
    session.save()

    assert filled.get("pay").url == reverse("market:checkout")
    assert filled.get("checkout").status_code == 200


def test_the_pick_up_is_at_each_stall(alameda, filled):
    filled.say_where(alameda.wave)
    filled.confirm()

    assert HandOver.objects.get().kind == HandOver.Kind.STALL


def test_goods_of_a_stall_that_lost_its_place_stop_at_the_basket(alameda, shopper):
    shopper.add(alameda.tomato)
    alameda.stalls[0].places.all().delete()

    page = shopper.get("checkout", follow=True)

    assert page.redirect_chain == [(reverse("market:basket"), 302)]
    assert "Verduras Doña Chayo has no place in a market at the moment." in text(page)
