"""Blocks on a page: what the editor chose as the shop has it now, and less, never an error, when it is gone."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.writer import MigrationWriter
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.fields import StreamField
from wagtail.models import Site

from oscar_marketplace.listings.models import ListingState
from oscar_marketplace.stalls.models import StallState
from oscar_marketplace.test import factories
from tests.oscar_marketplace.storefront.shopper import text
from tests.wagtail_mercado.plaza import hours, listing_grid, make_plaza, notice, stall_grid
from tests.wagtail_mercado.portal import add_page
from wagtail_mercado import catalogue
from wagtail_mercado.blocks import (
    HeadedBlock,
    ListingGridBlock,
    MarketGridBlock,
    MarketStreamBlock,
    NoticeBlock,
    OpeningHoursBlock,
    StallGridBlock,
)
from wagtail_mercado.models import MarketplaceSettings
from wagtail_mercado.pages_app.models import MarketIndexPage, StallPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def plaza(db):
    return make_plaza()


def card_names(html: str) -> list[str]:
    """Names on the cards of stalls, markets and goods, in the page's order."""
    return [name.strip() for name in re.findall(r"<h[23]><a [^>]*>([^<]*)</a></h[23]>", html)]


class TestStalls:
    def test_chosen_stalls_come_in_the_editors_order(self, plaza):
        page = plaza.page_with(stall_grid(heading="Our pick", stalls=[plaza.greens.pk, plaza.dairy.pk]))

        html = plaza.html(page)

        assert "<h2>Our pick</h2>" in html
        assert card_names(html) == ["Verduras Doña Chayo", "Cremería La Vaquita"]
        assert f'href="{reverse("market:stall", args=[plaza.greens.slug])}"' in html

    def test_without_a_choice_the_stalls_of_the_pages_market_by_name(self, plaza):
        elsewhere = factories.make_stall(market=factories.make_market(), name="Another market's")

        names = card_names(plaza.html(plaza.page_with(stall_grid())))

        assert names == ["Cremería La Vaquita", "Verduras Doña Chayo"]
        assert elsewhere.name not in names

    def test_a_chosen_market_wins_over_the_pages(self, plaza):
        other = factories.make_market(name="Mercado Corona", slug="corona")
        factories.make_stall(market=other, name="Flores Corona")

        assert card_names(plaza.html(plaza.page_with(stall_grid(market=other.pk)))) == ["Flores Corona"]

    def test_only_stalls_of_the_trade(self, plaza):
        page = plaza.page_with(stall_grid(trade=plaza.greens.trades.get().slug))

        assert card_names(plaza.html(page)) == ["Verduras Doña Chayo"]

    def test_a_page_of_no_market_shows_no_stalls(self, plaza):
        page = add_page(plaza.portal.home, MarketIndexPage, "Here", [stall_grid(heading="Stalls here")])

        assert "Stalls here" not in plaza.html(page)

    @pytest.mark.parametrize(
        ("state", "is_shown"), [(StallState.CLOSED, False), (StallState.PAUSED, True), (StallState.DRAFT, False)]
    )
    def test_a_stall_chosen_long_ago_is_shown_while_it_is_there(self, plaza, state, is_shown):
        page = plaza.page_with(stall_grid(stalls=[plaza.greens.pk, plaza.dairy.pk]))
        type(plaza.greens).objects.filter(pk=plaza.greens.pk).update(state=state)

        shown = ["Verduras Doña Chayo"] if is_shown else []
        assert card_names(plaza.html(page)) == [*shown, "Cremería La Vaquita"]

    def test_a_stall_whose_market_is_hidden_is_left_out(self, plaza):
        other = factories.make_market(name="Mercado Corona", slug="corona")
        flowers = factories.make_stall(market=other, name="Flores Corona")
        page = plaza.page_with(stall_grid(stalls=[flowers.pk, plaza.dairy.pk]))
        other.is_public = False
        other.save()

        assert card_names(plaza.html(page)) == ["Cremería La Vaquita"]

    def test_rows_that_were_deleted_leave_the_rest(self, plaza):
        page = plaza.page_with(
            stall_grid(stalls=[999_999, plaza.dairy.pk]),
            stall_grid(heading="Gone", market=999_999),
            listing_grid(listings=[999_999, plaza.cheese.pk]),
            hours(market=999_999),
        )

        assert card_names(plaza.html(page))[:1] == ["Cremería La Vaquita"]
        assert "Queso fresco" in plaza.html(page)

    def test_no_more_than_the_editor_and_the_city_allow(self, plaza, settings):
        for n in range(4):
            factories.make_stall(market=plaza.market, name=f"Puesto {n}")

        assert len(card_names(plaza.html(plaza.page_with(stall_grid(most=3))))) == 3
        settings.WAGTAIL_MERCADO_MOST_CARDS = 2
        assert len(card_names(plaza.html(plaza.page_with(stall_grid(most=6))))) == 2

    def test_the_editor_chooses_among_the_trades_there_are(self, plaza):
        factories.make_trade("Flores")
        codes = {trade.name: trade.slug for trade in catalogue.Trade.objects.all()}

        field = StallGridBlock().child_blocks["trade"].field

        assert [choice for choice in field.choices if choice[0]] == [
            (codes["Flores"], "Flores"),
            (codes["Verduras"], "Verduras"),
        ]
        assert field.clean(codes["Flores"]) == codes["Flores"]
        assert field.clean("") == ""
        with pytest.raises(ValidationError):
            field.clean("vegetables")

    def test_a_text_in_another_language_says_which(self, plaza):
        page = plaza.page_with(stall_grid(stalls=[plaza.greens.pk]), listing_grid(listings=[plaza.tomato.pk]))
        type(plaza.greens).objects.filter(pk=plaza.greens.pk).update(name_es="Verduras Doña Chayo", name_en="")
        product = plaza.tomato.stockrecord.product
        type(product).objects.filter(pk=product.pk).update(title_es="Jitomate", title_en="")

        html = plaza.html(page)

        assert re.search(r'<a [^>]*lang="es"[^>]*>Verduras Doña Chayo</a>', html)
        assert re.search(r'<a [^>]*lang="es"[^>]*>Jitomate</a>', html)


