"""French comes to the example and goes again by the steps of the guide, word for word."""

import shutil

import polib
import pytest

from tests.translations.conftest import ENGINES
from tests.translations.example import CHECKOUT, Example, guide_blocks
from tests.translations.project import installed_migrations, languages_of
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

LISTS = ("LANGUAGES", "MODELTRANSLATION_LANGUAGES", "MODELTRANSLATION_FALLBACK_LANGUAGES")
THREE_STEPS = "Add a language in three steps"
SHOWN = "SELECT title, title_es, title_en FROM catalogue_product ORDER BY id"
#: On each database; one of them with the city's own versions of Oscar's apps. (test_forks.py has the other two.)
PROJECTS = [
    pytest.param(("sqlite", ()), id="sqlite"),
    pytest.param(("postgresql", ("catalogue", "partner", "order")), marks=ENGINES[1].marks, id="postgresql-forks"),
]


@pytest.fixture(params=PROJECTS)
def example(request, tmp_path):
    engine, forks = request.param
    example = Example(tmp_path / "site", engine=engine, forks=forks)
    example.migrate()
    example.keys = example.seed("seed_market")
    yield example
    example.drop_database()


def carry_out(example, typed: list[str]) -> None:
    for line in typed:
        python, script, *arguments = line.split()
        assert (python, script) == ("python", "manage.py")
        example.manage(*arguments)


def make_words(example) -> None:
    """Step three: a copy of the Spanish catalogue, as far as it is translated, compiled."""
    source = CHECKOUT / "oscar_marketplace/locale/es/LC_MESSAGES/django.po"
    target = example.folder / "locale/fr/LC_MESSAGES/django.po"
    target.parent.mkdir(parents=True)
    shutil.copy(source, target)
    catalogue = polib.pofile(str(target))
    for entry in catalogue:
        is_empty_basket = entry.msgstr.startswith("Su carrito está vacío")
        entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
        if is_empty_basket:
            entry.msgstr = "Votre panier est vide"
    catalogue.save()
    example.manage("compilemessages", "--locale", "fr")


def test_french_comes_and_goes_by_the_steps_of_the_guide(example):
    outside, files = installed_migrations(), example.own_files()
    before, own_migrations = example.settings_lines(*LISTS), example.text_migrations()
    texts, plain = example.rows(SHOWN), example.schema()
    assert len(texts) == 2

    # One: the settings, as they stand in the guide.
    [settings] = guide_blocks(THREE_STEPS, "python")
    example.write_settings(*settings.splitlines())
    # Two: the columns.
    carry_out(example, guide_blocks(THREE_STEPS, "console"))
    # Three: the words.
    make_words(example)

    schema = example.schema()
    assert example.text_migrations() == [*own_migrations, "0003_add_fr"]
    assert languages_of(schema["catalogue_product"], "title") == ["en", "es", "fr"]
    assert example.rows(SHOWN) == texts
    example.assert_nothing_is_missing()
    assert schema == example.schema_of_models(example.folder.parents[1] / "models/example_site")
    assert "no issues" in example.manage("check", "--database", "default")
    example.write("UPDATE catalogue_product SET title_fr = 'Tomate' WHERE title = 'Jitomate'")
    with example.server() as address:
        shopper = Visitor(address, "fr")
        stall = shopper.open(f"/stalls/{example.keys['stall']}/")
        assert '<html lang="fr"' in stall.html
        assert "Tomate" in stall.text
        assert '<h1 lang="es">Doña Chayo</h1>' in stall.html
        assert "Votre panier est vide" in shopper.open("/my-basket/").text
        assert "Su carrito está vacío" in Visitor(address, "es-mx").open("/my-basket/").text

    # And gone again: out of the three lists, and the same two commands.
    example.write_settings(*before)
    carry_out(example, guide_blocks(THREE_STEPS, "console"))

    assert example.rows(SHOWN) == texts
    assert example.schema() == plain
    example.assert_nothing_is_missing()
    assert "no issues" in example.manage("check", "--database", "default")
    with example.server() as address:
        page = Visitor(address, "fr").open(f"/stalls/{example.keys['stall']}/")
        assert '<html lang="es-mx"' in page.html
        assert "Jitomate" in page.text
    # Neither the installed packages nor the project's other files changed.
    assert installed_migrations() == outside
    assert {path: text for path, text in example.own_files().items() if "translations/migrations" not in path} == {
        path: text for path, text in files.items() if "translations/migrations" not in path
    }


def test_the_guide_says_the_steps_for_the_example_as_it_is():
    [settings] = guide_blocks(THREE_STEPS, "python")
    example = (CHECKOUT / "example_site/settings.py").read_text()

    assert guide_blocks(THREE_STEPS, "console") == ["python manage.py makemigrations", "python manage.py migrate"]
    for line in settings.splitlines():
        without_french = line.replace(', ("fr", "Français")', "").replace(', "fr"', "")
        assert without_french != line
        assert f"\n{without_french}\n" in example
