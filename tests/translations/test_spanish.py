"""One Spanish, and what Mexico and Spain call otherwise: on the same page, each country its own words."""

import json
import subprocess
import sys

import polib
import pytest
from django.utils import translation

from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import Shopper, text
from tests.test_messages import CHECKOUT, NEUTRAL, WORDS_OF_SPAIN, package_of, texts_of


@pytest.fixture
def spain(settings):
    """A site in Spain: Django looks these words up as it does those of the app."""
    settings.LOCALE_PATHS = [WORDS_OF_SPAIN, *settings.LOCALE_PATHS]
    settings.LANGUAGES = [("es-es", "Español (España)"), ("es-mx", "Español (México)"), ("en", "English")]


@pytest.fixture
def neutral(settings):
    settings.LANGUAGES = [("es", "Español"), ("es-mx", "Español (México)"), ("en", "English")]


def empty_basket(code: str) -> str:
    return text(Shopper(language=code).get("basket"))


@pytest.mark.django_db
def test_the_basket_in_mexico_and_in_spain(spain):
    mexican, spanish = empty_basket("es-mx"), empty_basket("es-es")

    assert "Su carrito está vacío" in mexican
    assert "cesta" not in mexican.lower()
    assert "Su cesta está vacía" in spanish
    assert "carrito" not in spanish.lower()


@pytest.mark.django_db
def test_the_basket_in_a_country_without_words_of_its_own(neutral):
    assert "Su carrito está vacío" in empty_basket("es")


@pytest.mark.django_db
def test_where_a_stall_is_in_each_spanish(spain):
    stall = factories.make_stall()
    number = stall.places.get().pitch.number

    assert f"Local {number}" in text(Shopper(language="es-mx").get("stall", stall.slug))
    assert f"Puesto {number}" in text(Shopper(language="es-es").get("stall", stall.slug))


SAID = """
import json, os, sys
from importlib import import_module
settings = import_module(os.environ["DJANGO_SETTINGS_MODULE"])
settings.INSTALLED_APPS = [*json.loads(sys.argv[1]), *settings.INSTALLED_APPS]
import django
django.setup()
from django.utils import translation
said = {}
for code in ("es", "es-ar", "es-mx", "es-es"):
    with translation.override(code):
        said[code] = [translation.gettext(each) for each in json.loads(sys.argv[2])]
print(json.dumps(said))
"""
TEXTS = ["Add to the basket", "Mobile phone", "pick-up desk", "open-air market", "wave", "order"]
SHARED = ["Agregar al carrito", "Teléfono móvil", "punto de entrega", "mercado al aire libre"]
SHARED += ["horario de entrega con fecha", "pedido"]
MEXICAN = ["Agregar al carrito", "Celular", "módulo de entrega", "tianguis", "horario de entrega con fecha", "pedido"]
SPANISH = ["Añadir a la cesta", "Móvil", "punto de recogida", "mercadillo", "franja con fecha", "pedido"]


@pytest.mark.parametrize(
    ("apps", "said"),
    [
        ([], {"es": SHARED, "es-ar": SHARED, "es-mx": MEXICAN, "es-es": SHARED}),
        # Python's gettext takes es to mean es_ES.
        (["oscar_marketplace.spain"], {"es": SPANISH, "es-ar": SHARED, "es-mx": MEXICAN, "es-es": SPANISH}),
    ],
)
def test_the_same_words_with_and_without_the_app_of_spain(apps, said):
    done = subprocess.run(
        [sys.executable, "-c", SAID, json.dumps(apps), json.dumps(TEXTS)], cwd=CHECKOUT, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == said


@pytest.mark.parametrize("ours", NEUTRAL, ids=package_of)
@pytest.mark.parametrize("code", ["es", "es-mx"])
def test_our_words_stand_before_those_of_others_for_the_same_text(ours, code):
    texts = texts_of(ours)
    if code == "es-mx":
        texts |= texts_of(ours.parents[2] / "es_MX/LC_MESSAGES/django.po")

    with translation.override(code):
        others = {
            entry.msgid: said
            for entry in texts.values()
            if not entry.msgid_plural and (said := words_for(entry)) != entry.msgstr
        }

    assert others == {}


def words_for(entry: polib.POEntry) -> str:
    if entry.msgctxt:
        return translation.pgettext(entry.msgctxt, entry.msgid)
    return translation.gettext(entry.msgid)
