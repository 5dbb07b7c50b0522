"""The vendor's pages in a window of 360 pixels, in Spanish, whose words are the longer ones."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from oscar_marketplace.orders.models import StallOrder

#: How many lines each takes, the step's number included, which no text node holds.
LINES = """selector => [...document.querySelectorAll(selector)].map(e => {
    const style = getComputedStyle(e);
    const above = parseFloat(style.paddingTop) + parseFloat(style.borderTopWidth);
    return Math.round((e.getBoundingClientRect().height - above) / parseFloat(style.lineHeight));
})"""


@pytest.fixture
def phone(busy_city, open_a_window):
    window = open_a_window(width=360, height=740)
    window.sign_in(busy_city.chayos_member)
    return window


@pytest.mark.parametrize("has_begun", [False, True])
def test_steps_and_the_amount_stay_on_one_line_each(phone, busy_city, has_begun):
    part = busy_city.part("new")
    StallOrder.objects.filter(pk=part.pk).update(placed_incl_tax=Decimal("12345.50"))
    if has_begun:
        began = timezone.now() - timedelta(minutes=5)
        part.hand_over.wave.starts_at = part.hand_over.wave.cutoff_at = began
        part.hand_over.wave.save()

    phone.open("stall:order", busy_city.chayo.slug, part.pk)

    assert phone.page.locator(".mk-bar").inner_text().split("\n")[1] == "$12,345.50"
    assert phone.page.evaluate(LINES, ".mk-steps li") == [1, 1, 1]
    assert phone.page.evaluate(LINES, ".mk-bar .mk-num") == [1]


def test_the_bar_of_the_price_list_holds_the_one_thing_to_do(phone, busy_city):
    phone.open("stall:listings", busy_city.chayo.slug)

    assert phone.page.locator(".mk-bar").locator("button, a").count() == 1
    assert phone.page.get_by_role("link", name="Salir sin guardar").count() == 1
