"""Goods are called at the stall as the stall calls them, whatever the shopper read when ordering."""

import pytest
from django.utils import translation

from oscar_marketplace.notifications.to_market import stall_order_new
from oscar_marketplace.notifications.to_shopper import order_placed
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import fresh, only_line, text_of

pytestmark = pytest.mark.django_db

SPANISH = '<b lang="es">Aguacate Hass</b>'


@pytest.fixture
def avocado(counter):
    with translation.override("es"):
        product = factories.make_product("Aguacate Hass", title_en="Hass avocado")
    return counter.sells(None, product=product, is_estimated=True)


def test_an_english_shoppers_goods_are_spanish_at_a_spanish_stall(counter, avocado):
    part = counter.new((avocado, 2))
    line = only_line(part)

    today = counter.get("today")
    answer = counter.get("order", part)
    refused = counter.post("answer", part, version=part.version, **{f"l{line.pk}": "less", f"a{line.pk}": "x"})
    counter.post("answer", part, version=part.version, **{f"l{line.pk}": "yes"})
    pack = counter.get("order", part)
    unweighed = counter.post("pack", part, version=fresh(part).version, bags="1", **{f"w{line.pk}": ""})
    counter.post("pack", part, version=fresh(part).version, bags="1", **{f"w{line.pk}": "500"})
    ready = counter.get("order", part)

    assert (line.title, part.shopper_language, part.stall_language) == ("Hass avocado", "en", "es")
    pages = [today, answer, refused, pack, unweighed, ready]
    assert [page for page in pages if "Hass avocado" in page.content.decode()] == []
    assert '<span lang="es"><img' in today.content.decode() and 'alt="Aguacate Hass"' in today.content.decode()
    assert [SPANISH in page.content.decode() for page in (answer, pack, ready)] == [True, True, True]
    assert "Aguacate Hass: Write a number" in text_of(refused)
    assert "Aguacate Hass: Write how much you packed." in text_of(unweighed)


def test_an_order_that_is_over_names_the_goods_of_the_stall(counter, avocado):
    part = counter.new((avocado, 2))
    counter.post("reject", part, version=part.version)

    assert SPANISH in counter.get("order", part).content.decode()


def test_each_letter_is_in_its_readers_words(counter, avocado):
    part = counter.new((avocado, 2))

    [to_luis, _to_rosa] = stall_order_new({"stall_order": part.pk})
    [to_shopper] = order_placed({"order": part.order_id})

    assert "Aguacate Hass" in to_luis.write()[1]
    assert "Hass avocado" in to_shopper.write()[1]


def test_where_the_stalls_language_has_no_text_the_frozen_one_stays_and_says_its_language(counter, avocado):
    part = counter.new((avocado, 2))
    StallOrder.objects.filter(pk=part.pk).update(stall_language="fr")

    with translation.override("es"):
        page = counter.client.get(counter.url("order", part), headers={"accept-language": "es"}).content.decode()

    assert '<b lang="en">Hass avocado</b>' in page


def test_goods_that_left_the_shop_keep_the_frozen_text(counter, avocado):
    part = counter.new((avocado, 2))
    part.lines.update(listing=None)

    assert "<b>Hass avocado</b>" in counter.get("order", part).content.decode()


def test_a_stall_of_a_country_reads_its_language(counter, avocado):
    part = counter.new((avocado, 2))
    StallOrder.objects.filter(pk=part.pk).update(stall_language="es-mx")

    assert SPANISH in counter.get("order", part).content.decode()
