"""Without languages: never had them, or took them out again. The shop's pages and commands work all the time."""

import pytest

from tests.forks import shopping
from tests.translations.project import installed_migrations
from tests.visitor import Visitor

pytestmark = pytest.mark.slow


def test_our_migrations_are_complete_without_any_language(city, tmp_path):
    assert city.python("from django.apps import apps; answer = apps.is_installed('modeltranslation')") is False

    city.assert_nothing_is_missing()

    schema = city.schema()
    assert schema == city.schema_of_models(tmp_path / "from_models")
    assert not [name for columns in schema.values() for name in columns if name.endswith(("_es", "_en"))]


def test_nothing_of_modeltranslation_is_imported_without_it(city):
    city.write_file("modeltranslation/__init__.py", "raise ImportError('as if it were not there')")

    assert "no issues" in city.manage("check", "--database", "default")
    city.assert_nothing_is_missing()
    with city.server() as address:
        shopper = Visitor(address)
        shopping.buy_at_the_market(shopper, city.keys)
        assert "Jitomate" in shopper.page.text
    assert "Traceback" not in (city.folder / "server.log").read_text()


def test_languages_and_market_are_taken_out_again(translated_city):
    city, outside = translated_city, installed_migrations()
    city.write("UPDATE catalogue_product SET title_es = 'Tarjeta postal', title_en = 'Postcard' WHERE id = 1")
    with city.server() as address:
        assert "Tarjeta postal" in Visitor(address, "es").open(city.keys["card_path"]).text

    # The languages, by the documented steps.
    city.manage("migrate", "texts", "zero", "--verbosity", "0")
    city.speak()

    assert city.rows("SELECT title FROM catalogue_product WHERE id = 1") == [("Tarjeta postal",)]
    assert "no issues" in city.manage("check", "--database", "default")
    city.assert_nothing_is_missing()
    with city.server() as address:
        assert "Tarjeta postal" in Visitor(address).open(city.keys["card_path"]).text
        shopper = Visitor(address)
        shopping.buy_at_the_market(shopper, city.keys)

    # And the market after them.
    city.manage("migrate", "oscar_marketplace", "zero", "--verbosity", "0")
    city.remove_market()

    assert city.rows("SELECT COUNT(*) FROM catalogue_product") == [(3,)]
    with city.server() as address:
        shopper = Visitor(address)
        shopping.put_card_in_basket(shopper, city.keys)
        assert "Tarjeta postal" in shopper.page.text
    assert installed_migrations() == outside
    assert "Traceback" not in (city.folder / "server.log").read_text()
