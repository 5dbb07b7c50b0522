"""Every kind of page of the portal with every kind of block, in both languages."""

from typing import Any

from wagtail.models import Page

from example_site.portal.models import ArticlePage
from tests.wagtail_mercado.plaza import hours, listing_grid, notice, stall_grid
from tests.wagtail_mercado.portal import Portal, add_market_page, add_page, make_portal
from wagtail_mercado.pages_app.models import StallPage

#: What a visitor may walk through, by the slug of its English and Spanish page.
SLUGS = ("", "markets/", "markets/mercado-jacaranda/", "markets/mercado-jacaranda/dona-chayo/", "how-it-works/")


def make_portal_pages(city: Any) -> Portal:
    """A home page, the list of markets, a market, a stall and an article; the Spanish ones are their translations."""
    portal = make_portal()
    goods = [city.listings[title].pk for title in ("Jitomate saladet", "Queso fresco", "Calabacita")]
    stalls = [stall.pk for stall in city.stalls.values()]
    market_page = add_market_page(
        portal,
        city.market,
        [
            notice("<p>Agua hasta las <b>doce</b>.</p>"),
            stall_grid(heading="Los puestos"),
            listing_grid(heading="De temporada", listings=goods),
            hours(),
        ],
        intro="Bajo las jacarandas.",
        slug="mercado-jacaranda",
    )
    stall_page = add_page(
        market_page, StallPage, "Doña Chayo", [listing_grid(heading="Hoy")], stall=city.chayo, slug="dona-chayo"
    )
    article = add_page(portal.home, ArticlePage, "Cómo funciona", _ARTICLE, slug="how-it-works", show_in_menus=True)
    grids = [("markets", {"heading": "Mercados"}), stall_grid(heading="Elegidos", stalls=stalls)]
    for home in (portal.home, portal.spanish_home):
        home.refresh_from_db()  # the tree counts its children
        home.intro = "Todo el mercado, en casa."
        home.body = [{"type": name, "value": value} for name, value in grids]
        home.save()
    for page in (portal.index, market_page, stall_page, article):
        _translate(page, portal)
    return portal


_ARTICLE = [
    ("heading", "Un solo pago"),
    (
        "text",
        "<p>Se paga <b>una vez</b>.</p><ul><li>Efectivo</li><li>Tarjeta</li></ul><h3>Y luego</h3><p>Se recoge.</p>",
    ),
    ("markets", {"heading": "Mercados"}),
]


def _translate(page: Page, portal: Portal) -> None:
    """Published in Spanish, at the same slugs."""
    page.copy_for_translation(portal.spanish).save_revision().publish()
