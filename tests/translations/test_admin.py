"""Django's admin with a field per language: of our models, of Oscar's, in inlines, and in the search."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import translation
from oscar.core.loading import get_model

from oscar_marketplace.models import Closure, Listing, Market, PreparationOption
from oscar_marketplace.test import factories
from oscar_marketplace.translations.lookups import in_every_language
from tests.oscar_marketplace.overlay.page_forms import filled_in, forms_of

pytestmark = pytest.mark.django_db

Product, Category, Option = (get_model("catalogue", name) for name in ("Product", "Category", "Option"))


@pytest.fixture
def boss(client):
    client.force_login(factories.make_user("boss", is_staff=True, is_superuser=True))
    return client


def change_url(row) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def form_of(client, row) -> dict:
    forms = forms_of(client.get(change_url(row)))
    return filled_in(next(form for form in forms if "_save" in {name for name, *_ in form.buttons}))


def save(client, row, **changes):
    form = form_of(client, row)
    # Rows inside the page that nobody began.
    form |= {name: form[name.replace("TOTAL", "INITIAL")] for name in form if name.endswith("-TOTAL_FORMS")}
    form.pop("product_options", None)  # a choice of several, of which none is chosen
    answer = client.post(change_url(row), {**form, **changes})
    assert answer.status_code == 302, answer.context["errors"]


def test_each_language_has_a_field_and_the_original_has_none(boss):
    market = factories.make_market()

    form = form_of(boss, market)

    assert {"name_en", "name_es", "description_en", "description_es"} <= set(form)
    assert not {"name", "description"} & set(form)


def test_both_languages_are_saved(boss):
    market = factories.make_market(name="Alameda Market")

    save(boss, market, name_es="Mercado Alameda", name_en="Alameda Hall")

    for language, name in (("es-mx", "Mercado Alameda"), ("en", "Alameda Hall")):
        with translation.override(language):
            assert Market.objects.get().name == name


@pytest.mark.parametrize("make", [lambda: factories.make_product("Tomato"), lambda: Category.add_root(name="Tomato")])
def test_oscars_own_admins_have_a_field_per_language_too(boss, make):
    row = make()
    original = "title" if isinstance(row, Product) else "name"
    assert original not in form_of(boss, row)

    save(boss, row, **{f"{original}_en": "Saladet tomato", f"{original}_es": "Jitomate saladet"})

    row = type(row).objects.get()
    assert getattr(row, f"{original}_en") == "Saladet tomato"
    assert getattr(row, f"{original}_es") == "Jitomate saladet"
    assert getattr(row, original) == "Saladet tomato"


def test_rows_inside_another_page_have_a_field_per_language(boss):
    market, listing = factories.make_market(), factories.make_listing()
    closure = Closure.objects.create(
        market=market, starts_at="2026-07-01T09:00Z", ends_at="2026-07-01T12:00Z", reason="Fair"
    )
    option = PreparationOption.objects.create(listing=listing, name="chopped")

    save(boss, market, **{"closures-0-reason_es": "Feria"})
    save(boss, listing, **{"preparations-0-name_es": "picado"})

    closure.refresh_from_db(), option.refresh_from_db()
    assert (closure.reason_es, closure.reason_en) == ("Feria", "Fair")
    assert (option.name_es, option.name_en) == ("picado", "chopped")


def test_an_admin_that_decides_on_its_fields_keeps_them(boss):
    listing = factories.make_listing(note="Ripe")

    assert "note" in form_of(boss, listing)
    with translation.override("es"):
        assert "note_es" not in form_of(boss, listing)


def test_what_a_market_has_once_it_is_there_stays_read_only(boss):
    # The admin's own get_readonly_fields still counts.
    assert "operator" not in form_of(boss, factories.make_market())


@pytest.mark.parametrize("words", ["Jitomate", "Tomato"])
@pytest.mark.parametrize("language", ["es-mx", "en"])
@pytest.mark.parametrize("model", [Product, Listing])
def test_the_list_is_searched_in_every_language(boss, model, language, words):
    with translation.override("es"):
        product = factories.make_product("Jitomate", title_en="Tomato")
    factories.make_listing(product=product)
    factories.make_listing(title="Cheese")
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    answer = boss.get(address, {"q": words}, headers={"accept-language": language})

    assert answer.context["cl"].result_count == 1


def test_lookups_in_every_language():
    assert in_every_language(Listing, ["stockrecord__product__title", "stall__slug", "pk"]) == [
        "stockrecord__product__title_en",
        "stockrecord__product__title_es",
        "stall__slug",
        "pk",
    ]


def test_every_page_of_a_translated_model_opens(boss):
    factories.make_trade()
    Option.objects.create(name="Gift wrap")
    for model in admin.site._registry:
        if in_every_language(model, ["name", "title"]) != ["name", "title"]:
            base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
            for page in ("changelist", "add"):
                assert boss.get(reverse(f"{base}_{page}")).status_code == 200, (model, page)
