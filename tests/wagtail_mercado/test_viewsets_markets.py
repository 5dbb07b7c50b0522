"""Markets in Wagtail's menu: the list, the form with its hours, and who gets to see them."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from wagtail.models import ReferenceIndex

from oscar_marketplace.models import Closure, Market, OpeningRule, WaveRule
from oscar_marketplace.storefront.times import say_wave
from oscar_marketplace.test import factories
from tests.wagtail_mercado.admin_pages import form_of, list_of, menu_addresses, statements
from tests.wagtail_mercado.conftest import staff_client
from wagtail_mercado import language_panels

pytestmark = pytest.mark.django_db

LIST = "/cms/mercado/market/"
ADD = "/cms/mercado/market/new/"


def edit_url(market) -> str:
    return reverse("mercado_market:edit", args=[market.pk])


def save(client, market, **changes):
    url = edit_url(market)
    return client.post(url, {**form_of(client, url), **changes})


@pytest.fixture
def clerk(db):
    return staff_client("view_market", "add_market", "change_market")


def test_the_list_says_kind_stalls_and_the_next_pick_up(clerk):
    corona = factories.make_market(name="Mercado Corona")
    factories.make_stall(market=corona)
    factories.make_stall(market=corona, approved=False)
    wave = factories.make_wave(corona)
    factories.make_market(name="Tianguis Alcalde", kind="street", is_public=False)

    assert list_of(clerk, LIST) == [
        ["Mercado Corona", "Municipal market", "Public", "1", say_wave(wave, corona.zone)],
        ["Tianguis Alcalde", "Open-air market", "Hidden", "0", ""],
    ]


def test_markets_are_found_in_any_language_and_filtered(clerk):
    factories.make_market(name_en="Crown Market", name_es="Mercado Corona")
    factories.make_market(name="Tianguis Alcalde", kind="street", is_public=False)

    def names(**chosen):
        return [row[0] for row in list_of(clerk, LIST, **chosen)]

    assert names(q="corona") == names(q="crown") == names(kind="hall") == ["Crown Market"]
    assert names(is_public="false") == ["Tianguis Alcalde"]
    assert names(ordering="-shown_name") == ["Tianguis Alcalde", "Crown Market"]


def test_more_markets_cost_no_more_statements(clerk):
    factories.make_wave(factories.make_market())
    few = statements(clerk, LIST)
    for _ in range(4):
        factories.make_wave(factories.make_stall().places.get().pitch.market)

    assert statements(clerk, LIST) == few


def test_what_is_typed_in_one_language_leaves_the_other_alone(clerk):
    market = factories.make_market(name_en="Crown Market", name_es="Mercado Corona")

    form = form_of(clerk, edit_url(market))
    answer = save(clerk, market, name_en="The Crown", summary_es="El del centro")

    assert {"name_en", "name_es"} <= set(form) and "name" not in form
    assert answer.status_code == 302
    for language, name, summary in (("en", "The Crown", "El del centro"), ("es-mx", "Mercado Corona", "El del centro")):
        with translation.override(language):
            found = Market.objects.get()
            assert (found.name, found.summary) == (name, summary)
    found = Market.objects.get()
    assert (found.name_en, found.name_es, found.summary_en) == ("The Crown", "Mercado Corona", None)


def test_a_text_of_one_language_can_be_taken_away_and_the_last_name_cannot(clerk):
    market = factories.make_market(name_en="Crown Market", name_es="Mercado Corona")

    assert save(clerk, market, name_en="").status_code == 302
    refused = save(clerk, market, name_es="")

    assert refused.context["form"].errors == {"name_en": ["Write this in at least one language."]}
    found = Market.objects.get()
    assert (found.name_en, found.name_es) == (None, "Mercado Corona")


def test_a_new_market_begins_with_a_week_and_gets_its_address_from_its_name(clerk):
    operator = factories.make_operator()
    form = form_of(clerk, ADD)
    days = {f"opening_rules-{n}-weekday": [str(n + 1)] for n in range(7)}
    assert {name: form[name] for name in days} == days

    answer = clerk.post(
        ADD,
        {
            **form,
            "name_es": "Mercado Felipe Ángeles",
            "operator": operator.pk,
            "prefix": "FA",
            "opening_rules-0-opens": "07:00",
            "opening_rules-0-closes": "17:00",
            "wave_rules-0-weekday": "1",
            "wave_rules-0-starts": "12:00",
            "wave_rules-0-ends": "14:00",
        },
    )

    market = Market.objects.get()
    assert answer.status_code == 302 and answer.url == edit_url(market)
    assert (market.slug, market.name, market.operator) == ("mercado-felipe-angeles", "Mercado Felipe Ángeles", operator)
    assert list(OpeningRule.objects.values_list("weekday", "opens", "closes")) == [(1, time(7), time(17))]
    assert list(WaveRule.objects.values_list("weekday", "starts", "ends", "cutoff_minutes", "capacity")) == [
        (1, time(12), time(14), 90, None)
    ]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("Mercado Corona", {"slug": ["Market with this Address on the web already exists."]}),
        ("市場", {"slug": ["Write an address on the web: letters, digits and dashes."]}),
    ],
)
def test_an_address_that_cannot_be_made_is_asked_for(clerk, name, problem):
    market = factories.make_market(slug="mercado-corona")

    answer = clerk.post(ADD, {**form_of(clerk, ADD), "name_es": name, "operator": market.operator_id, "prefix": "FA"})

    assert answer.context["form"].errors == problem
    assert Market.objects.count() == 1


def test_a_closure_is_written_in_the_markets_own_time(clerk):
    market = factories.make_market(time_zone="America/Tijuana", always_open=False)
    day = (timezone.now() + timedelta(days=30)).date()

    first = save(
        clerk,
        market,
        **{
            "closures-0-starts_at": f"{day}T08:00",
            "closures-0-ends_at": f"{day}T20:00",
            "closures-0-reason_es": "Fiesta",
        },
    )

    assert first.status_code == 302
    closure = Closure.objects.get()
    assert closure.starts_at == datetime.combine(day, time(8), market.zone) and closure.reason_es == "Fiesta"
    form = form_of(clerk, edit_url(market))
    assert form["closures-0-starts_at"] == [f"{day}T08:00"]


def test_past_closures_are_not_shown_and_stay(clerk):
    market = factories.make_market(always_open=False)
    then = datetime(2026, 1, 1, tzinfo=UTC)
    Closure.objects.create(market=market, starts_at=then, ends_at=then + timedelta(days=1), reason="Fiesta")

    assert form_of(clerk, edit_url(market))["closures-INITIAL_FORMS"] == ["0"]
    assert save(clerk, market, phone="33 0000 0000").status_code == 302
    assert Closure.objects.count() == 1


def test_a_closure_that_ended_while_the_form_was_open_is_saved(clerk):
    market = factories.make_market(always_open=False)
    ends = timezone.now() + timedelta(hours=1)
    closure = Closure.objects.create(market=market, starts_at=ends - timedelta(days=1), ends_at=ends)
    form = form_of(clerk, edit_url(market))
    Closure.objects.update(ends_at=timezone.now() - timedelta(minutes=1))

    answer = clerk.post(edit_url(market), {**form, "closures-0-reason_es": "Agua"})

    assert answer.status_code == 302
    assert Closure.objects.get(pk=closure.pk).reason_es == "Agua"


def test_a_row_is_taken_away(clerk):
    market = factories.make_market()

    answer = save(clerk, market, **{"opening_rules-0-DELETE": "on"})

    assert answer.status_code == 302
    assert sorted(market.opening_rules.values_list("weekday", flat=True)) == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (
            {"wave_rules-0-weekday": "1", "wave_rules-0-starts": "14:00", "wave_rules-0-ends": "12:00"},
            "The end is not after the beginning.",
        ),
        (
            {"closures-0-starts_at": "2030-01-02T08:00", "closures-0-ends_at": "2030-01-01T08:00"},
            "The end is not after the beginning.",
        ),
        (
            {"opening_rules-0-valid_from": "2030-01-02", "opening_rules-0-valid_until": "2030-01-01"},
            "The last day is before the first.",
        ),
    ],
)
def test_a_wrong_row_is_explained_and_nothing_is_saved(clerk, row, problem):
    market = factories.make_market(name_en="Crown Market")

    answer = save(clerk, market, name_en="The Crown", **row)

    assert answer.status_code == 200
    assert answer.content.decode().count(problem) == 1
    assert "The market could not be saved due to errors." in answer.content.decode()
    assert Market.objects.get().name_en == "Crown Market"
    assert not WaveRule.objects.exists() and not Closure.objects.exists()


def test_two_pick_up_times_at_the_same_hour_are_refused(clerk):
    market = factories.make_market()
    rows = {
        f"wave_rules-{n}-{field}": value
        for n in (0, 1)
        for field, value in (("weekday", "1"), ("starts", "12:00"), ("ends", "14:00"))
    }

    answer = save(clerk, market, **rows)

    assert answer.status_code == 200
    assert "Please correct the duplicate data for weekday and starts" in answer.content.decode()
    assert not WaveRule.objects.exists()


def test_a_form_that_lost_its_rows_on_the_way_is_refused(clerk):
    market = factories.make_market()
    form = {name: value for name, value in form_of(clerk, edit_url(market)).items() if "_FORMS" not in name}

    answer = clerk.post(edit_url(market), {**form, "phone": "33"})

    assert answer.status_code == 200
    assert "ManagementForm data is missing" in answer.content.decode()
    assert Market.objects.get().phone == ""


def test_where_texts_are_in_one_language_there_is_one_field(monkeypatch):
    monkeypatch.setattr(language_panels, "translation_columns_of", lambda model: [])

    assert language_panels.text_panel(Market, "name").field_name == "name"


def test_the_operator_of_a_market_stays(clerk):
    market = factories.make_market()
    other = factories.make_operator(name="Otra")

    save(clerk, market, operator=other.pk)

    assert Market.objects.get().operator_id == market.operator_id


def test_nothing_is_deleted_here(boss):
    market = factories.make_market()

    page = boss.get(edit_url(market)).content.decode()

    with pytest.raises(NoReverseMatch):
        reverse("mercado_market:delete", args=[market.pk])
    assert boss.get(f"{LIST}delete/{market.pk}/").status_code == 404
    assert "/delete/" not in page and "Hide it instead." in page


def test_the_page_says_who_changed_it_and_which_pages_use_it(clerk):
    market = factories.make_market()
    save(clerk, market, phone="33 0000 0000")

    assert clerk.user.username in clerk.get(reverse("mercado_market:history", args=[market.pk])).content.decode()
    assert clerk.get(reverse("mercado_market:usage", args=[market.pk])).status_code == 200


def test_only_staff_of_the_register_gets_a_link_to_it(boss, clerk):
    market = factories.make_market()
    url = reverse("admin:oscar_marketplace_market_change", args=[market.pk])

    assert url in boss.get(edit_url(market)).content.decode()
    assert url not in clerk.get(edit_url(market)).content.decode()


def test_who_may_only_look_sees_a_list_without_links(db):
    market = factories.make_market(name="Mercado Corona")
    looker = staff_client("view_market")

    assert menu_addresses(looker) == {LIST}
    page = looker.get(LIST).content.decode()
    assert "Mercado Corona" in page and edit_url(market) not in page and ADD not in page
    for url in (edit_url(market), ADD):
        assert looker.get(url).status_code == 302
        assert looker.post(url, {}).status_code == 302


def test_an_editor_of_pages_has_neither_menu_nor_pages(editor):
    market = factories.make_market()

    assert menu_addresses(editor) == set()
    for url in (LIST, f"{LIST}results/", ADD, edit_url(market)):
        assert editor.get(url).status_code == 302
        assert editor.get(url).url == "/cms/"


def test_a_passer_by_is_asked_to_sign_in(passer_by):
    answer = passer_by.get(LIST)

    assert answer.status_code == 302
    assert answer.url.startswith("/cms/login/")


def test_wagtail_keeps_no_index_of_the_shops_rows():
    tracked = {model._meta.label for model in ReferenceIndex.tracked_models}

    assert not {label for label in tracked if label.startswith("oscar_marketplace.")}
