"""Mercado Alameda on the portal: two stalls with goods, and pages about them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.markets.models import Market
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import text
from tests.wagtail_mercado.portal import Portal, add_market_page, make_portal


@dataclass
class Plaza:
    portal: Portal
    market: Market
    greens: Stall
    dairy: Stall
    tomato: Listing
    cheese: Listing
    client: Client = field(default_factory=lambda: Client(headers={"accept-language": "en"}))

    def page_with(self, *body: tuple[str, Any], **kwargs: Any) -> Any:
        """A published page about the market with these blocks."""
        return add_market_page(self.portal, kwargs.pop("market", self.market), list(body), **kwargs)

    def html(self, page: Any) -> str:
        answer = self.client.get(page.url)
        assert answer.status_code == 200, answer
        return answer.content.decode()

    def words(self, page: Any) -> str:
        return text(self.client.get(page.url))


def make_plaza() -> Plaza:
    market = factories.make_market(name="Mercado Alameda", slug="alameda")
    factories.make_wave(market, starts_in=timedelta(hours=5))
    greens = factories.make_stall(market=market, name="Verduras Doña Chayo")
    dairy = factories.make_stall(market=market, name="Cremería La Vaquita")
    greens.trades.add(factories.make_trade("Verduras"))
    return Plaza(
        portal=make_portal(),
        market=market,
        greens=greens,
        dairy=dairy,
        tomato=factories.make_listing(stall=greens, title="Jitomate", price="32.49"),
        cheese=factories.make_listing(stall=dairy, title="Queso fresco", price="144.00"),
    )


def stall_grid(**chosen: Any) -> tuple[str, dict[str, Any]]:
    return "stalls", {"heading": "", "stalls": [], "market": None, "trade": "", "most": 6, **chosen}


def listing_grid(**chosen: Any) -> tuple[str, dict[str, Any]]:
    return "listings", {"heading": "", "listings": [], "stall": None, "most": 8, **chosen}


def hours(**chosen: Any) -> tuple[str, dict[str, Any]]:
    return "opening_hours", {"heading": "", "market": None, **chosen}


def notice(text: str = "<p>Water cut</p>", **chosen: Any) -> tuple[str, dict[str, Any]]:
    return "notice", {"tone": "wait", "text": text, "shown_from": None, "shown_until": None, **chosen}
