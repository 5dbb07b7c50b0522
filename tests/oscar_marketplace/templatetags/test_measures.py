"""Quantities as people say them."""

from decimal import Decimal

import pytest

from oscar_marketplace.listings.models import Unit
from oscar_marketplace.measures import say_measure, say_per

KILO = Unit(kind="weight", base_amount=Decimal(1000), symbol="kg", name="kilo", name_plural="kilos")
GRAM = Unit(kind="weight", base_amount=Decimal(1), symbol="g", name="gramo", name_plural="gramos")
LITRE = Unit(kind="volume", base_amount=Decimal(1000), symbol="l", name="litro", name_plural="litros")
BUNCH = Unit(kind="count", base_amount=None, symbol="", name="manojo", name_plural="manojos")
DOZEN = Unit(kind="count", base_amount=None, symbol="", name="docena", name_plural="docenas")
QUARTER_AND_HALF = Unit(
    kind="weight", base_amount=Decimal(375), symbol="", name="cuarto y mitad", name_plural="cuartos y mitades"
)


@pytest.mark.parametrize(
    ("amount", "unit", "said"),
    [
        ("0.25", KILO, "¼ kg"),
        ("0.500", KILO, "½ kg"),
        ("0.75", KILO, "¾ kg"),
        ("1", KILO, "1 kg"),
        ("1.5", KILO, "1½ kg"),
        ("10.000", KILO, "10 kg"),
        ("12.25", KILO, "12¼ kg"),
        ("0", KILO, "0 kg"),
        ("0.1", KILO, "100 g"),
        ("0.35", KILO, "350 g"),
        ("0.75", LITRE, "¾ l"),
        ("0.2", LITRE, "200 ml"),
        ("250", GRAM, "250 g"),
        ("1100.000", GRAM, "1100 g"),
        ("1", BUNCH, "1 manojo"),
        ("2", BUNCH, "2 manojos"),
        ("0", BUNCH, "0 manojos"),
        ("0.5", DOZEN, "½ docena"),
        ("1.5", DOZEN, "1½ docenas"),
        ("1", QUARTER_AND_HALF, "1 cuarto y mitad"),
    ],
)
def test_said_alike_in_both_languages(amount, unit, said):
    assert say_measure(Decimal(amount), unit, "es-mx") == said
    assert say_measure(Decimal(amount), unit, "en") == said


@pytest.mark.parametrize(
    ("language", "said"), [("es-mx", "1.040 kg"), ("en", "1.040 kg"), ("es", "1,040 kg"), ("es-es", "1,040 kg")]
)
def test_what_a_scale_shows_keeps_its_decimals_in_the_language_of_the_reader(language, said):
    assert say_measure(Decimal("1.04"), KILO, language) == said


def test_rounds_to_the_gram_half_up():
    assert say_measure(Decimal("1.0405"), KILO, "en") == "1.041 kg"


def test_the_active_language_is_the_default(settings):
    from django.utils import translation

    with translation.override("es"):
        assert say_measure(Decimal("2.3"), BUNCH) == "2,3 manojos"


def test_what_follows_a_price_names_the_unit():
    assert say_per(BUNCH, "en") == "per manojo"
