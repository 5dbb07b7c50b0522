"""Spanish is complete: nothing untranslated, nothing guessed, no placeholder lost, nothing in the code left out.

``es`` is the Spanish that Mexico and Spain share, and whole; ``es_MX`` and ``es_ES`` hold only the words that differ,
the latter in an app of its own.
"""

import re
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

CHECKOUT = Path(__file__).resolve().parent.parent
PACKAGES = ("oscar_marketplace", "wagtail_mercado")
NEUTRAL = [CHECKOUT / package / "locale/es/LC_MESSAGES/django.po" for package in PACKAGES]
COUNTRIES = sorted(
    path for package in PACKAGES for path in CHECKOUT.glob(f"{package}/**/locale/*_*/LC_MESSAGES/django.po")
)
WORDS_OF_SPAIN = CHECKOUT / "oscar_marketplace/spain/locale"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|\{\}")


def language(path: Path) -> str:
    return path.parts[-3]


def package_of(path: Path) -> str:
    return path.relative_to(CHECKOUT).parts[0]


def name_of(path: Path) -> str:
    return f"{package_of(path)}-{language(path)}"


def neutral_of(path: Path) -> Path:
    return NEUTRAL[PACKAGES.index(package_of(path))]


def texts_of(path: Path) -> dict[tuple, polib.POEntry]:
    return {(entry.msgctxt, entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(path))}


@pytest.mark.parametrize("path", [*NEUTRAL, *COUNTRIES], ids=name_of)
def test_every_text_is_translated_and_keeps_its_placeholders(path):
    catalogue = polib.pofile(str(path))

    assert [entry.msgid for entry in catalogue if not entry.translated()] == []
    assert [entry.msgid for entry in catalogue if entry.fuzzy or entry.obsolete] == []
    for entry in catalogue:
        wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            lost = set(PLACEHOLDER.findall(entry.msgid)) - set(PLACEHOLDER.findall(text)) if entry.msgstr else set()
            assert set(PLACEHOLDER.findall(text)) <= wanted, entry.msgid
            assert not lost, entry.msgid


def test_there_is_a_catalogue_to_look_at():
    found = [path for each in PACKAGES for path in CHECKOUT.glob(f"{each}/**/locale/*/LC_MESSAGES/django.po")]

    assert sorted(map(name_of, found)) == [
        "oscar_marketplace-es",
        "oscar_marketplace-es_ES",
        "oscar_marketplace-es_MX",
        "wagtail_mercado-es",
        "wagtail_mercado-es_MX",
    ]


# The countries


@pytest.mark.parametrize("path", COUNTRIES, ids=name_of)
def test_a_country_has_only_what_differs_from_its_language(path):
    own, neutral = texts_of(path), texts_of(neutral_of(path))

    assert own.keys() <= neutral.keys()
    for key, entry in own.items():
        assert (entry.msgstr, entry.msgstr_plural) != (neutral[key].msgstr, neutral[key].msgstr_plural), key
    assert 0 < len(own) < len(neutral) / 5


#: Words that the other Spanishes say otherwise.
OF_MEXICO = (
    r"celular|módulo|locatari[oa]s?|tianguis|charola|renglón|renglones|giros?|surt[ie]\w*|empac\w+|colonia|jitomate"
)
OF_SPAIN = r"cesta|mercadillo|punto de recogida|justificante|datáfono|franjas?|plazas?|añad\w+"


@pytest.mark.parametrize(
    ("package", "countries", "foreign"),
    [
        *((package, [], f"{OF_MEXICO}|{OF_SPAIN}") for package in PACKAGES),
        *((package, ["es_MX"], OF_SPAIN) for package in PACKAGES),
        # Staff in Spain read the neutral words.
        ("oscar_marketplace", ["es_ES"], rf"{OF_MEXICO}|carritos?|agreg\w+"),
    ],
)
def test_no_word_of_another_country(package, countries, foreign):
    # As a shopper gets them: the country's words, and for the rest the neutral ones.
    own = [path for path in COUNTRIES if package_of(path) == package and language(path) in countries]
    texts = texts_of(NEUTRAL[PACKAGES.index(package)])
    for path in own:
        texts |= texts_of(path)

    found = {
        entry.msgid: text
        for entry in texts.values()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if re.search(rf"\b({foreign})\b", text, re.IGNORECASE)
    }

    assert found == {}


# The script that collects the texts


def test_a_country_loses_what_its_language_lacks_and_gains_nothing(tmp_path):
    neutral, country = polib.POFile(), polib.POFile()
    for text, word in (("Basket", "Carrito"), ("Order", "Pedido"), ("Tip", "Propina")):
        neutral.append(polib.POEntry(msgid=text, msgstr=word))
    for text, word in (("Basket", "Cesta"), ("Order", "Pedido"), ("Till", "Caja")):
        country.append(polib.POEntry(msgid=text, msgstr=word))
    country.save(str(tmp_path / "django.po"))

    gone = runpy.run_path(str(CHECKOUT / "scripts/make_messages.py"))["thin_out"](tmp_path / "django.po", neutral)

    assert gone == ["Order", "Till"]
    assert [entry.msgid for entry in polib.pofile(str(tmp_path / "django.po"))] == ["Basket"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs GNU gettext: apt install gettext")
@pytest.mark.parametrize("package", PACKAGES)
def test_the_catalogue_has_every_text_of_the_code(package, tmp_path):
    shutil.copytree(CHECKOUT / package, tmp_path / package)
    script = (
        "import sys, django, pathlib; sys.path.insert(0, sys.argv[1] + '/scripts'); django.setup();"
        "from make_messages import collect; collect('es', pathlib.Path(sys.argv[2]))"
    )
    subprocess.run(
        [sys.executable, "-c", script, str(CHECKOUT), str(tmp_path / package)],
        env={
            "DJANGO_SETTINGS_MODULE": "example_site.settings",
            "PYTHONPATH": str(CHECKOUT),
            "PATH": "/usr/bin:/bin",
            "EXAMPLE_VAR_DIR": str(tmp_path),
        },
        check=True,
    )

    made = tmp_path / package / "locale/es/LC_MESSAGES/django.po"
    assert texts_of(made).keys() == texts_of(NEUTRAL[PACKAGES.index(package)]).keys()