class TestListings:
    def test_chosen_goods_with_todays_price_and_stall(self, plaza):
        page = plaza.page_with(listing_grid(listings=[plaza.cheese.pk, plaza.tomato.pk]))

        assert card_names(plaza.html(page)) == ["Queso fresco", "Jitomate"]
        assert "$144 per kilo Cremería La Vaquita" in plaza.words(page)
        type(plaza.cheese).objects.filter(pk=plaza.cheese.pk).update(price="150.50")
        assert "$150.50 per kilo" in plaza.words(page)

    def test_a_stalls_goods_by_name(self, plaza):
        factories.make_listing(stall=plaza.greens, title="Aguacate")

        page = plaza.page_with(listing_grid(stall=plaza.greens.pk))

        assert card_names(plaza.html(page)) == ["Aguacate", "Jitomate"]

    def test_a_stalls_page_shows_its_own_goods(self, plaza):
        market_page = plaza.page_with()
        page = add_page(market_page, StallPage, "La Vaquita", [listing_grid()], stall=plaza.dairy)

        assert card_names(plaza.html(page)) == ["Queso fresco"]

    @pytest.mark.parametrize("state", [ListingState.DRAFT, ListingState.ARCHIVED])
    def test_goods_no_longer_on_sale_are_left_out(self, plaza, state):
        page = plaza.page_with(listing_grid(listings=[plaza.tomato.pk, plaza.cheese.pk]))
        type(plaza.tomato).objects.filter(pk=plaza.tomato.pk).update(state=state)

        assert card_names(plaza.html(page)) == ["Queso fresco"]

    def test_goods_of_a_closed_stall_are_left_out(self, plaza):
        page = plaza.page_with(listing_grid(listings=[plaza.tomato.pk, plaza.cheese.pk]))
        type(plaza.dairy).objects.filter(pk=plaza.dairy.pk).update(state=StallState.CLOSED)

        assert card_names(plaza.html(page)) == ["Jitomate"]

    def test_no_more_than_the_city_allows(self, plaza, settings):
        settings.WAGTAIL_MERCADO_MOST_CARDS = 1

        page = plaza.page_with(listing_grid(listings=[plaza.tomato.pk, plaza.cheese.pk]))

        assert card_names(plaza.html(page)) == ["Jitomate"]

    def test_the_button_fills_the_basket_and_comes_back_to_the_page(self, plaza):
        page = plaza.page_with(listing_grid(listings=[plaza.tomato.pk]))
        action = re.search(r'<form method="post" action="([^"]*basket/add[^"]*)"', plaza.html(page)).group(1)

        answer = plaza.client.post(action, {"add": plaza.tomato.pk}, follow=True)

        target, _status = answer.redirect_chain[-1]
        assert target.partition("#")[0] == page.url
        assert "Added: ¼ kg of Jitomate." in text(answer)
        assert "¼ kg in your basket" in text(answer)

    def test_nothing_to_show_is_no_form(self, plaza):
        page = plaza.page_with(listing_grid(heading="Today", listings=[999_999]))

        assert "Today" not in plaza.html(page)
        assert "basket/add" not in plaza.html(page)


