"""Orders in Wagtail's menu: found by number, looked at, never changed; who bought is for those who may know it."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.models import Contact, StallOrder
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import member_of, new_parts
from tests.wagtail_mercado.admin_pages import list_of, menu_addresses, statements
from tests.wagtail_mercado.conftest import staff_client

pytestmark = pytest.mark.django_db

LIST = "/cms/mercado/stallorder/"
Order = get_model("order", "Order")


def order_url(part) -> str:
    return reverse("mercado_stallorder:inspect", args=[part.pk])


def listing_at(market, name):
    return factories.make_listing(stall=factories.make_stall(market=market, name=name), title="Jitomate saladet")


@pytest.fixture
def looker(db):
    return staff_client("view_stallorder")


@pytest.fixture
def parts(db):
    """An order at two stalls of Mercado Corona, placed on 24 November 2026 at half past eleven in the evening."""
    market = factories.make_market(name="Mercado Corona")
    chayo, vaquita = listing_at(market, "Verduras Doña Chayo"), listing_at(market, "La Vaquita")
    new_parts([(chayo, 4), (vaquita, 2)])
    Order.objects.update(number="MK7Q2F", date_placed=datetime(2026, 11, 25, 5, 30, tzinfo=UTC))
    return list(StallOrder.objects.select_related("order").order_by("sequence"))


def test_the_list_says_what_where_and_in_which_state(looker, parts):
    assert list_of(looker, LIST) == [
        ["MK7Q2F-2", "11/24/2026 11:30 p.m.", "Mercado Corona", "La Vaquita", "New", "$16.00"],
        ["MK7Q2F-1", "11/24/2026 11:30 p.m.", "Mercado Corona", "Verduras Doña Chayo", "New", "$32.00"],
    ]


def test_the_list_names_nobody(looker, parts):
    Contact.objects.update(name="Ana Secreta", email="secreta@example.org", phone="3312345678")

    page = looker.get(LIST).content.decode()

    for secret in ("Secreta", "secreta", "3312345678"):
        assert secret not in page
        assert list_of(looker, LIST, q=secret) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("MK7Q2F", ["MK7Q2F-2", "MK7Q2F-1"]),
        (" mk7q2f ", ["MK7Q2F-2", "MK7Q2F-1"]),
        ("MK7Q2F-1", ["MK7Q2F-1"]),
        ("MK7Q2F-9", []),
        ("MK7Q2F-x", []),
        ("Chayo", []),
        ("-", []),
        ("MK7Q2F-99999999999999999999", []),
    ],
)
def test_only_the_number_is_searched(looker, parts, text, found):
    assert [row[0] for row in list_of(looker, LIST, q=text)] == found


def test_filters_by_state_market_and_the_markets_own_day(looker, parts):
    west = factories.make_market(name="Mercado Hidalgo", time_zone="America/Tijuana")
    [other] = new_parts([(listing_at(west, "El Comal"), 1)])
    Order.objects.filter(pk=other.order_id).update(number="WEST", date_placed=datetime(2026, 11, 25, 7, 30, tzinfo=UTC))
    StallOrder.objects.filter(pk=parts[0].pk).update(state="ready")

    def numbers(**chosen):
        return [row[0] for row in list_of(looker, LIST, **chosen)]

    assert numbers(state="ready") == ["MK7Q2F-1"]
    assert numbers(market=west.pk) == ["WEST-1"]
    assert numbers(day="2026-11-24") == ["WEST-1", "MK7Q2F-2", "MK7Q2F-1"]
    for day in ("2026-11-25", "0001-01-01", "9999-12-31"):
        assert numbers(day=day) == []


def test_more_orders_cost_no_more_statements(looker, parts):
    few = statements(looker, LIST)
    market = parts[0].hand_over.market
    for n in range(3):
        lines = [(listing_at(market, f"Puesto {n}"), 1), (listing_at(market, f"Otro {n}"), 1)]
        new_parts(lines, wave=market.waves.get())

    assert statements(looker, LIST) == few


def test_an_order_shows_its_goods_its_way_and_its_other_part(looker, parts):
    advance.accept(parts[0], by=member_of(parts[0].stall, "chayo"))

    page = looker.get(order_url(parts[0])).content.decode()

    assert page.count("Jitomate saladet") == 1
    for words in (
        "Accepted",
        "11/24/2026 11:30 p.m.",
        "Mercado Corona",
        "$32.00",
        "The 2 stalls answer",
        "Still to come: La Vaquita",
        "Accepted <small><code>accept</code></small>",
        "stall · chayo",
        f'<a href="{order_url(parts[1])}">MK7Q2F-2</a>',
    ):
        assert words in page, words


def test_an_order_costs_the_same_however_many_goods_and_stalls(looker):
    market = factories.make_market()
    [small] = new_parts([(listing_at(market, "Uno"), 1)])
    stall = factories.make_stall(market=market)
    lines = [(factories.make_listing(stall=stall, title=f"Fruta {n}"), 1) for n in range(4)]
    others = [(listing_at(market, name), 1) for name in ("Dos", "Tres")]
    big = new_parts([*lines, *others], wave=market.waves.get())[0]

    assert statements(looker, order_url(big)) == statements(looker, order_url(small))


@pytest.mark.parametrize("permission", ["view_contact", "change_contact"])
def test_who_may_see_contacts_sees_who_ordered(parts, permission):
    Contact.objects.update(name="Ana Secreta", phone="3312345678")

    page = staff_client("view_stallorder", permission).get(order_url(parts[0])).content.decode()

    assert "Ana Secreta" in page and "3312345678" in page and "ana@example.org" in page


def test_without_that_right_nothing_of_who_ordered_is_in_the_page(looker, parts):
    Contact.objects.update(name="Ana Secreta", phone="3312345678")
    Order.objects.update(guest_email="ana@example.org")

    page = looker.get(order_url(parts[0])).content.decode()

    for secret in ("Ana Secreta", "3312345678", "ana@example.org", parts[0].hand_over.code):
        assert secret not in page


def test_a_contact_out_of_sight_is_shown_to_superusers_only(boss, parts):
    Contact.objects.update(name="Ana Secreta", blocked_at=timezone.now())

    clerk = staff_client("view_stallorder", "view_contact")

    assert "Ana Secreta" not in clerk.get(order_url(parts[0])).content.decode()
    assert "Ana Secreta" in boss.get(order_url(parts[0])).content.decode()


def test_an_order_cannot_be_made_changed_or_deleted(boss, parts):
    for path in ("new/", f"edit/{parts[0].pk}/", f"delete/{parts[0].pk}/", f"copy/{parts[0].pk}/"):
        assert boss.get(LIST + path).status_code == 404
        assert boss.post(LIST + path, {}).status_code == 404
    assert boss.post(order_url(parts[0]), {}).status_code == 405
    assert boss.post(LIST, {}).status_code == 405


@pytest.mark.parametrize("permission", ["add_stallorder", "delete_stallorder", "view_contact", "view_stall"])
def test_other_rights_do_not_open_orders(parts, permission):
    client = staff_client(permission)

    assert LIST not in menu_addresses(client)
    for url in (LIST, f"{LIST}results/", order_url(parts[0])):
        assert client.get(url).url == "/cms/"


def test_who_may_look_has_them_in_the_menu(looker):
    assert menu_addresses(looker) == {LIST}


def test_an_editor_of_pages_has_neither_menu_nor_pages(editor, parts):
    assert menu_addresses(editor) == set()
    for url in (LIST, f"{LIST}results/", order_url(parts[0])):
        assert editor.get(url).url == "/cms/"


def test_every_state_has_a_word(looker, parts):
    for state in StallOrderState.values:
        StallOrder.objects.filter(pk=parts[0].pk).update(state=state)
        assert looker.get(order_url(parts[0])).status_code == 200
        assert list_of(looker, LIST, state=state)
