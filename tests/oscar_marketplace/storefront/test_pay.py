"""Pay and confirm: one order whatever is pressed how often, and a clear word when it cannot be placed."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.dispatch import receiver
from django.http import HttpResponseRedirect
from django.urls import reverse
from oscar.apps.checkout.signals import post_checkout
from oscar.core.loading import get_model

from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.orders.models import Contact, StallOrder
from oscar_marketplace.orders.place import place_order
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.stalls.models import StallState
from oscar_marketplace.storefront import pay
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Markup, Shopper, hidden_fields, text

pytestmark = pytest.mark.django_db

Order = get_model("order", "Order")
OUT_OF_DATE = "This page is out of date. Please check it and confirm again."


@pytest.fixture
def ready(alameda, shopper):
    """A shopper with a basket over three stalls who said where and how."""
    for listing in alameda.listings:
        shopper.add(listing)
    shopper.say_where(alameda.wave)
    shopper.get("home")
    return shopper


def nothing_was_placed():
    return not Order.objects.exists() and not StallOrder.objects.exists() and not Charge.objects.exists()


def test_the_page_shows_everything_before_it_is_confirmed(alameda, ready):
    page = text(ready.get("pay"))

    for words in ("Verduras Doña Chayo", "Jitomate", "¼ kg · $32.49 per kilo", "Ana Ruiz", "ana@example.org"):
        assert words in page
    assert "You pay at 3 stalls when you pick up." in page
    assert "Total $50.62" in page, "8.12 + 36.00 + 6.50"
    assert "Never more than $54.22" in page, "the cheese may weigh 10 % more"


def test_confirming_places_one_order_and_shows_its_page(alameda, ready):
    response = ready.confirm()

    order = Order.objects.get()
    assert response.status_code == 302
    assert response.url == tracking_path(order)
    assert order.total_incl_tax == D("50.62")
    assert order.stall_orders.count() == 3
    contact = Contact.objects.get()
    assert (contact.name, contact.email, contact.language) == ("Ana Ruiz", "ana@example.org", "en")


def test_the_order_speaks_the_language_of_the_page(alameda):
    shopper = Shopper(language="es-mx")
    shopper.buy([alameda.tomato], alameda.wave)

    assert Contact.objects.get().language == "es-mx"


def test_pressing_twice_ends_at_the_same_order(alameda, ready):
    page = ready.get("pay")

    first, second = ready.confirm(page), ready.confirm(page)

    assert first.url == second.url
    assert Order.objects.count() == 1
    assert Charge.objects.count() == 3


def test_two_tabs_end_at_the_same_order(alameda, ready):
    one_tab, other_tab = ready.get("pay"), ready.get("pay")

    first, second = ready.confirm(one_tab), ready.confirm(other_tab)

    assert first.url == second.url
    assert Order.objects.count() == 1


def test_going_back_and_confirming_again_ends_at_the_same_order_also_with_a_new_basket(alameda, ready):
    page = ready.get("pay")
    first = ready.confirm(page)
    ready.add(alameda.tomato)

    again = ready.confirm(page)

    assert again.url == first.url
    assert Order.objects.count() == 1
    assert ready.lines() == [(alameda.tomato.stockrecord_id, 1)], "the new basket is left alone"


def test_a_second_order_is_a_second_order(alameda, ready):
    ready.confirm()
    ready.add(alameda.tomato)
    ready.say_where(alameda.wave)

    ready.confirm()

    assert Order.objects.count() == 2


def test_the_city_hears_of_a_checkout_once(alameda, ready):
    heard = []

    @receiver(post_checkout)
    def listen(sender, order, **kwargs):
        heard.append(order)

    page = ready.get("pay")
    try:
        ready.confirm(page)
        ready.confirm(page)
    finally:
        post_checkout.disconnect(listen)

    assert heard == [Order.objects.get()]


def test_of_two_presses_at_once_only_the_one_that_placed_the_order_is_heard(alameda, ready, monkeypatch):
    """The other press gets the same order a moment later; its own request would tell of it again."""
    heard = []

    def listen(sender, order, **kwargs):
        heard.append(order)

    def both_presses(*args, **kwargs):
        placed_by_the_other = place_order(*args, **kwargs)
        found = place_order(*args, **kwargs)
        assert found == placed_by_the_other
        return found

    monkeypatch.setattr(pay, "place_order", both_presses)
    post_checkout.connect(listen)
    try:
        response = ready.confirm()
    finally:
        post_checkout.disconnect(listen)

    assert response.url == tracking_path(Order.objects.get())
    assert heard == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"provider": ""}, "Choose how you would like to pay."),
        ({"provider": "gold"}, "This way to pay is not offered here."),
        ({"terms": ""}, "Tick the box to accept the purchase rules."),
        ({"seen": ""}, OUT_OF_DATE),
        ({"seen": "0" * 64}, "Something in your basket changed since you saw it."),
        ({"seen": "x" * 1000}, OUT_OF_DATE),
        ({"key": "somebody-elses"}, OUT_OF_DATE),
        ({"key": ""}, OUT_OF_DATE),
        ({"key": "k" * 1000}, OUT_OF_DATE),
    ],
)
def test_a_bad_confirmation_is_said_in_words_and_places_nothing(alameda, ready, changes, words):
    response = ready.confirm(**changes)

    assert response.status_code == 200
    assert words in text(response)
    assert "<title>Error:" in response.content.decode()
    assert "Nothing was charged." in text(response)
    assert nothing_was_placed()
    assert len(ready.lines()) == 3


def test_what_was_chosen_is_still_chosen_after_a_refusal(alameda, ready):
    refused = ready.confirm(terms="")

    assert checked(refused) == [("provider", "cash")]
    assert ready.confirm(refused).url == tracking_path(Order.objects.get())


def checked(response) -> list[tuple[str, str]]:
    """Name and value of every radio button and box that is ticked."""
    tags = Markup(response.content.decode()).tags
    return [(tag["name"], tag.get("value", "on")) for _name, tag in tags if "checked" in tag]


def test_the_key_of_another_shopper_shows_nothing_of_their_order(alameda, ready):
    page = ready.get("pay")
    ready.confirm(page)
    thief = Shopper()
    thief.add(alameda.tomato)
    thief.say_where(alameda.wave)

    response = thief.confirm(thief.get("pay"), key=hidden_fields(page)["key"])

    assert response.status_code == 200
    assert "This page is out of date." in text(response)
    assert Order.objects.count() == 1


def test_a_price_that_changed_under_the_shoppers_eyes_is_shown_first(alameda, ready):
    page = ready.get("pay")
    Listing.objects.filter(pk=alameda.tomato.pk).update(price=D("40.00"))

    refused = ready.confirm(page)

    assert "Something in your basket changed since you saw it." in text(refused)
    assert "$10.00" in text(refused)
    assert nothing_was_placed()
    ready.confirm(refused)
    assert Order.objects.get().total_incl_tax == D("52.50")


def pause(alameda):
    alameda.stalls[0].__dict__["state"] = StallState.SUSPENDED
    alameda.stalls[0].save()


def unlist(alameda):
    Listing.objects.filter(pk=alameda.tomato.pk).update(state=ListingState.PAUSED)


def sell_the_last(alameda):
    alameda.tomato.stockrecord.num_allocated = 40
    alameda.tomato.stockrecord.save()


@pytest.mark.parametrize(
    ("meanwhile", "words"),
    [
        (pause, "Verduras Doña Chayo is not selling at the moment."),
        (unlist, "Verduras Doña Chayo no longer sells Jitomate."),
        (sell_the_last, "Jitomate is sold out today."),
    ],
)
def test_goods_that_went_meanwhile_lead_to_the_basket_which_is_kept(alameda, ready, meanwhile, words):
    page = ready.get("pay")
    meanwhile(alameda)

    response = ready.confirm(page)

    assert response.url == reverse("market:basket")
    assert words in text(ready.get("basket"))
    assert nothing_was_placed()
    assert len(ready.lines()) == 3


def test_a_time_that_closed_meanwhile_leads_to_the_first_page(alameda, ready):
    page = ready.get("pay")
    alameda.wave.closed = True
    alameda.wave.save()

    response = ready.confirm(page)

    assert response.url == reverse("market:checkout")
    assert "no longer offered" in text(ready.get("checkout"))
    assert nothing_was_placed()
    assert "Ana Ruiz" in ready.get("checkout").content.decode(), "what was written is kept"


def test_the_last_place_in_a_pick_up_time_goes_to_one(alameda):
    wave = factories.make_wave(alameda.market, starts_in=timedelta(hours=8), capacity=1)
    first, second = Shopper(), Shopper()
    for shopper in (first, second):
        shopper.add(alameda.tomato)
        shopper.say_where(wave)
    pages = [shopper.get("pay") for shopper in (first, second)]

    first.confirm(pages[0])
    refused = second.confirm(pages[1])

    assert Order.objects.count() == 1
    assert refused.url == reverse("market:checkout")
    assert "Please choose another" in text(second.get("checkout"))


def test_too_many_unpaid_orders_of_one_person_are_refused_on_the_page(alameda):
    alameda.market.operator.max_open_cash_orders = 1
    alameda.market.operator.save()
    Shopper().buy([alameda.tomato], alameda.wave)
    again = Shopper()
    again.add(alameda.tomato)
    again.say_where(alameda.wave)

    response = again.confirm()

    assert "You have open orders to be paid on pick-up." in text(response)
    assert Order.objects.count() == 1


def test_a_way_to_pay_that_is_not_offered_is_shown_with_its_reason(alameda, ready, settings):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        "cash": {
            "BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall",
            "OPTIONS": {"MAX_AMOUNT": 50},
        }
    }

    page = ready.get("pay")
    refused = ready.confirm(page)

    assert "Only for orders of up to" in text(page)
    assert "This way to pay is not offered here." in text(refused)
    assert nothing_was_placed()


def test_a_card_goes_to_the_bank_and_comes_back_to_the_order(alameda, ready, settings, tmp_path):
    use_bank(settings, tmp_path)

    response = ready.confirm(provider="dummy")

    charge = Charge.objects.get()
    assert response.url == reverse("market:dummy-pay", args=[charge.reference])
    back = ready.client.post(response.url, {"answer": "pay"})
    order = Order.objects.get()
    assert back.url == tracking_path(order)
    assert set(order.stall_orders.values_list("state", flat=True)) == {StallOrderState.NEW}


def use_bank(settings, tmp_path, **options):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        "cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall", "OPTIONS": {}},
        "dummy": {
            "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
            "OPTIONS": {"DIRECTORY": str(tmp_path), **options},
        },
    }


def test_after_the_order_the_empty_basket_still_leads_to_it(alameda, ready):
    ready.confirm()

    page = ready.get("basket")

    assert tracking_path(Order.objects.get()) in page.content.decode()


def test_the_first_status_is_the_one_the_city_gives(alameda, ready, monkeypatch):
    """A city's override of Oscar's ``get_initial_order_status`` is asked."""
    monkeypatch.setattr(pay.OrderPlacementMixin, "get_initial_order_status", lambda self, basket: "Being processed")

    ready.confirm()

    assert Order.objects.get().status == "Being processed"


def test_a_city_may_show_its_own_page_after_an_order_but_not_instead_of_the_bank_s(
    alameda, ready, monkeypatch, settings, tmp_path
):
    use_bank(settings, tmp_path)
    monkeypatch.setattr(
        pay.OrderPlacementMixin, "handle_successful_order", lambda self, order: HttpResponseRedirect("/gracias/")
    )

    in_cash = ready.confirm()
    ready.add(alameda.tomato)
    ready.say_where(alameda.wave)
    by_card = ready.confirm(provider="dummy")

    assert in_cash.url == "/gracias/"
    assert by_card.url.startswith("/make-believe-bank/")


def test_an_account_s_order_is_its_own(alameda):
    user = factories.make_user()
    order = Shopper(user=user).buy([alameda.tomato], alameda.wave)

    assert order.user == user