class TestHours:
    def test_the_pages_market_with_today_marked(self, plaza):
        html = plaza.html(plaza.page_with(hours()))

        assert "<h2>Opening hours</h2>" in html
        assert "Opening hours of Mercado Alameda" in html
        assert html.count('<tr aria-current="date">') == 1

    def test_another_market_is_named(self, plaza):
        other = factories.make_market(name="Mercado Corona", slug="corona")

        assert "When to come Mercado Corona" in plaza.words(
            plaza.page_with(hours(heading="When to come", market=other.pk))
        )

    def test_a_hidden_market_has_none(self, plaza):
        page = plaza.page_with(hours())
        plaza.market.is_public = False
        plaza.market.save()

        assert "Opening hours" not in plaza.html(page)


class TestNotices:
    @pytest.mark.parametrize(
        ("begins", "ends", "is_shown"),
        [(None, None, True), (-1, 1, True), (-1, None, True), (None, 1, True), (1, None, False), (None, -1, False)],
    )
    def test_a_notice_stands_between_its_moments(self, plaza, begins, ends, is_shown):
        now = timezone.now()
        begins, ends = (
            None if hours_away is None else (now + timedelta(hours=hours_away)).isoformat()
            for hours_away in (begins, ends)
        )

        page = plaza.page_with(notice(shown_from=begins, shown_until=ends))

        assert ("Water cut" in plaza.html(page)) is is_shown

    @pytest.mark.parametrize("minutes", [0, -1])
    def test_it_may_not_end_before_it_begins(self, minutes):
        block, now = NoticeBlock(), timezone.now()
        value = block.to_python(notice()[1])
        value["shown_from"], value["shown_until"] = now, now + timedelta(minutes=minutes)

        with pytest.raises(StructBlockValidationError) as refused:
            block.clean(value)

        (wrong,) = refused.value.block_errors.items()
        assert wrong[0] == "shown_until"
        assert wrong[1].messages == ["The notice ends before it begins."]

    def test_one_that_ends_later_is_kept(self):
        block, now = NoticeBlock(), timezone.now()
        value = block.to_python(notice()[1])
        value["shown_from"], value["shown_until"] = now, now + timedelta(minutes=1)

        assert block.clean(value)["shown_until"] == now + timedelta(minutes=1)

    def test_the_citys_own_notice_is_checked_as_well(self, plaza):
        now = timezone.now()
        city = MarketplaceSettings(site=plaza.portal.site, notice="x", notice_from=now, notice_until=now)

        with pytest.raises(ValidationError) as refused:
            city.clean()

        assert refused.value.message_dict == {"notice_until": ["The notice ends before it begins."]}


