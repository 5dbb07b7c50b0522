"""Cities before they speak several languages, one for each database, made once and copied for each test."""

import pytest

from tests.translations.project import City, server_url

ENGINES = [
    "sqlite",
    pytest.param(
        "postgresql",
        marks=pytest.mark.skipif(
            not server_url(), reason="no PostgreSQL server: scripts/with_postgres finds or makes one"
        ),
    ),
]


def made_city(folder, *, engine, forks=(), apps=()) -> City:
    """A shop with goods and a market with two stalls, in one language."""
    city = City(folder / "shop", engine=engine, forks=forks, apps=apps)
    city.migrate()
    city.keys = city.seed("seed_shop") | city.seed("seed_market")
    return city


@pytest.fixture(scope="session", params=ENGINES)
def plain_city(request, tmp_path_factory):
    """On each database."""
    city = made_city(tmp_path_factory.mktemp("plain"), engine=request.param)
    yield city
    city.drop_database()


@pytest.fixture
def city(plain_city, tmp_path):
    """A copy to change."""
    city = plain_city.twin(tmp_path / "shop")
    yield city
    city.drop_database()


@pytest.fixture(scope="session")
def translated_plain_city(plain_city, tmp_path_factory):
    """The city with Spanish and English."""
    city = plain_city.twin(tmp_path_factory.mktemp("translated") / "shop")
    city.speak("es", "en")
    city.take_over()
    yield city
    city.drop_database()


@pytest.fixture
def translated_city(translated_plain_city, tmp_path):
    """A copy to change."""
    city = translated_plain_city.twin(tmp_path / "shop")
    yield city
    city.drop_database()


@pytest.fixture(scope="session", params=ENGINES)
def plain_city_with_noticeboard(request, tmp_path_factory):
    """With an app of the project's own whose model is translated too."""
    city = made_city(tmp_path_factory.mktemp("plain"), engine=request.param, apps=("noticeboard",))
    yield city
    city.drop_database()


@pytest.fixture(scope="session")
def translated_city_with_noticeboard(plain_city_with_noticeboard, tmp_path_factory):
    city = plain_city_with_noticeboard.twin(tmp_path_factory.mktemp("translated") / "shop")
    city.write("INSERT INTO noticeboard_notice (title) VALUES ('Cerrado')")
    city.speak("es", "en")
    city.take_over()
    city.write("UPDATE noticeboard_notice SET title_en = 'Closed'")
    yield city
    city.drop_database()


@pytest.fixture
def notice_city(translated_city_with_noticeboard, tmp_path):
    """A copy to change; it has the notice "Cerrado", in English "Closed"."""
    city = translated_city_with_noticeboard.twin(tmp_path / "shop")
    yield city
    city.drop_database()
