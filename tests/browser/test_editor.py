"""An editor's whole job in Wagtail's admin, with an editor's rights only; the shop answers after each step."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page

from oscar_marketplace.test import factories
from wagtail_mercado.pages_app.models import MarketPage

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "mercado"


@pytest.fixture
def editor(city):
    """In Wagtail's group of moderators, with what its migrations give them; and the right to translate."""
    group, _made = Group.objects.get_or_create(name="Moderators")
    group.permissions.set(Permission.objects.filter(codename__in=["access_admin", "submit_translation"]))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(codename=codename)
        GroupPagePermission.objects.get_or_create(group=group, page=Page.get_first_root_node(), permission=permission)
    user = factories.make_user("editora")
    user.set_password(PASSWORD)
    user.save()
    user.groups.add(group)
    return user


def test_a_page_from_its_first_word_to_its_end(city, editor, open_a_window):
    window = open_a_window(language="en", width=1280, height=900)
    window.page.set_default_timeout(10_000)
    # A reader's language would go along into the editor's own screens.
    reader = open_a_window()
    sign_in(window, editor)

    write(window, city)
    preview(window)
    page = publish_new(window, reader, city)
    translate(window, reader, city, page)
    schedule(window, city, page)
    for act in ("unpublish", "delete"):
        window.open(f"/cms/pages/{page.pk}/{act}/")
        window.press('form [type="submit"]:has-text("Yes")')
        assert_gone(city, page)


def sign_in(window, editor) -> None:
    window.open("/cms/")
    window.page.fill("#id_username", editor.username)
    window.page.fill("#id_password", PASSWORD)
    window.press('button[type="submit"]')
    assert window.page.url.endswith("/cms/")


def write(window, city) -> None:
    """A page of the market with four blocks; what they show is chosen, not typed."""
    window.open(f"/cms/pages/{city.portal.index.pk}/add_subpage/")
    window.page.fill("#id_title", "Jacaranda for visitors")
    choose(window, window.page.locator("#panel-child-content-market-section"), "Mercado Jacaranda")
    stalls = add_block(window, "Stalls", 0)
    stalls.locator('[name$="-heading"]').fill("Where to begin")
    stalls.locator("[data-streamfield-list-add]").first.click()
    choose(window, stalls, "Verduras Doña Chayo")
    goods = add_block(window, "Products on sale", 1)
    goods.locator("[data-streamfield-list-add]").first.click()
    choose(window, goods, re.compile("Queso fresco"))
    add_block(window, "Opening hours", 2)
    notice = add_block(window, "Notice", 3)
    words = notice.locator(".public-DraftEditor-content")
    words.click()
    words.press_sequentially("No water on Friday", delay=20)
    # What is typed reaches the form a moment later.
    kept = "[...document.querySelectorAll('[name$=-value-text]')].some(each => each.value.includes('on Friday'))"
    window.page.wait_for_function(kept)


def add_block(window, name: str, number: int):
    """Appends a block of the kind and gives it."""
    window.page.locator("#panel-child-content-body-section .c-sf-add-button").locator("visible=true").last.click()
    window.page.get_by_role("option", name=name, exact=True).click()
    block = window.page.locator(f'div:has(> input[name="body-{number}-type"])').first
    block.wait_for()
    return block


def choose(window, around, title) -> None:
    """Opens the first empty chooser there and takes the row with this title."""
    around.locator("[data-chooser-action-choose]").locator("visible=true").first.click()
    window.page.locator(".modal-body a[data-chooser-modal-choice]").get_by_text(title).first.click()
    window.page.locator(".modal-body").wait_for(state="detached")


def preview(window) -> None:
    window.page.get_by_role("button", name="Toggle preview").click()
    shown = window.page.frame_locator("[data-side-panel=preview] iframe, iframe[title=Preview]").first
    shown.locator("h1", has_text="Jacaranda for visitors").wait_for(timeout=20_000)
    shown.locator("main").get_by_text("No water on Friday").wait_for(timeout=20_000)
    window.page.get_by_role("button", name="Toggle preview").click()


def publish(window) -> None:
    window.page.locator("footer [data-controller~=w-dropdown] > button, footer .w-dropdown__toggle").first.click()
    # The draft saves itself meanwhile, which looks like going to another page: only the answer in words counts.
    window.page.locator('button[name="action-publish"]').click()
    said = window.page.locator(".messages .success")
    said.wait_for()
    assert re.search("published|scheduled", said.inner_text()), said.inner_text()


def publish_new(window, reader, city) -> MarketPage:
    publish(window)
    page = MarketPage.objects.get(slug="jacaranda-for-visitors")
    reader.open("/en/markets/jacaranda-for-visitors/")
    words = reader.page.locator("main").inner_text()
    for expected in ("Where to begin", "Verduras Doña Chayo", "Queso fresco", "Opening hours", "No water on Friday"):
        assert expected in words
    assert page.market == city.market
    assert_shop_is_open(city)
    return page


def translate(window, reader, city, page) -> None:
    window.open(f"/cms/translation/submit/page/{page.pk}/")
    window.page.locator('[name="locales"]').first.check()
    window.press('main form:has([name="locales"]) [type="submit"]')
    window.page.fill("#id_title", "Jacaranda para visitantes")
    publish(window)

    reader.open("/es-mx/markets/jacaranda-for-visitors/")

    assert reader.page.locator("h1").inner_text() == "Jacaranda para visitantes"
    assert "Queso fresco" in reader.page.locator("main").inner_text()
    assert_shop_is_open(city)


def schedule(window, city, page) -> None:
    """Other words for tomorrow; until then the page says what it said."""
    tomorrow = timezone.localtime() + timedelta(days=1)
    window.open(f"/cms/pages/{page.pk}/edit/")
    window.page.fill("#id_title", "Jacaranda from tomorrow on")
    window.page.get_by_role("button", name="Toggle status").click()
    window.page.get_by_role("button", name=re.compile("(Set|Edit) schedule")).click()
    window.page.fill("#id_go_live_at", tomorrow.strftime("%Y-%m-%d %H:%M"))
    # The calendar that opened with the field lies over the button, for a mouse.
    window.page.get_by_role("button", name="Save schedule").press("Enter")
    window.page.get_by_text("Once scheduled:").locator("visible=true").first.wait_for()
    publish(window)

    call_command("publish_scheduled", verbosity=0)
    assert MarketPage.objects.get(pk=page.pk).title == "Jacaranda for visitors"
    with time_machine.travel(tomorrow + timedelta(minutes=2)):
        call_command("publish_scheduled", verbosity=0)
    assert MarketPage.objects.get(pk=page.pk).title == "Jacaranda from tomorrow on"
    assert_shop_is_open(city)


def assert_gone(city, page) -> None:
    assert Client().get("/en/markets/jacaranda-for-visitors/").status_code == 404
    assert_shop_is_open(city)


def assert_shop_is_open(city) -> None:
    goods = city.listings["Queso fresco"]
    shop = [
        reverse("market:home"),
        reverse("market:market", args=[city.market.slug]),
        reverse("market:stall", args=[city.chayo.slug]),
        reverse("market:listing", args=[goods.pk]),
        reverse("market:basket"),
        "/en/",
    ]
    assert {address: Client().get(address).status_code for address in shop} == dict.fromkeys(shop, 200)
