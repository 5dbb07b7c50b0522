"""Choosers: what they offer, how it is found, and that more rows cost no more statements."""

import json

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from oscar_marketplace.listings.models import ListingState
from oscar_marketplace.stalls.models import StallState
from oscar_marketplace.test import factories
from tests.wagtail_mercado.admin_pages import modal_of, rows_of, statements
from wagtail_mercado.choosers import ListingChooserBlock

pytestmark = pytest.mark.django_db

MARKETS, STALLS, LISTINGS = (f"mercado_{name}_chooser" for name in ("market", "stall", "listing"))


def offered(client, chooser: str, **chosen) -> list[list[str]]:
    return rows_of(modal_of(client, reverse(f"{chooser}:choose"), **chosen))


def names(client, chooser: str, **chosen) -> list[str]:
    return [row[0] for row in offered(client, chooser, **chosen)]


def put_in(stall, state) -> None:
    type(stall).objects.filter(pk=stall.pk).update(state=state)


def test_markets_by_name_with_their_place_and_whether_they_are_public(editor):
    factories.make_market(name="Mercado Corona", address="Hidalgo 8")
    factories.make_market(name="Mercado Alcalde", is_public=False)

    assert offered(editor, MARKETS) == [["Mercado Alcalde", "", "Hidden"], ["Mercado Corona", "Hidalgo 8", "Public"]]
    assert names(editor, MARKETS, shown="no") == ["Mercado Alcalde"]
    assert names(editor, MARKETS, shown="yes") == ["Mercado Corona"]
    assert names(editor, MARKETS, q="hidalgo coro") == ["Mercado Corona"]


def test_stalls_with_place_trades_and_state(editor):
    corona, alcalde = factories.make_market(name="Mercado Corona"), factories.make_market(name="Mercado Alcalde")
    chayo = factories.make_stall(market=corona, name="Verduras Doña Chayo")
    chayo.trades.add(factories.make_trade("Verduras"), factories.make_trade("Frutas"))
    vaquita = factories.make_stall(market=alcalde, name="La Vaquita")
    put_in(vaquita, StallState.SUSPENDED)
    number, other = chayo.places.get().pitch.number, vaquita.places.get().pitch.number

    assert offered(editor, STALLS) == [
        ["La Vaquita", f"Mercado Alcalde {other}", "", "Suspended"],
        ["Verduras Doña Chayo", f"Mercado Corona {number}", "Frutas, Verduras", "Approved"],
    ]
    assert names(editor, STALLS, market=corona.pk) == ["Verduras Doña Chayo"]
    assert names(editor, STALLS, state="suspended") == ["La Vaquita"]
    assert names(editor, STALLS, q="corona") == ["Verduras Doña Chayo"]


def test_a_stall_with_two_pitches_is_offered_once(editor):
    stall = factories.make_stall(name="Doble")
    market = stall.places.get().pitch.market
    stall.places.create(pitch=market.pitches.create(number="zz"))

    assert [row[:2] for row in offered(editor, STALLS, q=market.name, market=market.pk)] == [
        ["Doble", f"{market} {market.pitches.order_by('number').first().number}, zz"]
    ]


def test_listings_what_is_on_sale_first_with_price_and_state(editor):
    chayo = factories.make_stall(name="Verduras Doña Chayo")
    resting = factories.make_stall(name="La Vaquita")
    put_in(resting, StallState.PAUSED)
    factories.make_listing(stall=chayo, title="Jitomate saladet", price="32.00")
    factories.make_listing(stall=chayo, title="Acelga", price="12.50", state=ListingState.PAUSED)
    factories.make_listing(stall=resting, title="Crema", price="90.00")

    assert offered(editor, LISTINGS) == [
        ["Jitomate saladet · Verduras Doña Chayo", "$32.00 per kilo", "On sale"],
        ["Acelga · Verduras Doña Chayo", "$12.50 per kilo", "Paused"],
        ["Crema · La Vaquita", "$90.00 per kilo", "The stall is not selling"],
    ]


def test_listings_are_found_by_product_stall_and_market_together(editor):
    market = factories.make_market(name="Mercado Corona")
    stall = factories.make_stall(market=market, name="Verduras Doña Chayo")
    factories.make_listing(stall=stall, title="Jitomate saladet")
    factories.make_listing(stall=stall, title="Acelga", state=ListingState.PAUSED)
    factories.make_listing(title="Jitomate saladet")

    wanted = ["Jitomate saladet · Verduras Doña Chayo"]
    assert names(editor, LISTINGS, q="jitomate chayo") == wanted
    assert names(editor, LISTINGS, q="saladet corona") == wanted
    assert names(editor, LISTINGS, market=market.pk, state="live") == wanted


