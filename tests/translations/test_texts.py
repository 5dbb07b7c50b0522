"""A product's texts in each language: read, written, found, and kept by an order."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation
from oscar.core.loading import get_model

from oscar_marketplace.test import factories
from tests.oscar_marketplace.overlay.page_forms import filled_in, forms_of

pytestmark = pytest.mark.both

Product = get_model("catalogue", "Product")


def stored(product) -> list:
    """The original, Spanish and English title as they are in the database."""
    columns = Product.objects.rewrite(False).raw_values("title", "title_es", "title_en")
    return list(columns.get(pk=product.pk).values())


@pytest.fixture
def tomato(db):
    with translation.override("es"):
        return factories.make_product("Jitomate", title_en="Tomato")


@pytest.fixture
def chayote(db):
    """In Spanish only."""
    with translation.override("es"):
        return factories.make_product("Chayote")


# Reading


@pytest.mark.parametrize(("page", "title"), [("es-mx", "Jitomate"), ("es", "Jitomate"), ("en", "Tomato")])
def test_a_translated_row_is_read_in_the_language_of_the_page(tomato, page, title):
    with translation.override(page):
        product = Product.objects.get()

        assert (product.title, product.get_title(), str(product)) == (title, title, title)
        assert Product.objects.values_list("title", flat=True).get() == title


@pytest.mark.parametrize("page", ["es-mx", "en"])
@pytest.mark.parametrize("empty", [None, ""])
def test_a_row_without_a_translation_is_read_in_the_next_language(chayote, page, empty):
    Product.objects.update(title_en=empty)

    with translation.override(page):
        assert Product.objects.get().title == "Chayote"
        assert Product.objects.values_list("title", flat=True).get() == "Chayote"


def test_a_row_written_past_the_models_is_empty_until_its_columns_are_filled(chayote):
    Product.objects.rewrite(False).update(title="Chayote liso", title_es=None, title_en=None)
    assert Product.objects.get().title == ""

    call_command("update_translation_fields", verbosity=0)

    # English is the suite's first language.
    assert stored(chayote) == ["Chayote liso", None, "Chayote liso"]
    assert Product.objects.get().title == "Chayote liso"


# Writing


def test_saving_changes_the_active_language_and_the_original(tomato):
    with translation.override("es-mx"):
        tomato.title = "Jitomate guaje"
        tomato.save()

    assert stored(tomato) == ["Jitomate guaje", "Jitomate guaje", "Tomato"]


def test_update_changes_the_active_language_only(tomato):
    with translation.override("es-mx"):
        Product.objects.update(title="Jitomate guaje")

    assert stored(tomato) == ["Jitomate", "Jitomate guaje", "Tomato"]


def test_bulk_update_changes_the_active_language_only(tomato):
    with translation.override("en"):
        tomato.title = "Plum tomato"
        Product.objects.bulk_update([tomato], ["title"])

    assert stored(tomato) == ["Jitomate", "Jitomate", "Plum tomato"]


# Finding


@pytest.mark.parametrize(("page", "found"), [("es-mx", False), ("en", True)])
def test_a_lookup_searches_the_active_language(tomato, page, found):
    with translation.override(page):
        assert Product.objects.filter(title__icontains="toma").exclude(title__icontains="jito").exists() is found


@pytest.mark.parametrize("words", ["tomat", "jitom"])
@pytest.mark.parametrize("page", ["es-mx", "en"])
def test_oscars_search_finds_every_language(tomato, client, page, words):
    answer = client.get("/search/", {"q": words}, headers={"accept-language": page}, follow=True)

    assert answer.status_code == 200
    assert {"es-mx": "Jitomate", "en": "Tomato"}[page] in answer.content.decode()


# Oscar's dashboard


@pytest.fixture
def dashboard(client):
    client.force_login(factories.make_user("operadora", is_staff=True, is_superuser=True))
    return client


def save_in_dashboard(client, product, *, language, **changes):
    """Oscar saves no product without a category."""
    product.categories.add(get_model("catalogue", "Category").add_root(name="Verduras"))
    address = reverse("dashboard:catalogue-product", kwargs={"pk": product.pk})
    headers = {"accept-language": language}
    page = client.get(address, headers=headers)
    form = next(form for form in forms_of(page) if "title" in filled_in(form))
    answer = client.post(address, {**filled_in(form), **changes}, headers=headers)
    assert answer.status_code == 302, str(answer.context)


@pytest.mark.parametrize(
    ("language", "after"),
    [("es-mx", ["Guaje", "Guaje", "Tomato"]), ("en", ["Guaje", "Jitomate", "Guaje"])],
)
def test_the_dashboard_writes_the_language_it_is_in(tomato, dashboard, language, after):
    save_in_dashboard(dashboard, tomato, language=language, title="Guaje")

    assert stored(tomato) == after


def test_the_dashboard_in_english_makes_an_untouched_spanish_title_english(chayote, dashboard):
    save_in_dashboard(dashboard, chayote, language="en")

    assert stored(chayote) == ["Chayote", "Chayote", "Chayote"]


# Orders


def test_an_order_keeps_the_text_its_shopper_saw(tomato):
    stall = factories.make_stall()
    listing = factories.make_listing(stall=stall, product=tomato)
    waves = [factories.make_wave(stall.places.get().pitch.market)]

    with translation.override("en"):
        english = factories.place([(listing, 2)], waves=waves)
    with translation.override("es-mx"):
        spanish = factories.place([(listing, 2)], waves=waves)
        Product.objects.update(title="Jitomate guaje")

    for order, title in ((english, "Tomato"), (spanish, "Jitomate")):
        for page in ("en", "es-mx"):
            with translation.override(page):
                order.refresh_from_db()
                assert order.lines.get().title == title
                assert order.stall_orders.get().lines.get().title == title
