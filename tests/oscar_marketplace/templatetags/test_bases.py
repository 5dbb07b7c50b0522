"""The pages around our screens: the contract with a city's own page, and what every page of ours keeps."""

import re
from pathlib import Path

import pytest
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from oscar_marketplace.form_problems import Problem

PACKAGE = Path(__file__).resolve().parents[3] / "oscar_marketplace"
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))
AREAS = ["shop", "plain", "stall"]

CITY_PAGE = engines["django"].from_string(
    '<html lang="es" dir="ltr"><head><title>{% block title %}The city{% endblock %}</title>'
    "{% block head_extra %}<meta name=city>{% endblock %}</head><body><header>City</header>"
    "{% block content %}{% endblock %}<footer>City</footer></body></html>"
)


def relative(path: Path) -> str:
    return str(path.relative_to(PACKAGE / "templates"))


@pytest.fixture
def request_of_page():
    request = RequestFactory().get("/market/?section=fruit")
    request.session = SessionStore()
    request._messages = FallbackStorage(request)
    return request


def page(area: str, request=None, **context) -> str:
    source = (
        f'{{% extends "oscar_marketplace/base/{area}.html" %}}{{% block page_title %}}Tomatoes{{% endblock %}}'
        "{% block main %}<h1>Tomatoes</h1>{% endblock %}"
    )
    return engines["django"].from_string(source).render(context, request)


@pytest.mark.parametrize("area", AREAS)
def test_page_without_a_city_keeps_the_contract_itself(area):
    html = page(area)

    assert '<html lang="en" dir="ltr">' in html
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in html
    assert html.index('<a class="mk-skip" href="#contenido">') < html.index("<h1>")
    assert html.count("<main ") == 1
    assert 'id="contenido"' in html
    assert html.count('<link rel="stylesheet" href="/static/oscar_marketplace/mercado.css">') == 1
    assert "<title>Tomatoes · Online markets</title>" in html


@pytest.mark.parametrize("area", AREAS)
def test_page_inside_the_city_needs_only_three_blocks(area):
    html = page(area, mk_base=CITY_PAGE)

    assert "<title>Tomatoes · Online markets</title>" in html
    assert html.index("<meta name=city>") < html.index("mercado.css")
    assert html.count("<header>") == html.count("<footer>") == 1
    assert html.index("<header>City") < html.index('<div class="mk') < html.index("<main ") < html.index("<footer>")
    assert "mk-skip" not in html


def test_right_to_left():
    with translation.override("ar"):
        assert 'dir="rtl"' in page("shop")


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("base", [None, CITY_PAGE], ids=["own", "city"])
@pytest.mark.parametrize("context", [{"form_errors": [Problem("Write a name.", "id_name")]}, {"has_errors": True}])
def test_title_says_first_that_something_is_wrong(area, base, context):
    html = page(area, mk_base=base, **context)

    assert "<title>Error: Tomatoes · Online markets</title>" in html


def test_list_of_problems_stands_above_the_page_title():
    html = page("plain", form_errors=[Problem("Write a name.", "id_name")])

    assert html.index('<a href="#id_name">Write a name.</a>') < html.index("<h1>")


def test_shop_leads_to_markets_basket_and_search():
    html = page(
        "shop", mk_markets_url="/m/", mk_basket_url="/b/", mk_basket_lines=3, mk_search_url="/s/", mk_hue="rosa"
    )

    assert '<a class="mk-brand" href="/m/">' in html
    assert re.search(r'href="/b/">.*Basket <span class="mk-num">\(3\)</span>', html)
    assert '<form class="mk-search" role="search" action="/s/">' in html
    assert '<div class="mk-awning" data-hue="rosa"></div>' in html


def test_checkout_leads_nowhere_but_home():
    html = page("plain", mk_markets_url="/m/", mk_basket_url="/b/", mk_search_url="/s/")

    assert 'href="/m/"' in html
    assert "/b/" not in html
    assert "/s/" not in html


def test_stall_shows_whose_it_is_and_its_places():
    html = page(
        "stall",
        mk_stall_name="Verduras Doña Chayo",
        mk_stall_language="es",
        mk_stall_is_open=False,
        mk_hue="verde",
        mk_nav=[{"url": "/stall/", "label": "Today", "icon": "home", "is_current": True}],
        mk_logout_url="/out/",
    )

    assert re.search(r'<span class="mk-brand" lang="es">.*Verduras Doña Chayo</span>', html)
    assert '<span class="mk-chip" data-tone="off">Closed</span>' in html
    assert '<a href="/stall/" aria-current="page">' in html
    assert '<form action="/out/" method="post">' in html


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("base", ["oscar_marketplace/base/page.html", CITY_PAGE], ids=["own", "city"])
def test_language_is_changed_once_by_a_guarded_post_that_comes_back(area, base, request_of_page):
    html = page(area, request_of_page, mk_base=base)

    assert html.count('<form class="mk-languages" action="/i18n/setlang/" method="post">') == 1
    assert '<input type="hidden" name="next" value="/market/?section=fruit">' in html
    assert '<button class="mk-link" name="language" value="es-mx" lang="es-mx">' in html
    assert 'name="csrfmiddlewaretoken"' in html


def test_one_language_offers_no_change(settings):
    settings.LANGUAGES = [("en", "English")]

    assert "mk-languages" not in page("shop")


def test_messages_are_read_aloud_in_their_tone(request_of_page):
    request_of_page._messages.add(25, "Added.")
    request_of_page._messages.add(40, "Not added.")

    html = page("shop", request_of_page)

    assert re.search(r'data-tone="go" role="status">.*<p>Added.</p>', html)
    assert re.search(r'data-tone="bad" role="alert">.*<p>Not added.</p>', html)


def test_style_page_needs_nothing_and_shows_every_partial():
    html = render_to_string("oscar_marketplace/base/style.html")

    assert len(html.encode()) < 40_000
    source = (PACKAGE / "templates/oscar_marketplace/base/style.html").read_text(encoding="utf-8")
    through_bases_or_tags = {
        "awning", "brand", "chip", "errors", "field_remarks", "languages", "messages", "nav", "pick", "qty", "steps",
    }  # fmt: skip
    partials = {path.stem for path in (PACKAGE / "templates/oscar_marketplace/components").glob("*.html")}
    included = set(re.findall(r"components/(\w+)\.html", source))
    assert partials - included - through_bases_or_tags == set()


def test_style_page_is_complete_in_markup():
    html = render_to_string("oscar_marketplace/base/style.html")

    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    targets = set(re.findall(r'href="#([^"]+)"', html)) | set(re.findall(r'aria-labelledby="([^"]+)"', html))
    targets |= set(re.findall(r'<label for="([^"]+)"', html))
    targets |= {name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()}
    assert targets <= set(ids)


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_no_template_carries_style_or_script(template):
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"\sstyle\s*=|<style|<script|\son[a-z]+\s*=|javascript:", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_no_template_asks_another_host(template):
    source = template.read_text(encoding="utf-8")

    assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=relative)
def test_a_page_leaves_the_seam_to_the_city_alone(template):
    source = template.read_text(encoding="utf-8")

    if re.search(r"{% extends \"oscar_marketplace/base/(?:shop|plain|stall)\.html\"", source):
        assert not re.search(r"{% block (?:title|content) %}", source), "fill page_title and main instead"
