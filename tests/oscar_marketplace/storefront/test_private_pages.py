"""Pages about one person: kept by no cache, told to no other site, open to nobody with another link."""

import pytest
from django.urls import reverse

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.orders.tracking import tracking_path, tracking_token
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test.isolation_world import make_world

pytestmark = [pytest.mark.django_db, pytest.mark.both]

EVIL = [
    "//evil.example/",
    "///evil.example/",
    "////evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "\t//evil.example/",
    " //evil.example/",
    "https:evil.example/",
    "https:/evil.example/",
    "https://evil.example/",
    "http:///evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "//user@evil.example/",
    "//[evil/",
]


@pytest.mark.parametrize("name", ["basket", "checkout", "pay"])
def test_what_a_person_chose_is_kept_by_no_cache(alameda, shopper, name):
    shopper.add(alameda.tomato)
    shopper.say_where(alameda.wave)

    control = shopper.get(name).headers["Cache-Control"]

    assert {"no-store", "private"} <= {each.strip() for each in control.split(",")}


def test_nor_is_the_answer_that_leads_to_the_order(alameda, shopper):
    shopper.add(alameda.tomato)
    shopper.say_where(alameda.wave)

    placed = shopper.confirm()

    assert placed.status_code == 302
    assert "no-store" in placed.headers["Cache-Control"]


def test_a_page_that_shows_how_much_is_in_the_basket_is_nobody_elses(alameda, shopper):
    shopper.add(alameda.tomato)

    pages = [
        shopper.get("home"),
        shopper.get("stall", alameda.stalls[0].slug),
        shopper.get("listing", alameda.tomato.pk),
    ]

    assert all("Cookie" in page.headers["Vary"] for page in pages)


@pytest.mark.parametrize("name", ["order-pay", "order-decide", "order-cancel", "order-again"])
def test_an_act_behind_the_link_tells_no_other_site_of_it(client, name):
    order = make_world().a.order

    answer = client.post(reverse(f"market:{name}", args=[tracking_token(order)]))

    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_asking_only_whether_the_page_is_there_asks_no_payment_provider(client, settings, tmp_path):
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
        "cash": {"BACKEND": "oscar_marketplace.payments.providers.cash.CashAtStall"},
        "dummy": {
            "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
            "OPTIONS": {"DIRECTORY": str(tmp_path)},
        },
    }
    order = make_world().a.unpaid
    start_payment(order, provider="dummy", by=Actor("shopper"))
    charge = Charge.objects.latest("pk")
    client.post(reverse("market:dummy-pay", args=[charge.reference]), {"answer": "late"})
    before = Charge.objects.filter(pk=charge.pk).values().get()
    payment_providers["dummy"].answer(charge.reference, "pay")
    answer = client.head(tracking_path(order))

    assert answer.status_code == 200
    assert Charge.objects.filter(pk=charge.pk).values().get() == before
    client.get(tracking_path(order))
    assert Charge.objects.get(pk=charge.pk).state == "captured"


@pytest.mark.parametrize("target", EVIL)
def test_no_button_leads_to_another_site(alameda, shopper, target):
    add = reverse("market:basket-add")
    goods = {"add": alameda.tomato.pk}
    stall_page = reverse("market:stall", args=[alameda.stalls[0].slug])

    answers = [
        shopper.client.post(add, {**goods, "next": target}),
        shopper.client.post(add, goods, query_params={"next": target}),
        shopper.post("listing", alameda.tomato.pk, data={"steps": 1, "next": target}),
    ]

    assert [answer.url.partition("#")[0] for answer in answers] == [stall_page] * 3
    assert shopper.client.post(add, {"add": "0", "next": target}).url == reverse("market:home")
    page = shopper.client.get(reverse("market:listing", args=[alameda.tomato.pk]), query_params={"next": target})
    assert page.context["next_page"] == ""
