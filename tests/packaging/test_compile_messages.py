"""Translations are compiled without the system's gettext."""

import gettext
import os
import runpy
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "stall"
msgstr "puesto"

msgctxt "of a courier"
msgid "run"
msgstr "ruta"

msgid "%(count)s stall"
msgid_plural "%(count)s stalls"
msgstr[0] "%(count)s puesto"
msgstr[1] "%(count)s puestos"

#, fuzzy
msgid "wave"
msgstr "ola"
"""


@pytest.fixture
def script() -> dict:
    return runpy.run_path(str(CHECKOUT / "scripts" / "compile_messages.py"))


@pytest.fixture
def source(tmp_path) -> Path:
    path = tmp_path / "oscar_marketplace" / "locale" / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE)
    return path


def test_compiled_catalogue_translates(script, source, tmp_path):
    script["main"](tmp_path)

    with source.with_suffix(".mo").open("rb") as stream:
        spanish = gettext.GNUTranslations(stream)
    assert spanish.gettext("stall") == "puesto"
    assert spanish.pgettext("of a courier", "run") == "ruta"
    assert spanish.ngettext("%(count)s stall", "%(count)s stalls", 3) == "%(count)s puestos"
    assert spanish.gettext("wave") == "wave", "a fuzzy entry is a guess nobody confirmed"


def test_only_what_changed_is_compiled_again(script, source, tmp_path):
    script["main"](tmp_path)
    assert script["stale_catalogues"](tmp_path) == []

    later = source.with_suffix(".mo").stat().st_mtime + 10
    os.utime(source, (later, later))

    assert script["stale_catalogues"](tmp_path) == [source]


def test_a_catalogue_of_a_language_nobody_listed_compiles(script, source, tmp_path):
    nahuatl = source.parents[2] / "nah" / "LC_MESSAGES" / "django.po"
    nahuatl.parent.mkdir(parents=True)
    nahuatl.write_text(CATALOGUE)

    script["main"](tmp_path)

    assert nahuatl.with_suffix(".mo").exists()


def test_a_broken_catalogue_stops_the_build_and_leaves_nothing(script, source, tmp_path):
    source.write_text('msgid "stall"\n<<<<<<< HEAD\nmsgstr "puesto"\n')

    with pytest.raises(OSError, match="line 2"):
        script["main"](tmp_path)

    assert list(source.parent.iterdir()) == [source]


COUNTRY = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "stall"
msgstr "local"
"""


def test_a_countrys_catalogue_is_completed_by_its_languages(script, source, tmp_path):
    country = source.parents[2] / "es_MX" / "LC_MESSAGES" / "django.po"
    country.parent.mkdir(parents=True)
    country.write_text(COUNTRY)

    script["main"](tmp_path)

    with country.with_suffix(".mo").open("rb") as stream:
        mexican = gettext.GNUTranslations(stream)
    assert mexican.gettext("stall") == "local"
    assert mexican.pgettext("of a courier", "run") == "ruta"
    assert mexican.ngettext("%(count)s stall", "%(count)s stalls", 3) == "%(count)s puestos"
    assert mexican.gettext("wave") == "wave"


def test_a_countrys_catalogue_is_compiled_again_when_its_languages_changed(script, source, tmp_path):
    country = source.parents[2] / "es_MX" / "LC_MESSAGES" / "django.po"
    country.parent.mkdir(parents=True)
    country.write_text(COUNTRY)
    script["main"](tmp_path)

    later = country.with_suffix(".mo").stat().st_mtime + 10
    os.utime(source, (later, later))

    assert script["stale_catalogues"](tmp_path) == [source, country]
