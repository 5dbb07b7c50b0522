"""Taking the market out: its pages go, the site's own stay where they are."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from wagtail.models import Page, Site

from oscar_marketplace.test import factories
from wagtail_mercado.pages_app.models import MarketIndexPage, MarketPage, StallPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def home():
    return Site.objects.get(is_default_site=True).root_page


@pytest.fixture
def market_pages(home):
    """A list of markets with a market, which has a stall's page."""
    index = home.add_child(instance=MarketIndexPage(title="Markets", slug="our-markets"))
    corona = factories.make_market()
    market = index.add_child(instance=MarketPage(title="Corona", slug="corona", market=corona))
    stall = factories.make_stall(market=corona)
    return index, market, market.add_child(instance=StallPage(title="Chayo", slug="chayo", stall=stall))


def delete(*arguments) -> str:
    out = StringIO()
    call_command("delete_market_pages", *arguments, stdout=out)
    return out.getvalue()


def test_it_first_says_what_would_go(market_pages):
    said = delete()

    paths = [page.url_path for page in reversed(market_pages)]
    assert [line.split()[0] for line in said.splitlines()] == [*paths, "3"]
    assert "say --yes" in said
    assert Page.objects.filter(pk__in=[page.pk for page in market_pages]).count() == 3


def test_the_pages_go_and_the_sites_own_stay(market_pages, home):
    before = set(Page.objects.values_list("pk", flat=True))

    said = delete("--yes")

    assert said.splitlines()[-1] == "3 pages deleted."
    assert before - set(Page.objects.values_list("pk", flat=True)) == {page.pk for page in market_pages}
    home.refresh_from_db()
    assert home.numchild == home.get_children().count()
    assert Page.find_problems() == ([], [], [], [], [])


def test_the_root_of_a_site_is_not_deleted(market_pages):
    Site.objects.create(hostname="markets.example.org", root_page=market_pages[0])

    with pytest.raises(CommandError, match="root of the site markets.example.org"):
        delete("--yes")

    assert MarketIndexPage.objects.filter(pk=market_pages[0].pk).exists()


def test_a_page_of_the_sites_own_below_is_not_taken_along(market_pages):
    market_pages[1].add_child(instance=Page(title="A festival", slug="festival"))

    with pytest.raises(CommandError, match="festival/ lies below the market page 'Corona'"):
        delete("--yes")

    assert Page.objects.filter(slug="festival").exists()
    assert StallPage.objects.filter(pk=market_pages[2].pk).exists()
