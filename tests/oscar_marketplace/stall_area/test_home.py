"""The door: sign in first, then straight to the one stall, or a choice of several."""

import pytest
from django.urls import reverse

from oscar_marketplace.stalls.models import Stall, StallState
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import Counter, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/stall/", "/stall/puesto/", "/stall/puesto/orders/1/", "/stall/puesto/listings/"])
def test_whoever_is_not_signed_in_signs_in_and_comes_back(client, path):
    response = client.get(path)

    assert (response.status_code, response.url) == (302, f"/accounts/login/?next={path}")


def test_a_member_of_one_stall_goes_straight_to_its_counter(counter):
    response = counter.client.get("/stall/")

    assert (response.status_code, response.url) == (302, counter.url("today"))


def test_a_member_of_two_stalls_chooses(counter):
    second = factories.make_stall(market=counter.market, name="Frutas El Güero", owner=counter.luis)

    response = counter.client.get("/stall/")

    assert response.status_code == 200
    assert counter.stall.name in text_of(response)
    assert second.name in text_of(response)


def test_whoever_has_no_stall_is_told_where_to_ask(client, counter):
    client.force_login(factories.make_user(), backend="django.contrib.auth.backends.ModelBackend")

    response = client.get("/stall/")

    assert response.status_code == 200
    assert "No stall is yours yet" in text_of(response)
    assert counter.stall.name not in text_of(response)


@pytest.mark.parametrize("name", ["today", "listings"])
def test_another_stall_is_not_found(counter, name):
    stranger = Counter(market=counter.market, name="Cremería La Vaquita")

    response = counter.get(name, client=stranger.client)

    assert response.status_code == 404


def test_a_closed_stall_has_no_counter(counter):
    Stall.objects.filter(pk=counter.stall.pk).update(state=StallState.CLOSED)

    assert counter.get("today").status_code == 404


@pytest.mark.parametrize(
    ("state", "words"), [("paused", "Your stall is paused."), ("suspended", "The market has suspended your stall.")]
)
def test_a_stall_that_may_not_sell_still_has_its_counter_and_says_why(counter, state, words):
    part = counter.new((counter.sells("Jitomate"), 4))
    Stall.objects.filter(pk=counter.stall.pk).update(state=state)

    response = counter.get("today")

    assert words in text_of(response)
    assert f"Order {part.short_number}" in text_of(response)
    assert "Closed" in text_of(response)


def test_a_member_who_left_has_no_counter_any_more(counter):
    counter.stall.members.filter(user=counter.luis).delete()

    assert counter.get("today").status_code == 404


def test_one_of_my_stalls_does_not_show_the_orders_of_another(counter):
    part = counter.new((counter.sells("Jitomate"), 4))
    listing = counter.sells("Aguacate")
    second = factories.make_stall(market=counter.market, owner=counter.luis)

    for name, row in (("order", part), ("listing", listing)):
        assert counter.client.get(counter.url(name, row)).status_code == 200
        assert counter.client.get(reverse(f"stall:{name}", args=[second.slug, row.pk])).status_code == 404


def test_signing_out_is_a_form_and_works(counter):
    page = counter.get("today").content.decode()
    assert 'action="/accounts/logout/" method="post"' in page

    counter.client.post("/accounts/logout/")

    assert counter.get("today").status_code == 302


def test_what_a_shared_phone_shows_is_not_kept_by_the_browser(counter):
    response = counter.get("today")

    assert "no-store" in response["Cache-Control"]
