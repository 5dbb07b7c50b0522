"""The app of a translated model renames something: the columns follow, and no text is lost on any database."""

import pytest

from tests.translations.project import languages_of

pytestmark = pytest.mark.slow

HEADLINES = "SELECT headline, headline_es, headline_en FROM noticeboard_notice"


def rename_the_field(city) -> None:
    """As a new release of the app does: with its migration."""
    city.replace("noticeboard/models.py", ("title = ", "headline = "), ("self.title", "self.headline"))
    city.replace("noticeboard/translation.py", ('"title"', '"headline"'))
    city.write_migration("0002_headline", after="noticeboard.0001_initial", operation=RENAME_FIELD)


RENAME_FIELD = 'RenameField("notice", "title", "headline")'
RENAME_MODEL = 'RenameModel("Notice", "Poster")'


def test_a_renamed_field(notice_city):
    city = notice_city
    rename_the_field(city)

    said = city.take_over()

    assert "Rename field title_es on notice to headline_es (in noticeboard)" in said
    assert city.text_migrations()[2:] == ["0003_rename_columns", "0004_texts"]
    assert city.rows(HEADLINES) == [("Cerrado", "Cerrado", "Closed")]
    city.assert_nothing_is_missing()

    # A database that is made anew runs the app's migration before the columns are there.
    city.make_database()
    city.manage("migrate", "--verbosity", "0")

    assert languages_of(city.schema()["noticeboard_notice"], "headline") == ["en", "es"]
    city.assert_nothing_is_missing()


def test_a_renamed_field_on_a_database_that_had_no_columns_yet(notice_city):
    city = notice_city
    rename_the_field(city)
    city.make_migrations()
    city.manage("migrate", "texts", "zero", "--verbosity", "0")
    city.manage("migrate", "noticeboard", "0002", "--verbosity", "0")
    city.write("UPDATE noticeboard_notice SET headline = 'Feria el sábado'")

    city.manage("migrate", "--verbosity", "0")

    assert city.rows(HEADLINES) == [("Feria el sábado", "Feria el sábado", None)]


def test_a_model_renamed_by_another_package(notice_city):
    city = notice_city
    city.replace("noticeboard/models.py", ("class Notice", "class Poster"))
    city.replace("noticeboard/translation.py", ("import Notice", "import Poster"), ("(Notice)", "(Poster)"))
    city.write_migration("0002_poster", after="noticeboard.0001_initial", operation=RENAME_MODEL)

    # On a new database our columns would come after it: what to write is said in words.
    refused = city.run("manage.py", "makemigrations")
    advice = 'Write in the migration of \'texts\': run_before = [("noticeboard", "<name of that migration>")].'
    assert (refused.returncode, advice in refused.stderr) == (1, True), refused.stderr
    city.replace(
        "texts/migrations/0001_initial.py",
        ("    dependencies = [", '    run_before = [("noticeboard", "0002_poster")]\n    dependencies = ['),
    )
    city.manage("migrate", "--verbosity", "0")

    assert city.rows("SELECT title, title_es, title_en FROM noticeboard_poster") == [("Cerrado", "Cerrado", "Closed")]
    city.assert_nothing_is_missing()
    city.make_database()
    city.manage("migrate", "--verbosity", "0")
    assert languages_of(city.schema()["noticeboard_poster"], "title") == ["en", "es"]


def test_a_deleted_model_takes_its_columns_along(notice_city):
    city = notice_city
    city.write_file("noticeboard/models.py", "")
    city.write_file("noticeboard/translation.py", "")

    said = city.take_over()

    # The project's own app: its migration is made to wait for the columns, so a new database runs them first.
    assert "Delete model Notice" in said
    assert "noticeboard_notice" not in city.schema()
    city.assert_nothing_is_missing()
    city.make_database()
    city.manage("migrate", "--verbosity", "0")
    city.assert_nothing_is_missing()
