"""Migration histories as they become with the years: squashed, begun otherwise, with commands of the project's own."""

import pytest

from tests.translations.conftest import made_city
from tests.translations.project import languages_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def noticeboard_on_sqlite(tmp_path_factory):
    return made_city(tmp_path_factory.mktemp("plain"), engine="sqlite", apps=("noticeboard",))


@pytest.fixture
def city(noticeboard_on_sqlite, tmp_path):
    return noticeboard_on_sqlite.twin(tmp_path / "shop")


def test_a_squashed_history_of_the_translations(city):
    city.speak("es", "en")
    city.take_over()
    city.speak("es", "en", "fr")
    city.take_over()
    city.speak("es", "en")
    city.take_over()
    schema = city.schema()
    first, *_between, last = city.text_migrations()

    city.manage("squashmigrations", "texts", last, "--no-input")

    # What came and went is in it no more, and databases in both states go on.
    squashed = next((city.folder / "texts/migrations").glob("*squashed*")).read_text()
    assert "title_es" in squashed
    assert "RenameField" not in squashed
    city.assert_nothing_is_missing()
    city.manage("migrate", "--verbosity", "0")
    city.make_database()
    city.manage("migrate", "--verbosity", "0")
    assert city.rows("SELECT name FROM django_migrations WHERE app = 'texts' AND name LIKE '%squashed%'")
    assert city.schema() == schema
    city.speak("es", "en", "nah")
    assert "title_nah" in city.take_over()
    city.assert_nothing_is_missing()


def test_a_squashed_history_of_a_translated_app(city):
    city.speak("es", "en")
    city.take_over()
    city.replace("noticeboard/models.py", ("max_length=80", "max_length=120"))
    said = city.take_over()
    assert "Alter field title_es on notice (in noticeboard)" in said
    city.write("INSERT INTO noticeboard_notice (title, title_es) VALUES ('Cerrado', 'Cerrado')")

    city.manage("squashmigrations", "noticeboard", "0002", "--no-input")

    city.assert_nothing_is_missing()
    city.manage("migrate", "--verbosity", "0")
    assert city.rows("SELECT title_es FROM noticeboard_notice") == [("Cerrado",)]
    city.make_database()
    city.manage("migrate", "--verbosity", "0")
    city.assert_nothing_is_missing()
    assert languages_of(city.schema()["noticeboard_notice"], "title") == ["en", "es"]


def test_an_app_that_has_its_columns_in_its_own_migrations_goes_on_with_that(city):
    # The project had django-modeltranslation before us, and its own app's migrations have the columns.
    city.speak(extra=ONLY_MODELTRANSLATION.format(languages=("es", "en")))
    assert "noticeboard/migrations/0002" in city.take_over()
    city.write("INSERT INTO noticeboard_notice (title, title_es, title_en) VALUES ('Cerrado', 'Cerrado', 'Closed')")
    city.speak("es", "en")

    said = city.take_over()

    assert "noticeboard" not in said
    assert "Add field title_es to product (in catalogue)" in said
    assert city.rows("SELECT title_es, title_en FROM noticeboard_notice") == [("Cerrado", "Closed")]

    # A further language of that app is a migration of that app.
    city.speak("es", "en", "fr")
    said = city.take_over()

    assert "Add field title_fr to notice\n" in said
    assert "Add field title_fr to product (in catalogue)" in said
    city.assert_nothing_is_missing()
    city.manage("migrate", "texts", "zero", "--verbosity", "0")
    assert languages_of(city.schema()["noticeboard_notice"], "title") == ["en", "es", "fr"]


ONLY_MODELTRANSLATION = """
INSTALLED_APPS = ["modeltranslation", *INSTALLED_APPS]
MODELTRANSLATION_LANGUAGES = {languages}
"""


def test_a_project_with_its_own_commands(city):
    city.write_file("tools/detector.py", OWN_DETECTOR)
    for name in ("makemigrations", "migrate"):
        city.write_file(f"tools/management/commands/{name}.py", OWN_COMMAND.format(name=name))
    for folder in ("tools", "tools/management", "tools/management/commands"):
        city.write_file(f"{folder}/__init__.py", "")
    city.speak("es", "en", extra='INSTALLED_APPS = ["tools", *INSTALLED_APPS]\n')

    # The city's commands would write into installed packages: a check says so, and what to write.
    refused = city.run("manage.py", "makemigrations")
    assert refused.returncode == 1
    assert refused.stderr.count("(oscar_marketplace.E035)") == 2
    assert "from oscar_marketplace.translations.autodetector" in refused.stderr
    assert city.text_migrations() == []

    # Its detector takes ours in.
    city.replace(
        "tools/detector.py",
        ("(MigrationAutodetector)", "(HostOwnedTranslationsMixin, MigrationAutodetector)"),
        (
            "\n\n\nclass",
            "\nfrom oscar_marketplace.translations.autodetector import HostOwnedTranslationsMixin\n\n\nclass",
        ),
    )
    said = city.take_over()

    assert "the city's own" in said
    assert "Migrations for 'texts'" in said
    city.assert_nothing_is_missing()


OWN_DETECTOR = """from django.db.migrations.autodetector import MigrationAutodetector


class Detector(MigrationAutodetector):
    def changes(self, *args, **kwargs):
        print("the city's own")
        return super().changes(*args, **kwargs)
"""
OWN_COMMAND = """from django.core.management.commands import {name}

from tools.detector import Detector


class Command({name}.Command):
    autodetector = Detector
"""
