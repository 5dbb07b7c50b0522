"""The basket: what is in it, what changed since, and the few acts that change it."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.listings.models import LineWish, Listing, PreparationOption
from oscar_marketplace.stalls.models import StallState
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Shopper, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(alameda, shopper):
    """One kilo of tomatoes and a quarter of cheese."""
    shopper.add(alameda.tomato, 4)
    shopper.add(alameda.cheese)
    # Read what was said about adding, so that it is not on the page a test looks at.
    shopper.get("home")
    return shopper


def change(shopper, listing, do, **kwargs):
    line = shopper.basket.lines.get(stockrecord=listing.stockrecord)
    return shopper.post("basket-line", data={"line": line.pk, "do": do}, **kwargs)


def test_an_empty_basket_shows_the_way_to_the_markets(db, shopper):
    page = shopper.get("basket")

    assert "There is nothing in your basket." in text(page)
    assert f'href="{reverse("market:home")}"' in page.content.decode()
    assert reverse("market:checkout") not in page.content.decode()


def test_the_basket_is_grouped_by_market_and_stall_with_exact_cents(alameda, filled):
    elsewhere = factories.make_market(operator=alameda.market.operator, name="Mercado Corona")
    apple = factories.make_listing(
        stall=factories.make_stall(market=elsewhere, name="Frutas El Edén"), title="Manzana", price="9.99"
    )
    filled.add(apple)

    filled.get("home")
    page = text(filled.get("basket"))

    parts = ["Mercado Alameda", "Verduras Doña Chayo", "Jitomate", "$32.49", "Cremería La Vaquita", "Mercado Corona"]
    parts += ["Frutas El Edén", "$2.50"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "Goods $70.99" in page, "32.49 + 36.00 + 2.50"


def test_four_quarters_cost_the_price_of_the_kilo(alameda, shopper):
    for _ in range(4):
        shopper.add(alameda.tomato)

    assert "1 kg" in text(shopper.get("basket"))
    assert "Subtotal of the stall $32.49" in text(shopper.get("basket"))


def test_more_less_and_remove(alameda, filled):
    change(filled, alameda.tomato, "more")
    change(filled, alameda.tomato, "more")
    change(filled, alameda.tomato, "less")
    page = change(filled, alameda.cheese, "remove", follow=True)

    assert filled.lines() == [(alameda.tomato.stockrecord_id, 5)]
    assert "Removed: Queso fresco." in text(page)


def test_less_than_the_least_amount_takes_it_out(alameda, shopper):
    basil = factories.make_listing(stall=alameda.stalls[0], title="Albahaca", min_steps=2)
    shopper.add(basil)

    change(shopper, basil, "less")

    assert shopper.lines() == []


def test_more_than_there_is_says_so_and_changes_nothing(alameda, shopper):
    few = factories.make_listing(stall=alameda.stalls[0], title="Nopal", stock=2)
    shopper.add(few, 2)

    page = change(shopper, few, "more", follow=True)

    assert "There is not enough Nopal left for that amount; please take less." in text(page)
    assert shopper.lines() == [(few.stockrecord_id, 2)]


def test_a_line_of_another_shoppers_basket_cannot_be_changed(alameda, filled):
    stranger = Shopper()
    stranger.add(alameda.tortilla)
    foreign = get_model("basket", "Line").objects.get(stockrecord=alameda.cheese.stockrecord)

    page = stranger.post("basket-line", data={"line": foreign.pk, "do": "remove"}, follow=True)

    assert "That was no longer in your basket." in text(page)
    assert get_model("basket", "Line").objects.filter(pk=foreign.pk).exists()


def test_pressing_remove_twice_is_no_mistake(alameda, filled):
    line = filled.basket.lines.get(stockrecord=alameda.cheese.stockrecord)

    for _ in range(2):
        page = filled.post("basket-line", data={"line": line.pk, "do": "remove"}, follow=True)

    assert page.status_code == 200
    assert len(filled.lines()) == 1


def test_the_basket_can_only_be_changed_by_post(alameda, filled):
    for name in ("basket-add", "basket-line"):
        assert filled.get(name).status_code == 405
    assert filled.get("basket-voucher").status_code == 302
    assert len(filled.lines()) == 2


def test_a_price_that_went_up_is_said_and_is_already_in_the_account(alameda, filled):
    Listing.objects.filter(pk=alameda.tomato.pk).update(price=D("36.00"))

    page = text(filled.get("basket"))

    assert "Jitomate went up from $8.12 to $9.00 for ¼ kg since you added it." in page
    assert "Subtotal of the stall $36.00" in page


def test_a_price_that_went_down_is_said_too(alameda, filled):
    Listing.objects.filter(pk=alameda.tomato.pk).update(price=D("30.00"))

    assert "Jitomate went down from $8.12 to $7.50 for ¼ kg" in text(filled.get("basket"))


def test_what_cannot_be_bought_any_more_is_said_and_stops_the_checkout(alameda, filled):
    today = timezone.localdate(timezone.now(), alameda.market.zone)
    Listing.objects.filter(pk=alameda.cheese.pk).update(sold_out_on=today)

    page = filled.get("basket")

    assert "Queso fresco is sold out today." in text(page)
    assert reverse("market:checkout") not in page.content.decode()


def test_goods_of_a_stall_that_stopped_selling_are_named(alameda, filled):
    alameda.stalls[1].__dict__["state"] = StallState.PAUSED
    alameda.stalls[1].save()

    assert "Cremería La Vaquita is not selling at the moment." in text(filled.get("basket"))


def test_adding_from_a_card_comes_back_to_the_card(alameda, shopper):
    page = reverse("market:stall", args=[alameda.stalls[0].slug]) + "?kind=3"

    response = shopper.client.post(reverse("market:basket-add") + f"?next={page}", {"add": alameda.tomato.pk})

    assert response.url == f"{page}#listing-{alameda.tomato.pk}"


@pytest.mark.parametrize(
    "elsewhere", ["my-page", "https://evil.example.org/", "//evil.example.org/", "javascript:alert(1)", "\\\\x"]
)
def test_adding_never_leads_to_another_site(alameda, shopper, elsewhere):
    response = shopper.client.post(reverse("market:basket-add"), {"add": alameda.tomato.pk, "next": elsewhere})

    assert response.url.startswith("/stalls/")


def test_the_listing_page_says_and_changes_what_the_basket_holds(alameda, shopper):
    option = PreparationOption.objects.create(listing=alameda.cheese, name="Rallado")
    wish = {"steps": 3, "preparation": option.pk, "substitution": "similar", "note": "poca sal"}

    shopper.post("listing", alameda.cheese.pk, data=wish)
    shopper.post("listing", alameda.cheese.pk, data={**wish, "steps": 2})

    assert shopper.lines() == [(alameda.cheese.stockrecord_id, 2)], "set, not added: pressing twice is harmless"
    page = text(shopper.get("basket"))
    assert "Rallado · if there is none: something similar · poca sal" in page
    html = shopper.get("listing", alameda.cheese.pk).content.decode()
    assert "poca sal" in html
    assert "Change in the basket" in html
    assert LineWish.objects.get().preparation == option


def test_a_shopper_with_an_account_finds_the_basket_again(alameda):
    user = factories.make_user()
    Shopper(user=user).add(alameda.tomato)

    assert "Jitomate" in text(Shopper(user=user).get("basket"))


def make_voucher(code="VERDE", percent=10):
    """A coupon for ten per cent of everything."""
    Range, Condition, Benefit = (get_model("offer", name) for name in ("Range", "Condition", "Benefit"))
    everything = Range.objects.create(name=f"all {code}", includes_all_products=True)
    offer = get_model("offer", "ConditionalOffer").objects.create(
        name=code,
        offer_type="Voucher",
        condition=Condition.objects.create(range=everything, type="Count", value=1),
        benefit=Benefit.objects.create(range=everything, type="Percentage", value=percent),
    )
    now = timezone.now()
    voucher = get_model("voucher", "Voucher").objects.create(
        name=code, code=code, start_datetime=now - timedelta(days=1), end_datetime=now + timedelta(days=1)
    )
    voucher.offers.add(offer)
    return voucher


def test_a_coupon_lowers_each_line_by_whole_cents_and_can_be_taken_out(alameda, filled):
    voucher = make_voucher()

    page = text(filled.post("basket-voucher", data={"code": "verde"}, follow=True))

    assert "Coupon VERDE · −$6.85" in page, "3.25 of 32.49 and 3.60 of 36.00"
    assert "Goods $61.64" in page
    assert "Before: $32.49 $29.24" in page
    page = text(filled.post("basket-voucher-remove", voucher.pk, follow=True))
    assert "Goods $68.49" in page


@pytest.mark.parametrize("code", ["", "NO-SUCH-CODE", "x" * 500])
def test_a_coupon_that_is_none_is_refused_in_words(alameda, filled, code):
    response = filled.post("basket-voucher", data={"code": code}, follow=True)

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert not filled.basket.vouchers.exists()
