"""Bringing a table in line with rows."""

import pytest

from example_site.demo.sync import Tally, in_both, sync
from oscar_marketplace.models import Trade

pytestmark = pytest.mark.django_db


def trade(slug, **values):
    return {"slug": slug, "name": slug.title(), "hue": "verde", **values}


def test_what_is_missing_is_created_and_returned_by_its_key():
    tally = Tally()

    found = sync(Trade, [trade("fish"), trade("eggs")], key=("slug",), tally=tally)

    assert {slug: row.pk for slug, row in found.items()} == dict(Trade.objects.values_list("slug", "pk"))
    assert (tally.created, tally.changed) == (2, 0)


def test_what_differs_is_changed_and_what_nobody_wants_stays(django_assert_num_queries):
    Trade.objects.create(**trade("fish", name="Fisch"))
    Trade.objects.create(**trade("eggs"))
    Trade.objects.create(**trade("added-by-a-person"))
    tally = Tally()

    # One read and one update, however many rows differ.
    with django_assert_num_queries(2):
        sync(Trade, [trade("fish"), trade("eggs")], key=("slug",), tally=tally)

    assert (tally.created, tally.changed) == (0, 1)
    assert Trade.objects.get(slug="fish").name == "Fish"
    assert Trade.objects.filter(slug="added-by-a-person").exists()


def test_what_is_written_once_is_left_alone_afterwards():
    sync(Trade, [trade("fish", hue="azul")], key=("slug",), tally=Tally(), once=["hue"])

    sync(Trade, [trade("fish", hue="rojo", name="Pescado")], key=("slug",), tally=Tally(), once=["hue"])

    row = Trade.objects.get(slug="fish")
    assert (row.hue, row.name) == ("azul", "Pescado")


def test_a_text_goes_into_the_columns_of_the_languages_there_are():
    assert in_both(Trade, "name", "Huevo", "Eggs") == {"name_es": "Huevo", "name_en": "Eggs"}
    assert in_both(Trade, "slug", "huevo", "eggs") == {"slug": "huevo"}  # as all texts are where there is one language
