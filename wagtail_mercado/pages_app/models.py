"""The list of markets, a market and a stall as pages of their own."""

from django.utils.translation import gettext_lazy as _
from wagtail.models import Page
from wagtail.search import index

from wagtail_mercado.pages import MarketIndexPageMixin, MarketPageMixin, StallPageMixin

WORDS = [index.SearchField("intro"), index.SearchField("body")]


class MarketIndexPage(MarketIndexPageMixin, Page):
    search_fields = Page.search_fields + WORDS
    subpage_types = ["wagtail_mercado_pages.MarketPage"]
    page_description = _("All markets, with your words around them. Market pages go below it.")

    class Meta:
        verbose_name = _("list of markets")
        verbose_name_plural = _("lists of markets")


class MarketPage(MarketPageMixin, Page):
    search_fields = Page.search_fields + WORDS
    subpage_types = ["wagtail_mercado_pages.StallPage"]
    page_description = _("One market: its story, stalls, goods, hours and notices.")

    class Meta:
        verbose_name = _("market page")
        verbose_name_plural = _("market pages")


class StallPage(StallPageMixin, Page):
    search_fields = Page.search_fields + WORDS
    subpage_types: list[str] = []
    page_description = _("The story of one stall and what it sells.")

    class Meta:
        verbose_name = _("stall page")
        verbose_name_plural = _("stall pages")
