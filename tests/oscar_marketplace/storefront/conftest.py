"""Mercado Alameda with three stalls and a pick-up time, and shoppers to buy there."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.markets.models import Market, Wave
from oscar_marketplace.stalls.models import Stall
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Shopper


@dataclass
class Alameda:
    market: Market
    wave: Wave
    stalls: list[Stall]
    tomato: Listing
    cheese: Listing
    tortilla: Listing

    @property
    def listings(self) -> list[Listing]:
        return [self.tomato, self.cheese, self.tortilla]


def make_alameda(**kwargs) -> Alameda:
    operator = factories.make_operator(phone="33 5550 0100", terms_url="https://ciudad.example.org/reglas")
    market = factories.make_market(operator=operator, name="Mercado Alameda", phone="33 5550 0114", **kwargs)
    names = ["Verduras Doña Chayo", "Cremería La Vaquita", "Tortillería El Comal"]
    stalls = [factories.make_stall(market=market, name=name) for name in names]
    return Alameda(
        market=market,
        wave=factories.make_wave(market, starts_in=timedelta(hours=5)),
        stalls=stalls,
        tomato=factories.make_listing(stall=stalls[0], title="Jitomate", price="32.49", stock=40),
        cheese=factories.make_listing(stall=stalls[1], title="Queso fresco", price="144.00", is_estimated=True),
        tortilla=factories.make_listing(stall=stalls[2], title="Tortilla", price="26.00", tax_rate="0.16"),
    )


@pytest.fixture
def alameda(db):
    return make_alameda()


@pytest.fixture
def shopper(db):
    return Shopper()
