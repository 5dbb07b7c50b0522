"""The portal around the pages: its menu, its notice, and each page in the reader's other languages."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale, Site

from example_site.portal.models import ArticlePage
from tests.wagtail_mercado.plaza import make_plaza
from tests.wagtail_mercado.portal import add_page
from wagtail_mercado.models import MarketplaceSettings
from wagtail_mercado.pages_app.models import MarketPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def plaza(db):
    return make_plaza()


def in_spanish(page, plaza, title: str):
    """The page translated and published; its parents too, where they are not yet."""
    copy = page.copy_for_translation(plaza.portal.spanish, copy_parents=True)
    copy.title = title
    copy.save_revision().publish()
    return type(page).objects.get(pk=copy.pk)


def test_a_translated_page_links_to_its_translation(plaza):
    page = plaza.page_with()
    spanish = in_spanish(page, plaza, "El mercado")

    html = plaza.html(page)

    link = f'<a class="mk-link" href="{spanish.url}" hreflang="es-mx" lang="es-mx">Español</a>'
    assert spanish.url == "/es-mx/markets/mercado-alameda/"
    assert link in html
    assert f'<link rel="alternate" hreflang="es-mx" href="{spanish.url}">' in html
    assert f'href="{page.url}" hreflang="en" lang="en"' in plaza.html(spanish)
    assert '<html lang="es-mx"' in plaza.html(spanish)


@pytest.mark.parametrize("is_draft", [True, False])
def test_a_page_without_a_published_translation_offers_none(plaza, is_draft):
    page = plaza.page_with()
    if is_draft:
        page.copy_for_translation(plaza.portal.spanish, copy_parents=True)

    html = plaza.html(page)

    assert "mk-languages" not in html
    assert 'rel="alternate"' not in html


def test_the_shops_pages_change_the_language_by_a_button(plaza):
    html = plaza.client.get(reverse("market:home")).content.decode()

    assert '<form class="mk-languages" action="/i18n/setlang/" method="post">' in html


def test_a_locale_the_shop_does_not_speak_is_not_offered(plaza, settings):
    page = plaza.page_with()
    nahuatl = Locale.objects.create(language_code="nah")
    copy = page.copy_for_translation(nahuatl, copy_parents=True)
    copy.save_revision().publish()

    assert 'hreflang="nah"' not in plaza.html(page)


def test_without_languages_pages_keep_the_shops_button(plaza, settings):
    page = plaza.page_with()
    path = page.url
    settings.WAGTAIL_I18N_ENABLED = False

    assert '<form class="mk-languages"' in plaza.client.get(path).content.decode()


def menu_of(html: str) -> list[str]:
    nav = re.search(r'<nav class="mk-city__pages".*?</nav>', html, re.S)
    return re.findall(r">([^<>]+)</a>", nav.group()) if nav else []


def test_the_menu_is_in_the_readers_language(plaza):
    article = add_page(plaza.portal.home, ArticlePage, "How it works", show_in_menus=True)
    spanish = in_spanish(article, plaza, "Cómo funciona")
    add_page(plaza.portal.home, ArticlePage, "Not in the menu")
    add_page(article, ArticlePage, "Deeper", show_in_menus=True)
    add_page(plaza.portal.home, ArticlePage, "Not yet", show_in_menus=True, live=False)

    english = plaza.client.get(reverse("market:home")).content.decode()
    plaza.client.cookies["django_language"] = "es-mx"
    other = plaza.client.get(reverse("market:home")).content.decode()

    assert menu_of(english) == ["Markets", "How it works"]
    assert menu_of(other) == ["Cómo funciona"]
    assert f'href="{spanish.url}"' in other
    assert '<a href="/es-mx/">The portal</a>' in other


def test_the_footer_names_the_pages_that_are_to_stand_there(plaza):
    deep = add_page(plaza.portal.home, ArticlePage, "About")
    add_page(deep, ArticlePage, "Accessibility", in_footer=True)

    footer = plaza.client.get(reverse("market:home")).content.decode().partition('<footer class="mk-foot"')[2]

    assert '<a href="/en/about/accessibility/">Accessibility</a>' in footer
    assert ">About<" not in footer


def test_a_longer_menu_costs_no_more_statements(plaza):
    def statements() -> int:
        Site.get_site_root_paths()
        with CaptureQueriesContext(connection) as captured:
            plaza.client.get(reverse("market:basket"))
        return len(captured)

    few = statements()
    for n in range(8):
        add_page(plaza.portal.home, ArticlePage, f"Article {n}", show_in_menus=True, in_footer=True)

    assert statements() == few


@pytest.mark.parametrize(
    ("begins", "ends", "is_shown"), [(None, None, True), (-1, 1, True), (1, None, False), (None, -1, False)]
)
def test_the_citys_notice_stands_on_pages_and_in_the_shop_between_its_moments(plaza, begins, ends, is_shown):
    begins, ends = (None if away is None else timezone.now() + timedelta(hours=away) for away in (begins, ends))
    MarketplaceSettings.objects.create(
        site=plaza.portal.site, notice="Water cut on Friday", notice_from=begins, notice_until=ends
    )

    for path in ("/en/", "/en/markets/", reverse("market:home"), reverse("market:stall", args=[plaza.greens.slug])):
        assert ("Water cut on Friday" in plaza.client.get(path).content.decode()) is is_shown, path


def test_the_shop_leads_to_what_an_editor_wrote_about_a_market(plaza):
    page = plaza.page_with()
    address = reverse("market:market", args=["alameda"])
    assert f'href="{page.url}"' in plaza.client.get(address).content.decode()

    MarketPage.objects.get(pk=page.pk).unpublish()

    assert f'href="{page.url}"' not in plaza.client.get(address).content.decode()


def test_the_shop_needs_no_site_at_all(plaza):
    Site.objects.all().delete()

    answer = plaza.client.get(reverse("market:home"))

    assert answer.status_code == 200
    assert '<a href="/">Mercados de Guadalajara</a>' in answer.content.decode()
