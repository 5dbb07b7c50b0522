"""The tutorial "your first market" is followed to the letter in both languages, from an empty site to a sale."""

import re
from decimal import Decimal as D
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.test import factories
from tests.docs.admin_pages import Admin, control_named
from tests.docs.shop_pages import Window
from tests.docs.tutorial_page import Section, read_tutorial

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorial"
PAGES = {"en": TUTORIAL / "your-first-market.md", "es": TUTORIAL / "tu-primer-mercado.md"}
#: Language of the page -> the site's code of it.
CODES = {"en": "en", "es": "es-mx"}
#: Steps that act on rows of a list instead of adding one.
ACTS = {11, 16}


def window(language: str) -> Window:
    client = Client()
    client.cookies["django_language"] = CODES[language]
    return Window(client)


def set_up(section: Section, admin: Admin) -> None:
    """The sections that are done in the admin: forms, or actions on a list."""
    plural = section.labels[0]
    if section.number in ACTS:
        _plural, first, *buttons = section.labels[:4]
        for action in [first, *section.labels[4:]]:
            admin.act(plural, action, buttons)
    for record in section.records:
        admin.add(plural, record, section.inlines)


def make_account(section: Section, vendor: Window) -> None:
    _open, email, password, again, button, told = section.labels
    vendor.open("/stall/")
    vendor.press(button, {email: "chayo@example.org", password: "jitomate-y-cilantro", again: "jitomate-y-cilantro"})
    vendor.open("/stall/")
    assert told in vendor.text


def buy(section: Section, shopper: Window) -> str:
    """The shopper's way through the shop; returns the pick-up code."""
    words = iter(section.labels)
    shopper.open(re.search(r"<http://localhost:8000(\S+)>", section.text)[1])
    shopper.follow(next(words))
    shopper.follow(next(words))
    quarter, bunch = next(words), next(words)
    for button in [quarter] * 4 + [bunch]:
        shopper.press(button)
    shopper.follow(next(words))
    shopper.follow(next(words))
    name, _phone, email, go_on = (next(words) for _ in range(4))
    shopper.press(go_on, {name: "Guadalupe Ramos", email: "lupita@example.org"}, first_choice=True)
    cash, rules, confirm = (next(words) for _ in range(3))
    shopper.press(confirm, {rules: "yes"}, choice=cash)
    assert next(words) in shopper.text
    return StallOrder.objects.get().hand_over.code


def answer(section: Section, vendor: Window, code: str) -> None:
    new, see, accept, weight, ready, code_label, handed_over, told = section.labels
    vendor.open("/stall/")
    assert new in vendor.text
    vendor.follow(see)
    vendor.press(accept)
    vendor.press(ready, {weight: "1020"})
    vendor.press(handed_over, {code_label: code})
    assert told in vendor.text


@pytest.mark.django_db
@pytest.mark.parametrize("language", PAGES)
def test_the_tutorial_leads_from_nothing_to_a_sale(language):
    steps = read_tutorial(PAGES[language])
    boss = factories.make_user("boss", is_staff=True, is_superuser=True)
    staff, vendor, shopper = (window(language) for _ in range(3))
    staff.client.force_login(boss)
    admin = Admin(staff.client)

    for number in [*range(2, 9)]:
        set_up(steps[number], admin)
    make_account(steps[9], vendor)
    for number in range(10, 17):
        set_up(steps[number], admin)
    for command in steps[17].commands:
        call_command(command.partition("manage.py ")[2])
    code = buy(steps[18], shopper)
    answer(steps[19], vendor, code)

    part = StallOrder.objects.get()
    assert part.state == "delivered"
    assert part.final_incl_tax == D("37.07")
    assert "37.07" in steps[19].text


def test_the_languages_have_the_same_steps():
    shapes = [
        [
            (len(step.labels), len(step.records), len(step.inlines), step.commands)
            for step in read_tutorial(page).values()
        ]
        for page in PAGES.values()
    ]

    assert shapes[0] == shapes[1]
    assert len(shapes[0]) == 19


def test_a_label_that_is_not_on_the_page_is_noticed():
    form = BeautifulSoup('<form><label for="a">Name [en]:</label><input id="a" name="a"></form>', "html.parser")

    assert control_named(form, "Name")["name"] == "a"
    with pytest.raises(AssertionError, match="no “Title” among"):
        control_named(form, "Title")
