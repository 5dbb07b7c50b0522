"""Without JavaScript and without a mouse: a shopper up to the order, a vendor from signing in to handing over."""

import re

import pytest
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.states import StallOrderState
from tests.browser.keyboard import Keyboard


def test_a_shopper_buys_by_keyboard_without_javascript(city, open_a_window):
    window = open_a_window(java_script=False, height=640)
    keys = Keyboard(window)
    stall_path = reverse("market:stall", args=[city.chayo.slug])
    tomatoes = city.listings["Jitomate saladet"]

    window.open("market:market", "jacaranda")
    keys.skip()
    keys.press(f'a[href="{stall_path}"]')
    keys.skip()
    keys.press(f'button[name="add"][value="{tomatoes.pk}"]')
    # Back at the card that was pressed: the same button is the next stop but one, not the top of the page.
    before = len(keys.stops)
    keys.press(f'button[name="add"][value="{tomatoes.pk}"]')
    assert len(keys.stops) - before <= 3
    keys.press(".mk-bar a")
    assert "½ kg" in window.page.inner_text("main")
    keys.skip()
    keys.press(".mk-bar a")
    keys.skip()
    keys.choose('[name^="pickup_"]')
    keys.write("#id_name", "Ana")
    keys.write("#id_email", "ana@example.org")
    keys.press(".mk-bar button")
    keys.skip()
    keys.choose('[name="provider"][value="cash"]')
    keys.choose('[name="terms"]')
    keys.press(".mk-bar button")

    order = get_model("order", "Order").objects.latest("pk")
    assert re.search(rf"/my-order/{order.number}", window.page.url)
    assert HandOver.objects.get(order=order).code in window.page.inner_text("main")


def test_a_refused_form_leads_from_its_list_to_the_field(city, open_a_window):
    window = open_a_window(java_script=False, height=640)
    keys = Keyboard(window)
    window.open("market:stall", city.chayo.slug)
    keys.press(f'button[name="add"][value="{city.listings["Jitomate saladet"].pk}"]')
    window.open("market:checkout")
    keys.press(".mk-bar button")
    assert window.page.title().startswith("Error:")

    keys.tab_to('.mk-errors a[href="#id_name"]')
    window.page.keyboard.press("Enter")

    assert window.page.evaluate("document.activeElement.id") == "id_name"


def test_a_vendor_answers_and_hands_over_by_keyboard_without_javascript(busy_city, open_a_window):
    city = busy_city
    window = open_a_window(java_script=False, height=640)
    keys = Keyboard(window)
    part = city.part("new")
    order_path = reverse("stall:order", args=[city.chayo.slug, part.pk])

    window.open("stall:home")
    keys.skip()
    keys.write('[name="login-username"]', city.chayos_member.email)
    keys.write('[name="login-password"]', "mercado")
    keys.press('button[name="login_submit"]')
    keys.skip()
    keys.press(f'a[href="{order_path}"]')
    keys.skip()
    keys.press(".mk-bar button")
    line = part.lines.get()
    keys.write(f'[name="w{line.pk}"]', "")
    keys.press(".mk-bar button")
    keys.write('[name="code"]', HandOver.objects.get(stall_orders=part).code)
    keys.press(".mk-bar button")

    assert StallOrder.objects.get(pk=part.pk).state == StallOrderState.DELIVERED


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (".mk :focus-visible { outline: none !important }", "no ring"),
        (".mk-bar { top: 0; bottom: 0; position: fixed !important }", "something covers"),
    ],
    ids=["no ring", "covered"],
)
def test_a_stop_that_is_not_seen_is_noticed(city, open_a_window, rule, words):
    window = open_a_window(java_script=False, height=640)
    window.open("market:stall", city.chayo.slug)
    keys = Keyboard(window)
    keys.press('button[name="add"]')
    keys.tab_to('button[name="add"]')

    window.page.evaluate(
        "rule => document.styleSheets[0].insertRule(rule, document.styleSheets[0].cssRules.length)", rule
    )

    with pytest.raises(AssertionError, match=words):
        keys.tab_to('button[name="add"]')
