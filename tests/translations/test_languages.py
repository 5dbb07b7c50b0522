"""Languages come and go in a city's project: the migrations are the project's, and no text is lost."""

import pytest

from tests.translations.project import installed_migrations, languages_of

pytestmark = pytest.mark.slow

PRODUCTS = "SELECT title, title_es, title_en FROM catalogue_product ORDER BY id"


def test_first_languages(city, tmp_path):
    outside, inside = installed_migrations(), city.own_files()
    city.speak("es", "en")
    files = city.own_files()

    said = city.take_over()

    # In the project's one app, and nowhere else.
    assert "Migrations for 'texts'" in said
    assert said.count("Migrations for") == 1
    assert city.text_migrations() == ["0001_initial", "0002_texts"]
    assert installed_migrations() == outside
    assert city.own_files() == files
    assert set(files) == set(inside)
    # Complete: nothing is missing, column by column.
    city.assert_nothing_is_missing()
    assert city.schema() == city.schema_of_models(tmp_path / "from_models")
    # What was there is there, as the text in the default language.
    assert city.rows(PRODUCTS) == [
        ("Postcard", "Postcard", None),
        ("Jitomate", "Jitomate", None),
        ("Queso panela", "Queso panela", None),
    ]
    assert city.rows("SELECT name, name_es, name_en FROM oscar_marketplace_market") == [
        ("Mercado Corona", "Mercado Corona", None)
    ]


def test_a_language_more_and_one_that_django_does_not_know(translated_city, tmp_path):
    city, outside = translated_city, installed_migrations()
    city.write("UPDATE catalogue_product SET title_en = 'Tomato' WHERE title = 'Jitomate'")
    texts = city.rows(PRODUCTS)
    city.speak("es", "en", "fr", "nah")

    city.take_over()

    assert city.text_migrations() == ["0001_initial", "0002_texts", "0003_add_fr_nah"]
    schema = city.schema()
    assert languages_of(schema["catalogue_product"], "title") == ["en", "es", "fr", "nah"]
    assert languages_of(schema["oscar_marketplace_unit"], "name_plural") == ["en", "es", "fr", "nah"]
    city.assert_nothing_is_missing()
    assert schema == city.schema_of_models(tmp_path / "from_models")
    assert installed_migrations() == outside
    assert city.rows(PRODUCTS) == texts
    # A new language begins empty: its pages show the text in another one.
    assert city.rows("SELECT DISTINCT title_fr, title_nah FROM catalogue_product") == [(None, None)]


def test_a_language_goes_and_takes_no_text_along_that_is_nowhere_else(translated_city, tmp_path):
    city, outside = translated_city, installed_migrations()
    city.speak("es", "en", "fr", "nah")
    city.take_over()
    postcard, jitomate, panela = (pk for (pk,) in city.rows("SELECT id FROM catalogue_product ORDER BY id"))
    city.write(f"UPDATE catalogue_product SET title_fr = 'Tomate' WHERE id = {jitomate}")
    city.write(f"UPDATE catalogue_product SET title_es = '', title_fr = 'Carte postale' WHERE id = {postcard}")
    city.write(
        f"UPDATE catalogue_product SET title_es = NULL, title_en = 'Cheese', title_nah = 'X' WHERE id = {panela}"
    )
    city.speak("es", "en")

    city.take_over()

    assert city.text_migrations()[3:] == ["0004_texts", "0005_remove_fr_nah"]
    assert city.rows(PRODUCTS) == [
        ("Postcard", "Carte postale", None),  # French was all there was
        ("Jitomate", "Jitomate", None),
        ("Queso panela", None, "Cheese"),  # shown in English, as before
    ]
    schema = city.schema()
    assert languages_of(schema["catalogue_product"], "title") == ["en", "es"]
    city.assert_nothing_is_missing()
    assert schema == city.schema_of_models(tmp_path / "from_models")
    assert installed_migrations() == outside


def test_all_of_it_reversed(translated_city):
    city = translated_city
    plain = {table: set(columns) for table, columns in city.schema().items()}
    city.speak("es", "en", "fr")
    city.take_over()
    city.speak("es", "en")
    city.take_over()
    # In the meantime texts were changed past the original: by update(), or by somebody who reads English.
    city.write("UPDATE catalogue_product SET title_es = 'Tomate rojo', title_en = 'Tomato' WHERE title = 'Jitomate'")
    city.write("UPDATE catalogue_product SET title_es = NULL, title_en = 'Cheese' WHERE title = 'Queso panela'")

    city.manage("migrate", "texts", "zero", "--verbosity", "0")

    schema = {table: set(columns) for table, columns in city.schema().items()}
    gone = {name for table in plain for name in plain[table] - schema[table]}
    assert {name.rpartition("_")[2] for name in gone} == {"es", "en"}
    assert all(schema[table] <= plain[table] for table in plain)
    # The text in the default language is the original again, or else the one there is.
    assert city.rows("SELECT title FROM catalogue_product ORDER BY id") == [
        ("Postcard",),
        ("Tomate rojo",),
        ("Cheese",),
    ]

    # And forwards again.
    city.manage("migrate", "--verbosity", "0")

    assert city.rows(PRODUCTS) == [
        ("Postcard", "Postcard", None),
        ("Tomate rojo", "Tomate rojo", None),
        ("Cheese", "Cheese", None),
    ]
    city.assert_nothing_is_missing()


def test_fields_that_are_no_longer_translated(translated_city, tmp_path):
    city = translated_city
    city.write("UPDATE catalogue_product SET title_es = 'Tomate rojo', title_en = 'Tomato' WHERE title = 'Jitomate'")
    fewer = (
        "from oscar_marketplace.translations.fields import TRANSLATED_FIELDS\n"
        "OSCAR_MARKETPLACE_TRANSLATED_FIELDS = {**TRANSLATED_FIELDS, "
        "'catalogue.Product': ('description',), 'catalogue.AttributeOption': ()}\n"
    )
    city.speak("es", "en", extra=fewer)

    said = city.take_over()

    assert "Make the texts of product in the default language the originals (in catalogue)" in said
    assert city.rows("SELECT title FROM catalogue_product ORDER BY id") == [
        ("Postcard",),
        ("Tomate rojo",),
        ("Queso panela",),
    ]
    schema = city.schema()
    assert languages_of(schema["catalogue_product"], "title") == []
    assert languages_of(schema["catalogue_product"], "description") == ["en", "es"]
    assert languages_of(schema["catalogue_attributeoption"], "option") == []
    city.assert_nothing_is_missing()
    assert schema == city.schema_of_models(tmp_path / "from_models")

    # Taken back, the texts are in their columns again.
    city.manage("migrate", "texts", "0002", "--verbosity", "0")

    assert city.rows(PRODUCTS)[1] == ("Tomate rojo", "Tomate rojo", None)