def test_a_grid_of_markets_shows_those_of_the_sites_operator(plaza):
    factories.make_market(name="Mercado Corona", slug="corona")
    page = plaza.page_with(("markets", {"heading": "All"}))
    assert card_names(plaza.html(page)) == ["Mercado Alameda", "Mercado Corona"]

    MarketplaceSettings.objects.create(site=plaza.portal.site, operator=plaza.market.operator)

    assert card_names(plaza.html(page)) == ["Mercado Alameda"]


@pytest.mark.parametrize("block", [StallGridBlock, ListingGridBlock])
def test_the_most_cards_are_those_of_the_setting_as_it_is_now(block, settings):
    most = block().child_blocks["most"]
    assert most.clean(24) == 24

    settings.WAGTAIL_MERCADO_MOST_CARDS = 30
    assert most.clean(30) == 30

    settings.WAGTAIL_MERCADO_MOST_CARDS = 5
    assert (most.clean(5), most.get_default()) == (5, 5)
    with pytest.raises(ValidationError) as refused:
        most.clean(6)
    assert refused.value.messages == ["No more than 5 cards can be shown."]


def test_a_project_can_write_the_blocks_into_its_migrations():
    written, imports = MigrationWriter.serialize(StreamField(MarketStreamBlock()))

    assert "wagtail_mercado.blocks.at_most_cards" in written
    assert "import wagtail_mercado.catalogue" in imports


@pytest.mark.parametrize("block", [MarketGridBlock, StallGridBlock, ListingGridBlock, OpeningHoursBlock])
def test_the_heading_is_asked_for_first(block):
    assert next(iter(block().child_blocks)) == "heading"
    assert issubclass(block, HeadedBlock)


def test_a_grid_without_a_heading_still_has_one_for_who_listens(plaza):
    grids = [("markets", {"heading": ""}), stall_grid(), listing_grid(listings=[plaza.tomato.pk])]

    html = plaza.html(plaza.page_with(*grids))

    assert re.findall(r'<h2 class="mk-vh">([^<]*)</h2>', html) == ["Markets", "Stalls", "Products on sale"]


def statements(plaza, page) -> int:
    plaza.html(page)
    Site.get_site_root_paths()
    with CaptureQueriesContext(connection) as captured:
        plaza.html(page)
    return len(captured)


@pytest.mark.parametrize("grid", [stall_grid, listing_grid])
def test_more_cards_cost_no_more_statements(plaza, grid):
    def chosen(stalls, goods):
        pks = [each.pk for each in (stalls if grid is stall_grid else goods)]
        return plaza.page_with(grid(most=24, **{grid()[0]: pks}))

    few = statements(plaza, chosen([plaza.greens], [plaza.tomato]))
    stalls = [factories.make_stall(market=plaza.market) for _ in range(7)]
    goods = [factories.make_listing(stall=stall, title=f"Good {stall.pk}") for stall in stalls]
    for stall in stalls:
        stall.trades.add(factories.make_trade())

    assert statements(plaza, chosen(stalls, goods)) == few


@pytest.mark.parametrize(
    ("block", "raw"),
    [(StallGridBlock, stall_grid), (ListingGridBlock, listing_grid), (OpeningHoursBlock, hours)],
)
def test_a_block_by_itself_needs_no_page_and_no_request(plaza, block, raw):
    one = block()

    assert one.render(one.to_python(raw()[1])).strip() == ""


def test_a_preview_has_no_basket(plaza):
    block = ListingGridBlock()
    request = RequestFactory().get("/en/here/")
    value = block.to_python(listing_grid(listings=[plaza.tomato.pk])[1])

    assert "Jitomate" in block.render(value, {"request": request})
