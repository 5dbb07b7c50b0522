"""A small portal in two languages, made whether the database still has Wagtail's first pages or was emptied."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import Locale, Page, Site

from example_site.portal.models import HomePage
from wagtail_mercado.pages_app.models import MarketIndexPage, MarketPage

#: The suite's language is English; the portal's home is written in it and translated.
LANGUAGES = ("en", "es-mx")


@dataclass
class Portal:
    site: Site
    home: HomePage
    spanish_home: HomePage
    index: MarketIndexPage

    @property
    def spanish(self) -> Locale:
        return self.spanish_home.locale


def make_portal() -> Portal:
    """Home pages in both languages, and below the English one a list of markets in the menu."""
    english, spanish = (Locale.objects.get_or_create(language_code=code)[0] for code in LANGUAGES)
    Site.objects.all().delete()
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=english)
    for page in root.get_children():
        page.delete()
    root = Page.objects.get(pk=root.pk)
    home = root.add_child(instance=HomePage(title="The city", slug="home", locale=english))
    site = Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="The portal")
    spanish_home = home.copy_for_translation(spanish)
    spanish_home.title = "La ciudad"
    spanish_home.save_revision().publish()
    index = add_page(home, MarketIndexPage, "Markets", show_in_menus=True)
    return Portal(site, home, HomePage.objects.get(pk=spanish_home.pk), index)


def add_page(parent: Page, model: type, title: str, body: list | None = None, **kwargs: Any) -> Any:
    """A published page; ``body`` is a list of (block's name, its raw value)."""
    raw = [{"type": name, "value": value} for name, value in body or []]
    return Page.objects.get(pk=parent.pk).add_child(
        instance=model(title=title, body=raw, locale=parent.locale, **kwargs)
    )


def add_market_page(portal: Portal, market: Any, body: list | None = None, **kwargs: Any) -> MarketPage:
    return add_page(portal.index, MarketPage, getattr(market, "name", "A market"), body, market=market, **kwargs)
