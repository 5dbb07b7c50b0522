"""Shoppers' pages in two languages: sorted by what is shown, filtered in any language, each text in its own."""

import pytest
from django.utils import translation

from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Shopper, text

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def market():
    with translation.override("es"):
        market = factories.make_market(name="Mercado Alameda", slug="alameda")
        sections = ("Carnes", "Meat"), ("Flores", "Flowers"), ("Yerbas", None)
        for (spanish, english), name, english_name in zip(
            sections, ("Aves", "Zempasúchil", "Manzanilla"), ("Poultry", "Marigold", None), strict=True
        ):
            stall = factories.make_stall(market=market, name=name)
            stall.name_en = english_name
            stall.save()
            pitch = stall.places.get().pitch
            pitch.section_es, pitch.section_en = spanish, english
            pitch.save()
    return market


def in_order(page: str, *words: str) -> bool:
    places = [page.index(word) for word in words]
    return places == sorted(places)


@pytest.mark.parametrize(
    ("language", "names", "sections"),
    [
        ("es-mx", ("Aves", "Manzanilla", "Zempasúchil"), ("Carnes", "Flores", "Yerbas")),
        ("en", ("Manzanilla", "Marigold", "Poultry"), ("Flowers", "Meat", "Yerbas")),
    ],
)
def test_stalls_and_sections_are_sorted_by_what_is_shown(market, language, names, sections):
    page = text(Shopper(language=language).get("market", market.slug))

    assert in_order(page, *names)
    assert in_order(page, *sections)


@pytest.mark.parametrize("language", ["es-mx", "en"])
@pytest.mark.parametrize("section", ["Flores", "Flowers"])
def test_a_section_is_found_by_its_name_in_any_language(market, language, section):
    answer = Shopper(language=language).get("market", market.slug, query=f"?section={section}")

    shown = {"es-mx": ("Zempasúchil", "Aves", "Flores"), "en": ("Marigold", "Poultry", "Flowers")}[language]
    page = answer.content.decode()
    assert shown[0] in page
    assert shown[1] not in page
    tabs = {each["label"]: each["is_current"] for each in answer.context["sections"]}
    assert [label for label, is_current in tabs.items() if is_current] == [shown[2]]


def test_a_text_that_falls_back_carries_its_language(market):
    page = Shopper(language="en").get("market", market.slug).content.decode()

    assert '<h1 lang="es">Mercado Alameda</h1>' in page
    assert 'lang="es">Manzanilla<' in page
    assert ">Marigold<" in page
    assert 'lang="en"' not in page.partition("<body")[2].replace('hreflang="en"', "")
    spanish = Shopper(language="es-mx").get("market", market.slug).content.decode()
    assert "<h1>Mercado Alameda</h1>" in spanish


def test_a_text_that_is_in_english_only_says_so_on_a_spanish_page(market):
    stall = market.pitches.get(section_es="Flores").occupations.get().stall
    stall.name_es = ""
    stall.save()

    page = Shopper(language="es-mx").get("market", market.slug).content.decode()

    assert 'lang="en">Marigold<' in page


def test_listings_are_sorted_by_what_is_shown(market):
    stall = factories.make_stall(market=market)
    with translation.override("es"):
        for spanish, english in (("Ajo", "Garlic"), ("Berro", "Watercress"), ("Zanahoria", "Carrot"), ("Hinojo", "")):
            product = factories.make_product(spanish, title_en=english)
            factories.make_listing(stall=stall, product=product)

    spanish, english = (text(Shopper(language=each).get("stall", stall.slug)) for each in ("es-mx", "en"))

    assert in_order(spanish, "Ajo", "Berro", "Hinojo", "Zanahoria")
    assert in_order(english, "Carrot", "Garlic", "Hinojo", "Watercress")
