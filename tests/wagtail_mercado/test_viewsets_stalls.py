"""Stalls in Wagtail's menu: the list, the words a stall shows, and what the city decides about it."""

import pytest
from django.urls import reverse

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.stalls.models import Stall, StallState
from oscar_marketplace.test import factories
from tests.wagtail_mercado.admin_pages import form_of, list_of, menu_addresses, statements
from tests.wagtail_mercado.conftest import staff_client
from wagtail_mercado.viewsets.stalls import StallForm

pytestmark = pytest.mark.django_db

LIST = "/cms/mercado/stall/"
TEXTS = {"name_en", "name_es", "summary_en", "summary_es", "story_en", "story_es"}


def edit_url(stall) -> str:
    return reverse("mercado_stall:edit", args=[stall.pk])


def act_url(stall, verb) -> str:
    return reverse("mercado_stall:act", args=[stall.pk, verb])


def put_in(stall, state) -> Stall:
    Stall.objects.filter(pk=stall.pk).update(state=state)
    return Stall.objects.get(pk=stall.pk)


def save(client, stall, **changes):
    return client.post(edit_url(stall), {**form_of(client, edit_url(stall)), **changes})


@pytest.fixture
def clerk(db):
    return staff_client("view_stall", "change_stall")


@pytest.fixture
def stall(db):
    market = factories.make_market(name="Mercado Corona")
    return factories.make_stall(market=market, name="Verduras Doña Chayo", owner=factories.make_user())


def test_the_list_says_where_what_and_in_which_state(clerk, stall):
    stall.trades.add(factories.make_trade("Verduras"))
    put_in(factories.make_stall(name="La Vaquita", market=factories.make_market(name="Alcalde")), StallState.CLOSED)
    numbers = {each.name: each.places.get().pitch.number for each in Stall.objects.all()}

    assert list_of(clerk, LIST) == [
        ["La Vaquita", f"Alcalde {numbers['La Vaquita']}", "", "Closed", "0"],
        ["Verduras Doña Chayo", f"Mercado Corona {numbers['Verduras Doña Chayo']}", "Verduras", "Approved", "1"],
    ]


def test_stalls_are_found_in_any_language_by_number_and_filtered(clerk, stall):
    trade = factories.make_trade("Verduras")
    stall.trades.add(trade)
    Stall.objects.filter(pk=stall.pk).update(name_en="Chayo's Greens", name_es="Verduras Doña Chayo")
    market = stall.places.get().pitch.market
    stall.places.create(pitch=market.pitches.create(number="B-77"))
    put_in(factories.make_stall(name="La Vaquita"), StallState.PAUSED)

    def names(**chosen):
        return [row[0] for row in list_of(clerk, LIST, **chosen)]

    wanted = ["Chayo's Greens"]
    for chosen in ({"q": "verduras"}, {"q": "greens"}, {"q": "b-77"}, {"market": market.pk}, {"trade": trade.pk}):
        assert names(**chosen) == wanted, chosen
    assert names(state="paused") == ["La Vaquita"]


def test_more_stalls_cost_no_more_statements(clerk, stall):
    few = statements(clerk, LIST)
    for n in range(4):
        other = factories.make_stall(owner=factories.make_user())
        other.trades.add(factories.make_trade(f"Giro {n}"))

    assert statements(clerk, LIST) <= few + 1  # trades are read once there are some
    first = statements(clerk, LIST)
    factories.make_stall(owner=factories.make_user()).trades.add(factories.make_trade("Giro 0"))
    assert statements(clerk, LIST) == first


def test_only_what_a_stall_shows_can_be_written(clerk, stall):
    form = form_of(clerk, edit_url(stall))

    assert set(form) - {"csrfmiddlewaretoken", "next"} == TEXTS | {"hue", "languages", "phone", "preparation_minutes"}
    answer = save(clerk, stall, name_en="Chayo's Greens", auto_accept="on", state="closed", operator="0", slug="other")
    assert answer.status_code == 302
    found = Stall.objects.get()
    assert (found.name_en, found.name_es, found.auto_accept) == ("Chayo's Greens", None, True)
    assert (found.state, found.slug, found.operator_id) == (StallState.APPROVED, stall.slug, stall.operator_id)


def test_what_is_typed_in_one_language_leaves_the_other_alone(clerk, stall):
    Stall.objects.filter(pk=stall.pk).update(story_en="Since 1950", story_es="Desde 1950")

    save(clerk, stall, story_es="Desde 1948")

    found = Stall.objects.get()
    assert (found.story_en, found.story_es, found.story) == ("Since 1950", "Desde 1948", "Since 1950")


def test_the_address_of_a_stall_that_never_sold_can_be_changed(clerk, stall):
    Stall.objects.filter(pk=stall.pk).update(partner=None, state=StallState.DRAFT)

    assert save(clerk, stall, slug="dona-chayo").status_code == 302
    assert Stall.objects.get().slug == "dona-chayo"


