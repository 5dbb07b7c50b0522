"""Pictures of goods and line icons: there, small, with a licence, and never a broken image."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from oscar_marketplace import icons

PACKAGE = Path(__file__).resolve().parents[3] / "oscar_marketplace"
FOLDER = PACKAGE / "static" / "oscar_marketplace" / "icons"
NOT_GOODS = {"ui", "qr-example"}
GOODS = sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem not in NOT_GOODS)
TEMPLATES = sorted((PACKAGE / "templates").rglob("*.html"))


def render(source: str, **context) -> str:
    return Template("{% load mercado %}" + source).render(Context(context))


@pytest.mark.parametrize("name", GOODS)
def test_picture_is_small_square_and_inert(name):
    text = (FOLDER / f"{name}.svg").read_text(encoding="utf-8")

    assert len(text.encode()) < 6_000
    assert ElementTree.fromstring(text).get("viewBox") == "0 0 128 128"
    assert not re.search(r"<script|<style|style=|href=[\"']http|\son[a-z]+=", text)


def test_each_picture_is_listed_and_each_listed_picture_exists():
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert sorted(listed) == GOODS


def test_the_licence_goes_with_them():
    licence = (FOLDER / "LICENSE.txt").read_text(encoding="utf-8")

    assert "Noto Emoji" in licence
    assert "Apache License, Version 2.0" in licence
    assert "Apache License" in (FOLDER / "LICENSE-Apache-2.0.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE / "templates")))
def test_every_icon_a_template_names_exists(template):
    source = template.read_text(encoding="utf-8")

    named = set(re.findall(r"{% icon \"([^\"]+)\"", source)) | set(re.findall(r"\bicon=\"([^\"]*)\"", source))
    pictures = set(re.findall(r"{% product_(?:icon|picture) \"([^\"]+)\"", source))
    assert {name for name in named if name} <= set(icons.sprite_symbols()) | set(GOODS)
    assert set(re.findall(r"{% icon \"([^\"]+)\"", source)) <= set(icons.sprite_symbols())
    assert pictures <= set(GOODS)


def test_line_icon_is_a_symbol_of_the_sprite_on_the_same_origin():
    assert render('{% icon "bag" %}') == (
        '<svg class="mk-ui" aria-hidden="true"><use href="/static/oscar_marketplace/icons/ui.svg#bag"/></svg>'
    )


@pytest.mark.parametrize("static_url", ["https://cdn.example.org/s/", "//cdn.example.org/s/"])
def test_line_icon_comes_with_the_page_when_static_files_are_on_another_host(settings, static_url):
    settings.STATIC_URL = static_url

    svg = render('{% icon "check" %}')

    assert svg == '<svg class="mk-ui" aria-hidden="true" viewBox="0 0 24 24"><path d="m4.5 12.5 5 5 10-11" /></svg>'


def test_a_line_icon_that_is_not_there_is_an_error():
    with pytest.raises(LookupError, match="unicorn"):
        render('{% icon "unicorn" %}')


def test_product_icon_stands_on_its_colour_card():
    assert render('{% product_icon "tomato" "rojo" %}') == (
        '<span class="mk-pic" data-hue="rojo"><img src="/static/oscar_marketplace/icons/tomato.svg" alt=""'
        ' width="72" height="72" loading="lazy"></span>'
    )


@pytest.mark.parametrize("name", ["", "no-such-thing", "../ui", "Tomato", 'x" onload="alert(1)', None])
def test_a_product_without_a_picture_shows_the_market_bag(name):
    html = render("{% product_icon name hue %}", name=name, hue='"><script>')

    assert 'src="/static/oscar_marketplace/icons/shopping-bags.svg"' in html
    assert "<script>" not in html


def test_a_picture_alone_may_carry_its_name():
    html = render('{% product_picture "herb" side=40 alt=name %}', name='Cilantro "criollo"')

    assert 'alt="Cilantro &quot;criollo&quot;" width="40" height="40"' in html
