"""What holds on every page: nothing inline, a strict policy, sound markup, light enough for an old phone."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.conftest import make_alameda
from tests.oscar_marketplace.storefront.shopper import Markup, Shopper

pytestmark = pytest.mark.django_db

EVERY_PAGE = ["home", "market", "stall", "listing", "product", "basket", "checkout", "pay", "order", "style"]
#: Bytes of a page: as it travels, packed, with style and all its pictures; and its HTML as it is.
MOST_PACKED, MOST_HTML = 100_000, 60_000


@pytest.fixture(params=["empty", "filled"])
def responses(request, db):
    """Every page, for a shopper with and without something in the basket."""
    alameda, shopper = make_alameda(), Shopper()
    found = {}
    if request.param == "filled":
        for listing in alameda.listings:
            shopper.add(listing)
        shopper.say_where(alameda.wave)
    for name, args in {
        "home": (),
        "market": (alameda.market.slug,),
        "stall": (alameda.stalls[0].slug,),
        "listing": (alameda.cheese.pk,),
        "product": (alameda.tomato.stockrecord.product_id,),
        "basket": (),
        "style": (),
    }.items():
        found[name] = shopper.get(name, *args)
    if request.param == "filled":
        found["checkout"], found["pay"] = shopper.get("checkout"), shopper.get("pay")
        found["checkout-refused"] = shopper.say_where(name="", email="")
        found["pay-refused"] = shopper.confirm(terms="")
        shopper.confirm()
        order = get_model("order", "Order").objects.latest("pk")
        found["order"] = shopper.client.get(tracking_path(order))
    return found


def test_every_page_was_looked_at(responses):
    seen = set(responses)

    assert set(EVERY_PAGE) <= seen or seen == {"home", "market", "stall", "listing", "product", "basket", "style"}
    assert {response.status_code for response in responses.values()} == {200}


def test_nothing_is_inline(responses):
    for name, response in responses.items():
        for tag, attributes in Markup(response.content.decode()).tags:
            assert tag not in {"script", "style"}, name
            assert "style" not in attributes, (name, tag)
            assert not [key for key in attributes if key.startswith("on")], (name, tag)
            assert not str(attributes.get("href", "")).startswith("javascript:"), name


def test_the_policy_allows_nothing_inline_and_no_other_host(responses):
    for name, response in responses.items():
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert "http" not in policy, name


def test_nothing_is_loaded_from_another_host(responses):
    for name, response in responses.items():
        for tag, attributes in Markup(response.content.decode()).tags:
            for key in ("src", "srcset", "action", "poster", "data"):
                assert str(attributes.get(key) or "/").startswith(("/", "?", "#")), (name, tag, attributes)
            if tag in {"link", "use"}:
                assert attributes["href"].startswith("/"), (name, attributes)


def test_the_markup_is_sound(responses):
    for name, response in responses.items():
        page = Markup(response.content.decode())
        assert page.mistakes == [], name
        assert len(page.ids()) == len(set(page.ids())), name
        described = {
            each
            for _tag, attributes in page.tags
            for key in ("aria-describedby", "aria-labelledby", "for")
            for each in (attributes.get(key) or "").split()
        }
        assert described <= set(page.ids()), name
        assert [tag for tag, _attributes in page.tags].count("h1") == 1, name
        assert [tag for tag, _attributes in page.tags].count("main") == 1, name


def test_every_form_that_changes_something_carries_its_token(responses):
    for name, response in responses.items():
        for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", response.content.decode(), re.S):
            assert "csrfmiddlewaretoken" in form, (name, form[:200])


def test_a_refused_form_says_so_in_its_title_and_leads_to_each_field(alameda, shopper):
    shopper.add(alameda.tomato)
    where = shopper.say_where(name="", email="")
    shopper.say_where(alameda.wave)
    for refused in (where, shopper.confirm(terms=""), shopper.post("listing", alameda.cheese.pk, data={"steps": ""})):
        html = refused.content.decode()
        page = Markup(html)
        assert "<title>Error:" in html
        targets = re.findall(r'<a href="#([^"]+)"', html.partition('class="mk-errors"')[2].partition("</ul>")[0])
        assert targets
        assert set(targets) <= set(page.ids())


def packed_weight(html: bytes) -> int:
    """Bytes of the page with its style and every picture, each compressed as it travels."""
    files = set(re.findall(rb'(?:src|href)="/static/([^"#]+)', html))
    assert files
    contents = [Path(finders.find(name.decode())).read_bytes() for name in files]
    return sum(len(gzip.compress(content)) for content in [html, *contents])


def test_every_page_is_light(responses):
    for name, response in responses.items():
        assert len(response.content) < 30_000, name
        assert packed_weight(response.content) < 35_000, name


@pytest.fixture
def crowded(db):
    """A market and a stall as full as a page gets: 48 stalls of three goods, one of them with 40."""
    market = factories.make_market(name="Mercado de Abastos")
    icons = sorted(path.removesuffix(".svg") for path in _icons())[:60]
    products = [factories.make_product(f"Producto número {n}", icon=icon) for n, icon in enumerate(icons)]
    for n in range(48):
        stall = factories.make_stall(market=market, name=f"Frutas y Verduras La Esperanza {n}")
        for m in range(40 if n == 0 else 3):
            factories.make_listing(stall=stall, product=products[(n * 3 + m) % 60], note="Del Abastos, de primera")
    return market


def _icons() -> list[str]:
    folder = Path(finders.find("oscar_marketplace/icons/ui.svg")).parent
    return [path.name for path in folder.glob("*.svg") if path.name != "ui.svg"]


def test_the_fullest_market_and_stall_are_light_enough(crowded):
    shopper = Shopper()
    first = crowded.pitches.order_by("pk").first().occupations.get().stall

    for page in (shopper.get("market", crowded.slug), shopper.get("stall", first.slug)):
        assert page.content.count(b"<li class=") >= 40
        assert len(page.content) < MOST_HTML
        assert packed_weight(page.content) < MOST_PACKED


def test_a_page_inside_the_citys_own_page(alameda, shopper, settings, tmp_path):
    (tmp_path / "city.html").write_text(
        "<!doctype html><html lang='es' dir='ltr'><head><title>{% block title %}{% endblock %}</title>"
        "{% block head_extra %}{% endblock %}</head><body>CIUDAD {% block content %}{% endblock %}</body></html>"
    )
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    settings.OSCAR_MARKETPLACE_BASE_TEMPLATE = "city.html"

    html = shopper.client.get(reverse("market:stall", args=[alameda.stalls[0].slug])).content.decode()

    assert "CIUDAD" in html
    assert "Jitomate" in html
    assert "mercado.css" in html
