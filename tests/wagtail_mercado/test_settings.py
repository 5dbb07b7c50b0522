"""The market's settings of a Wagtail site, in its admin; and our icons."""

import re

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from wagtail.models import Site

from oscar_marketplace.test import factories
from tests.wagtail_mercado.admin_pages import form_of
from tests.wagtail_mercado.conftest import staff_client
from wagtail_mercado.models import MarketplaceSettings

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(db):
    return reverse("wagtailsettings:edit", args=["wagtail_mercado", "marketplacesettings", Site.objects.get().pk])


def test_they_are_saved_for_the_site(url):
    operator = factories.make_operator()
    clerk = staff_client("change_marketplacesettings")

    answer = clerk.post(url, {"operator": operator.pk, "notice": "Sin agua hasta las 12"})

    assert answer.status_code == 302
    found = MarketplaceSettings.for_site(Site.objects.get())
    assert (found.operator, found.current_notice) == (operator, "Sin agua hasta las 12")


def test_a_notice_that_ends_before_it_begins_is_refused(url):
    clerk = staff_client("change_marketplacesettings")

    answer = clerk.post(
        url, {"notice": "Sin agua", "notice_from": "2026-11-24 12:00", "notice_until": "2026-11-24 12:00"}
    )

    assert answer.status_code == 200
    assert "The notice ends before it begins." in answer.content.decode()
    assert not MarketplaceSettings.objects.filter(notice="Sin agua").exists()


def test_who_may_not_change_them_has_neither_menu_nor_page(url, editor):
    assert editor.get(url).url == "/cms/"
    assert "marketplacesettings" not in editor.get("/cms/").content.decode()


def test_the_form_shows_what_is_set(url):
    clerk = staff_client("change_marketplacesettings")
    MarketplaceSettings.objects.create(site=Site.objects.get(), notice="Sin agua")

    assert form_of(clerk, url)["notice"] == ["Sin agua"]


def test_our_icons_are_in_wagtails_sprite(editor):
    sprite = editor.get(reverse("wagtailadmin_sprite")).content.decode()

    for name in ("market", "stall", "goods", "order"):
        assert re.search(rf'<symbol id="icon-mercado-{name}" +viewBox="0 0 16 16">\s*<path d="M[^"]+"', sprite)


def test_a_group_can_be_given_the_rights_that_there_are(boss):
    page = boss.get(reverse("wagtailusers_groups:edit", args=[Group.objects.get(name="Editors").pk])).content.decode()

    offered = set(re.findall(r'name="permissions" value="(\d+)"', page))
    wanted = {
        "add_market",
        "change_market",
        "view_market",
        "change_stall",
        "view_stall",
        "view_stallorder",
        "view_contact",
    }
    ours = Permission.objects.filter(content_type__app_label="oscar_marketplace", pk__in=offered)
    assert set(ours.values_list("codename", flat=True)) == wanted | {"view_stallorder", "view_contact"}
