"""Pages tell, the shop sells: whatever happens to a page or to what it is about, both keep answering."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser, Group
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction, ReferenceIndex, Site

from example_site.portal.models import ArticlePage, HomePage
from oscar_marketplace.stalls.models import StallPitch, StallState, Tenure
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import text
from tests.wagtail_mercado.plaza import hours, listing_grid, make_plaza, notice, stall_grid
from tests.wagtail_mercado.portal import add_page
from wagtail_mercado.models import MarketplaceSettings
from wagtail_mercado.pages_app.models import MarketIndexPage, MarketPage, StallPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def plaza(db):
    return make_plaza()


@pytest.fixture
def pages(plaza):
    """One page of each of our types, with blocks about the shop."""
    market_page = plaza.page_with(stall_grid(), listing_grid(listings=[plaza.tomato.pk]), hours(), notice())
    stall_page = add_page(market_page, StallPage, "Doña Chayo", [listing_grid()], stall=plaza.greens)
    return [plaza.portal.index, market_page, stall_page]


def shop_answers(plaza) -> dict[str, int]:
    """Status of each kind of page of the shop."""
    addresses = [
        reverse("market:home"),
        reverse("market:market", args=[plaza.market.slug]),
        reverse("market:stall", args=[plaza.greens.slug]),
        reverse("market:listing", args=[plaza.tomato.pk]),
        reverse("market:product", args=[plaza.tomato.stockrecord.product_id]),
        reverse("market:basket"),
        reverse("market:checkout"),
    ]
    plaza.client.post(reverse("market:basket-add"), {"add": plaza.tomato.pk})
    return {each: plaza.client.get(each).status_code for each in addresses}


def links(html: str) -> list[str]:
    """Words of the breadcrumbs that lead somewhere."""
    crumbs = re.search(r'<nav class="mk-crumbs".*?</nav>', html, re.S).group()
    return re.findall(r">([^<>]+)</a>", crumbs)


def assert_shop_is_open(plaza) -> None:
    assert set(shop_answers(plaza).values()) == {200}


class TestWhatPagesShow:
    def test_the_list_of_markets(self, plaza):
        factories.make_market(name="Mercado Corona", slug="corona", is_public=False)

        html = plaza.html(plaza.portal.index)

        assert f'<a href="{reverse("market:market", args=["alameda"])}"' in html
        assert "Mercado Corona" not in html

    def test_no_market_yet(self, plaza):
        plaza.market.is_public = False
        plaza.market.save()

        assert "No market is open to the public yet." in plaza.words(plaza.portal.index)

    def test_a_market_with_its_state_and_the_way_to_its_stalls(self, plaza):
        plaza.market.address = "Calle Alameda 1"
        plaza.market.save()

        page = plaza.page_with(intro="Since 1931.")

        assert "Since 1931." in plaza.words(page)
        assert "Open" in plaza.words(page)
        assert "Calle Alameda 1" in plaza.words(page)
        assert re.search(r'class="mk-btn" href="/markets/alameda/"', plaza.html(page))

    def test_a_stall_that_rests_says_so(self, plaza):
        page = add_page(plaza.page_with(), StallPage, "Doña Chayo", stall=plaza.greens)
        assert "This stall is not selling at the moment." not in plaza.words(page)

        type(plaza.greens).objects.filter(pk=plaza.greens.pk).update(state=StallState.PAUSED)

        assert "This stall is not selling at the moment." in plaza.words(page)
        assert f'href="{reverse("market:stall", args=[plaza.greens.slug])}"' in plaza.html(page)

    def test_the_way_here(self, plaza):
        page = add_page(plaza.page_with(), StallPage, "Doña Chayo", stall=plaza.greens)

        html = plaza.html(page)

        assert links(html) == ["Home", "Markets", "Mercado Alameda"]
        assert '<li aria-current="page">Doña Chayo</li>' in html

    def test_pages_that_not_everybody_may_read_are_not_named_below(self, plaza):
        page = plaza.page_with()
        for title in ("Open to all", "Staff only"):
            add_page(page, StallPage, title, stall=plaza.greens)
        add_page(Page.objects.get(title="Staff only"), StallPage, "Below staff's", stall=plaza.greens)
        restriction = {"page": Page.objects.get(title="Staff only"), "restriction_type": PageViewRestriction.LOGIN}

        assert ("Open to all" in plaza.words(page), "Staff only" in plaza.words(page)) == (True, True)
        PageViewRestriction.objects.create(**restriction)

        assert ("Open to all" in plaza.words(page), "Staff only" in plaza.words(page)) == (True, False)

    def test_a_site_below_another_begins_at_its_own_home(self, plaza, settings):
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "district.localhost"]
        district = add_page(plaza.portal.home, MarketIndexPage, "The district")
        index = add_page(district, MarketIndexPage, "Its markets")
        page = add_page(index, MarketPage, "Alameda of the district", market=plaza.market)
        assert links(plaza.html(page)) == ["Home", "The district", "Its markets"]
        assert "Its markets" in plaza.words(district)

        Site.objects.create(hostname="district.localhost", root_page=district)

        host = {"host": "district.localhost", "accept-language": "en"}
        own = plaza.client.get("/en/its-markets/alameda-of-the-district/", headers=host).content.decode()
        assert links(own) == ["Home", "Its markets"]
        # A home page has a menu for what is below it.
        below = plaza.client.get("/en/", headers=host).content.decode()
        assert "The district" in below
        assert 'id="below"' not in below

    def test_words_for_search_engines(self, plaza):
        page = plaza.page_with(seo_title="Alameda market", search_description="Stalls & hours")

        html = plaza.html(page)

        assert "<title>Alameda market" in html
        assert '<meta name="description" content="Stalls &amp; hours">' in html

    def test_the_projects_own_template_wins(self, plaza, settings, rf, tmp_path):
        page = plaza.page_with()
        assert page.get_template(rf.get("/")) == [
            "wagtail_mercado_pages/market_page.html",
            "wagtail_mercado/pages/market_page.html",
        ]
        (tmp_path / "wagtail_mercado_pages").mkdir()
        (tmp_path / "wagtail_mercado_pages" / "market_page.html").write_text("Ours: {{ page.title }} {{ shop_url }}")
        (engine,) = settings.TEMPLATES
        settings.TEMPLATES = [{**engine, "DIRS": [tmp_path]}]

        assert plaza.html(page) == "Ours: Mercado Alameda /markets/alameda/"

    def test_words_of_pages_are_found(self, plaza):
        plaza.page_with(("text", "<p>Tejuino every Sunday</p>"), intro="Under the jacarandas")

        call_command("rebuild_modelsearch_index" if _has_modelsearch() else "update_index", verbosity=0)

        assert [page.title for page in MarketPage.objects.search("tejuino")] == ["Mercado Alameda"]
        assert [page.title for page in MarketPage.objects.search("jacarandas")] == ["Mercado Alameda"]
        assert list(MarketPage.objects.search("pozole")) == []


def _has_modelsearch() -> bool:
    from django.core.management import get_commands

    return "rebuild_modelsearch_index" in get_commands()


class TestWhatHappensToPages:
    def test_unpublished(self, plaza, pages):
        for page in pages:
            page.unpublish()

            assert plaza.client.get(page.url).status_code == 404
            assert_shop_is_open(plaza)

    def test_deleted(self, plaza, pages):
        for page in reversed(pages):
            Page.objects.get(pk=page.pk).delete()

            assert_shop_is_open(plaza)
        assert type(plaza.market).objects.filter(pk=plaza.market.pk).exists()

    def test_moved(self, plaza, pages):
        article = add_page(plaza.portal.home, ArticlePage, "Elsewhere")

        pages[1].move(article, pos="last-child")

        assert "Mercado Alameda" in plaza.words(Page.objects.get(pk=pages[1].pk))
        assert_shop_is_open(plaza)

    def test_all_of_them_deleted_with_the_home_page(self, plaza, pages):
        Page.objects.get(pk=plaza.portal.home.pk).delete()

        assert not Site.objects.exists()
        assert_shop_is_open(plaza)

    @pytest.mark.parametrize("slug", ["markets", "stalls", "my-basket", "cms"])
    def test_a_page_named_like_an_address_of_the_shop_takes_nothing_from_it(self, plaza, slug):
        page = add_page(plaza.portal.home, ArticlePage, "Namesake", slug=f"{slug}-2")
        page.slug = slug
        Page.objects.filter(pk=plaza.portal.index.pk).update(slug="other")
        page.save()

        assert page.url == f"/en/{slug}/"
        assert_shop_is_open(plaza)

    def test_scheduled(self, plaza):
        page = plaza.page_with(intro="Now")
        page.save_revision().publish()
        page = MarketPage.objects.get(pk=page.pk)
        page.intro, page.go_live_at = "Later", timezone.now() + timedelta(hours=1)
        page.save_revision().publish()

        call_command("publish_scheduled", verbosity=0)
        assert "Now" in plaza.words(page)
        with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
            call_command("publish_scheduled", verbosity=0)

            assert "Later" in plaza.words(page)


class TestWhatPagesAreAbout:
    def test_a_hidden_market(self, plaza, pages):
        plaza.market.is_public = False
        plaza.market.save()

        words = plaza.words(pages[1])

        assert "This market does not sell online at the moment." in words
        assert "All stalls and prices" not in words

    def test_a_deleted_market_and_stall(self, plaza):
        market = factories.make_market(name="Mercado Corona", slug="corona")
        stall = factories.make_stall(market=market, name="Flores Corona", approved=False)
        market_page = plaza.page_with(stall_grid(), hours(), market=market)
        stall_page = add_page(market_page, StallPage, "Flores", [listing_grid()], stall=stall)
        StallPitch.objects.filter(stall=stall).delete()
        Tenure.objects.filter(stall=stall).delete()
        stall.delete()
        market.pitches.all().delete()
        market.delete()

        assert "This market does not sell online at the moment." in plaza.words(market_page)
        assert "This stall does not sell online any more." in plaza.words(stall_page)

    def test_a_closed_stall(self, plaza, pages):
        type(plaza.greens).objects.filter(pk=plaza.greens.pk).update(state=StallState.CLOSED)

        assert "This stall does not sell online any more." in plaza.words(pages[2])

    def test_the_markets_of_two_operators_on_two_sites(self, plaza, settings):
        settings.ALLOWED_HOSTS = ["testserver", "otra.example.org"]
        other_city = factories.make_operator(name="Otra ciudad", terms_url="https://otra.example.org/reglas")
        factories.make_market(operator=other_city, name="Mercado Ajeno", slug="ajeno")
        root = Page.get_first_root_node()
        home = add_page(root, HomePage, "Other city", slug="other")
        index = add_page(home, MarketIndexPage, "Markets")
        other = Site.objects.create(hostname="otra.example.org", root_page=home, site_name="Other")
        MarketplaceSettings.objects.create(site=plaza.portal.site, operator=plaza.market.operator)
        MarketplaceSettings.objects.create(site=other, operator=other_city, notice="Only in the other city")

        here = text(plaza.client.get("/en/markets/"))
        there = plaza.client.get("/en/markets/", headers={"host": "otra.example.org"})

        assert "Mercado Alameda" in here
        assert "Mercado Ajeno" not in here
        assert "Only in the other city" not in here
        assert there.context["page"].pk == index.pk
        assert "Mercado Ajeno" in text(there)
        assert "Mercado Alameda" not in text(there)
        assert "Only in the other city" in text(there)
        assert 'href="https://otra.example.org/reglas"' in there.content.decode()

    def test_reading_a_page_writes_nothing(self, plaza, pages):
        with CaptureQueriesContext(connection) as captured:
            for page in pages:
                plaza.html(page)

        writing = [each["sql"] for each in captured if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert writing == []
        assert not MarketplaceSettings.objects.exists()

    def test_the_index_of_references_knows_the_market(self, plaza, pages):
        named = ReferenceIndex.get_references_to(plaza.market)

        assert {each.base_content_type.model_class() for each in named} == {Page}
        assert {each.object_id for each in named} == {str(pages[1].pk)}


@pytest.mark.parametrize("number", range(3))
def test_a_preview_needs_no_basket(plaza, pages, number):
    page = pages[number]

    answer = page.make_preview_request(preview_mode="")

    assert answer.status_code == 200
    assert page.title in text(answer)


@pytest.mark.parametrize("number", range(3))
def test_a_preview_of_a_draft_shows_the_draft(plaza, pages, rf, number):
    page = pages[number]
    page.intro = "Not yet published"
    request = rf.get("/cms/preview/")
    request.user = AnonymousUser()

    answer = page.serve_preview(request, "").render()

    assert "Not yet published" in answer.content.decode()


def test_who_may_publish_needs_no_rights_on_the_shop(plaza):
    permissions = Group.objects.get(name="Moderators").permissions.all()

    assert not permissions.filter(content_type__app_label="oscar_marketplace").exists()