def test_a_name_is_found_in_any_language(editor):
    market = factories.make_market()
    type(market).objects.filter(pk=market.pk).update(name_en="Crown Market", name_es="Mercado Corona")
    product = factories.make_product("Tomato")
    type(product).objects.filter(pk=product.pk).update(title_en="Tomato", title_es="Jitomate")
    factories.make_listing(product=product)

    assert names(editor, MARKETS, q="corona") == ["Crown Market"]
    assert names(editor, MARKETS, q="crown") == ["Crown Market"]
    assert len(names(editor, LISTINGS, q="jitomate")) == len(names(editor, LISTINGS, q="tomato")) == 1


def test_a_whole_text_to_look_for_breaks_nothing(editor):
    factories.make_market(name="Mercado Corona")

    assert names(editor, MARKETS, q="mercado " * 3000) == ["Mercado Corona"]


@pytest.mark.parametrize(
    ("chooser", "words"),
    [
        (MARKETS, "There is no market yet."),
        (STALLS, "There is no stall yet."),
        (LISTINGS, "Nothing is on sale yet."),
    ],
)
def test_an_empty_list_says_what_to_do(editor, chooser, words):
    assert words in modal_of(editor, reverse(f"{chooser}:choose"))
    assert "Nothing fits." in modal_of(editor, reverse(f"{chooser}:choose"), q="nowhere")


def test_more_rows_than_a_page_holds_are_on_the_next(editor):
    for n in range(14):
        factories.make_market(name=f"Mercado {n:02}")

    html = editor.get(reverse(f"{MARKETS}:choose_results"), {"p": 2}).content.decode()

    assert [row[0] for row in rows_of(html)] == ["Mercado 12", "Mercado 13"]


def test_what_is_chosen_is_named_as_it_was_offered(editor):
    listing = factories.make_listing(stall=factories.make_stall(name="Verduras Doña Chayo"), title="Jitomate saladet")

    one = editor.get(reverse(f"{LISTINGS}:chosen", args=[listing.pk])).json()["result"]
    many = editor.get(reverse(f"{LISTINGS}:chosen_multiple"), {"id": [listing.pk, "x"]}).json()["result"]

    assert one == {"id": str(listing.pk), "title": "Jitomate saladet · Verduras Doña Chayo", "edit_url": None}
    assert many == [one]
    assert ListingChooserBlock().get_form_state(listing)["title"] == one["title"]


@pytest.mark.parametrize("key", ["999999", "x"])
def test_nothing_else_can_be_chosen(editor, key):
    assert editor.get(reverse(f"{STALLS}:chosen", args=[key])).status_code == 404


@pytest.mark.parametrize(("chooser", "kind"), [(MARKETS, "market"), (STALLS, "stall")])
def test_only_who_may_edit_it_gets_a_link_to_it(editor, chooser, kind):
    row = factories.make_market() if kind == "market" else factories.make_stall()
    url = reverse(f"{chooser}:chosen", args=[row.pk])

    before = json.loads(editor.get(url).content)["result"]["edit_url"]
    editor.user.user_permissions.add(Permission.objects.get(codename=f"change_{kind}"))

    assert before is None
    assert editor.get(url).json()["result"]["edit_url"] == reverse(f"mercado_{kind}:edit", args=[row.pk])


def test_a_passer_by_chooses_nothing(passer_by):
    assert passer_by.get(reverse(f"{STALLS}:choose")).status_code == 302


@pytest.mark.parametrize("chooser", [MARKETS, STALLS, LISTINGS])
def test_more_rows_cost_no_more_statements(editor, chooser):
    def more():
        stall = factories.make_stall()
        stall.trades.add(factories.make_trade("Frutas"), factories.make_trade("Verduras"))
        factories.make_listing(stall=stall)

    more()
    few = statements(editor, reverse(f"{chooser}:choose"))
    for _ in range(4):
        more()

    assert statements(editor, reverse(f"{chooser}:choose")) == few


def test_prices_and_states_are_in_the_readers_language(editor):
    factories.make_listing(price="32.00")
    editor.cookies["django_language"] = "es-mx"

    assert offered(editor, LISTINGS)[0][1:] == ["$32.00 por kilo", "A la venta"]