def test_a_stall_suspended_while_the_form_was_open_stays_suspended(clerk, stall, monkeypatch):
    form = form_of(clerk, edit_url(stall))
    clean = StallForm.clean

    def clean_late(self):
        put_in(stall, StallState.SUSPENDED)
        return clean(self)

    monkeypatch.setattr(StallForm, "clean", clean_late)

    assert clerk.post(edit_url(stall), {**form, "phone": "33 0000 0000"}).status_code == 302
    found = Stall.objects.get()
    assert (found.state, found.phone) == (StallState.SUSPENDED, "33 0000 0000")


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        ("draft", {"submit_stall"}),
        ("submitted", {"approve_stall", "reject_stall"}),
        ("approved", {"pause_stall", "suspend_stall", "close_stall"}),
        ("paused", {"reopen_stall", "suspend_stall", "close_stall"}),
        ("suspended", {"reopen_stall", "close_stall"}),
        ("closed", set()),
    ],
)
def test_the_page_offers_what_can_be_done_now(clerk, stall, state, verbs):
    put_in(stall, state)

    page = clerk.get(edit_url(stall)).content.decode()

    every = ["submit", "approve", "reject", "pause", "reopen", "suspend", "close"]
    assert {f"{verb}_stall" for verb in every if act_url(stall, f"{verb}_stall") in page} == verbs


def test_an_act_is_asked_for_once_more_and_written_down_as_the_citys(clerk, stall):
    assert clerk.get(act_url(stall, "suspend_stall")).status_code == 200
    assert Stall.objects.get().state == StallState.APPROVED

    answer = clerk.post(act_url(stall, "suspend_stall"), {"reason": "Permiso vencido"})

    assert (answer.status_code, answer.url) == (302, edit_url(stall))
    assert Stall.objects.get().state == StallState.SUSPENDED
    entry = AuditEntry.objects.get(verb="suspend_stall")
    assert (entry.actor, entry.role, entry.reason) == (clerk.user, "city", "Permiso vencido")
    page = clerk.get(edit_url(stall)).content.decode()
    assert "Permiso vencido" in page and "Suspended <small><code>suspend_stall</code></small>" in page


def test_an_act_that_needs_a_reason_is_not_done_without(clerk, stall):
    answer = clerk.post(act_url(stall, "close_stall"), {"reason": " "})

    assert answer.context["form"].errors == {"reason": ["This field is required."]}
    assert Stall.objects.get().state == StallState.APPROVED


def test_a_pause_needs_no_reason(clerk, stall):
    assert clerk.post(act_url(stall, "pause_stall"), {"reason": ""}).status_code == 302
    assert Stall.objects.get().state == StallState.PAUSED


def test_a_refusal_says_what_is_missing(clerk, stall):
    stall.members.all().delete()
    put_in(stall, StallState.SUBMITTED)

    answer = clerk.post(act_url(stall, "approve_stall"), {"reason": ""})

    assert "The stall cannot sell yet. Missing: an owner who can sign in." in answer.content.decode()
    assert Stall.objects.get().state == StallState.SUBMITTED
    assert not AuditEntry.objects.exists()


def test_an_act_whose_time_has_passed_is_explained(clerk, stall):
    put_in(stall, StallState.CLOSED)

    answer = clerk.post(act_url(stall, "pause_stall"), {"reason": ""}, follow=True)

    assert "This cannot be done with a stall that is “closed”." in answer.content.decode()
    assert Stall.objects.get().state == StallState.CLOSED


@pytest.mark.parametrize("verb", ["delete", "_move", "record"])
def test_there_are_no_other_acts(clerk, stall, verb):
    assert clerk.post(f"{LIST}act/{stall.pk}/{verb}/", {"reason": "x"}).status_code == 404


def test_who_may_only_look_sees_a_list_without_links(stall):
    looker = staff_client("view_stall")

    assert menu_addresses(looker) == {LIST}
    page = looker.get(LIST).content.decode()
    assert "Verduras Doña Chayo" in page and edit_url(stall) not in page
    for url in (edit_url(stall), act_url(stall, "pause_stall")):
        assert looker.get(url).status_code == 302
        assert looker.post(url, {"reason": "x"}).url == "/cms/"
    assert Stall.objects.get().state == StallState.APPROVED


def test_an_editor_of_pages_has_neither_menu_nor_pages(editor, stall):
    assert menu_addresses(editor) == set()
    for url in (LIST, f"{LIST}results/", edit_url(stall), act_url(stall, "pause_stall")):
        assert editor.get(url).url == "/cms/"
    editor.post(act_url(stall, "pause_stall"), {"reason": ""})
    assert Stall.objects.get().state == StallState.APPROVED


def test_nobody_makes_or_deletes_a_stall_here(boss, stall):
    for url in (f"{LIST}new/", f"{LIST}delete/{stall.pk}/", f"{LIST}copy/{stall.pk}/"):
        assert boss.get(url).status_code == 404
    assert (
        reverse("admin:oscar_marketplace_stall_change", args=[stall.pk]) in boss.get(edit_url(stall)).content.decode()
    )
