"""A walk over every address Oscar mounts, with a basket that holds stalls' goods.

None shows another amount than ours, and none places an order by another way than ours.
"""

import html
import re
from contextlib import contextmanager
from decimal import Decimal as D
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from oscar.core.loading import get_model

from tests.oscar_marketplace.overlay.oscar_routes import Route, addresses, oscar_routes, sent
from tests.oscar_marketplace.overlay.page_forms import filled_in, forms_of
from tests.oscar_marketplace.overlay.shop_world import PROJECTED, make_shop

pytestmark = pytest.mark.django_db

#: Amounts that are ours, or the shop's own, in the world of ``shop_world``.
OURS = {
    D("8.12"): "a step at the dear stall",
    D("7.13"): "a step at the cheap stall, and its line",
    D("32.49"): "a kilo at the dear stall: the line of four steps, and the old order",
    D("28.50"): "a kilo at the cheap stall",
    D("39.62"): "the basket",
    D("12.00"): "the shop's own card, and the charge of its shipping band",
    D("24.00"): "the old order of two cards",
    D("0.00"): "no shipping, no discount, no tax",
}
#: Amounts of the dashboard that add up orders: six of them, three of 32.49 and three of 24.00, and a drawn scale.
ADDED_UP = {
    "dashboard:index": {D("169.47"), D("28.24"), *(D(17 * n) for n in range(1, 11))},
    "dashboard:order-stats": {D("169.47")},
}
#: Addresses where Oscar itself fails when this is sent to them, with or without a market in the shop.
OSCARS_OWN_FAILURES = {
    ("catalogue:category", "POST"): "the view reads its category in get() only",
    ("dashboard:catalogue-category-update", "POST"): "an empty form leaves a category without a slug",
    ("dashboard:offer-detail", "POST"): "without an action the view returns nothing",
    ("dashboard:offer-restrictions", "POST"): "the last of four steps, without the first three",
}
MONEY = re.compile(r"(?:MX)?\$\s?(\d[\d,]*\.\d\d)")
ROLES = ("anonymous", "shopper", "staff")
SECTIONS = sorted({route.section for route in oscar_routes()})


@contextmanager
def undone():
    """Whatever happens inside leaves no trace, so that one address does not spoil the next."""

    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            yield
            raise Undo
    except Undo:
        pass


@pytest.fixture
def shop(db, search_finds_everything):
    return make_shop()


def amounts_of(response) -> set[D]:
    if response.streaming or "html" not in response.headers.get("Content-Type", ""):
        return set()
    text = html.unescape(response.content.decode())
    return {D(amount.replace(",", "")) for amount in MONEY.findall(text)}


class Walk:
    """One visitor on the way through one section; notes what should not be."""

    def __init__(self, shop, role):
        self.shop, self.visitor, self.problems = shop, shop.visitors[role], []
        self.reached: set[Route] = set()
        self.orders = get_model("order", "Order").objects.count()

    def visit(self, route: Route) -> None:
        for path in addresses(route, self.shop, self.visitor):
            with undone():
                page = self.visitor.browser().get(path)
                self.look(route, "GET", path, page)
                forms = [filled_in(form) for form in forms_of(page) if _is_sent_to(path, form)]
            for data in [*forms, *sent(route, self.shop, self.visitor)]:
                with undone():
                    self.look(route, f"POST {data}", path, self.visitor.browser().post(path, data))

    def look(self, route: Route, act: str, path: str, response) -> None:
        where = f"{self.visitor.role} {act} {route} -> {response.status_code}"
        method = act.partition(" ")[0]
        if response.status_code >= 500 and (route.name, method) not in OSCARS_OWN_FAILURES:
            self.problems.append(f"{where}: it fails")
        elif response.status_code < 400 and not _is_sign_in(response, path):
            self.reached.add(route)
        if get_model("order", "Order").objects.count() != self.orders:
            self.problems.append(f"{where}: it places an order")
        if self.visitor.basket.__class__.objects.filter(pk=self.visitor.basket.pk, status__in=["Frozen", "Submitted"]):
            self.problems.append(f"{where}: it closes the basket")
        if strange := amounts_of(response) - set(OURS) - ADDED_UP.get(route.name, set()):
            self.problems.append(f"{where}: it shows {', '.join(map(str, sorted(strange)))}")
        if route.section != "dashboard" and any(amount in response.content.decode() for amount in PROJECTED):
            self.problems.append(f"{where}: it shows the projected price")


def _is_sent_to(path: str, form) -> bool:
    return form.method == "post" and form.action in {"", path}


def _is_sign_in(response, path: str) -> bool:
    target = urlsplit(response.headers.get("Location", "")).path
    return "login" in target and "login" not in path


@pytest.mark.parametrize("section", SECTIONS)
def test_no_address_of_oscars_prices_or_places_by_another_way(shop, section):
    routes = [route for route in oscar_routes() if route.section == section]
    walks = [Walk(shop, role) for role in ROLES]

    for walk in walks:
        for route in routes:
            walk.visit(route)

    problems = [problem for walk in walks for problem in walk.problems]
    assert not problems, "\n".join(problems)
    # Each address answers at least one of the visitors with its page: the walk is not one of refusals.
    assert set(routes) - set().union(*(walk.reached for walk in walks)) == set()


def test_the_walk_sees_a_wrong_amount(shop, monkeypatch):
    """The walk's own proof: with Oscar's way to price, it finds what it looks for."""
    from oscar_marketplace.overlay.partner_strategy import StrategyMixin

    monkeypatch.delattr(StrategyMixin, "fetch_for_product")
    monkeypatch.delattr(StrategyMixin, "fetch_for_line")
    walk = Walk(shop, "shopper")

    walk.visit(Route("catalogue:index", frozenset()))

    assert "it shows the projected price" in " ".join(walk.problems)
    assert "777.77, 3888.85" in " ".join(walk.problems)


def test_the_walk_sees_an_order_placed_by_oscar(shop, monkeypatch):
    from oscar_marketplace.overlay import checkout_views

    monkeypatch.setattr(checkout_views, "has_listings", lambda basket: False)
    monkeypatch.setattr("oscar_marketplace.orders.queries.has_listings", lambda basket: False)
    walk = Walk(shop, "shopper")

    walk.visit(Route("checkout:preview", frozenset()))

    assert "it places an order" in " ".join(walk.problems)
