"""The same in a city that has its own versions of Oscar's apps, their migrations renamed."""

import pytest

from tests.translations.conftest import ENGINES, made_city
from tests.translations.project import installed_migrations, languages_of

pytestmark = pytest.mark.slow

FORKS = ("catalogue", "partner", "order", "basket", "checkout", "dashboard")


@pytest.mark.parametrize("engine", ENGINES)
def test_languages_come_and_go_where_oscars_apps_are_forked(engine, tmp_path):
    city = made_city(tmp_path, engine=engine, forks=FORKS)
    outside = installed_migrations()
    assert "city_code" in city.schema()["catalogue_product"]

    city.speak("es", "en")
    files = city.own_files()
    city.take_over()
    city.speak("es", "en", "fr")
    city.take_over()

    city.assert_nothing_is_missing()
    schema = city.schema()
    assert schema == city.schema_of_models(tmp_path / "from_models")
    assert languages_of(schema["catalogue_product"], "title") == ["en", "es", "fr"]

    city.speak("es", "en")
    city.take_over()

    city.assert_nothing_is_missing()
    assert languages_of(city.schema()["catalogue_product"], "title") == ["en", "es"]
    assert city.rows("SELECT title, title_es FROM catalogue_product WHERE id = 1") == [("Postcard", "Postcard")]
    # Neither the installed packages nor the city's forks have a file more or less.
    assert installed_migrations() == outside
    assert {path for path in city.own_files() if "migrations" in path} == {
        path for path in files if "migrations" in path
    }

    city.manage("migrate", "texts", "zero", "--verbosity", "0")

    assert languages_of(city.schema()["catalogue_product"], "title") == []
    city.drop_database()
