"""Parts for a project's own pages: the list of markets, a market, a stall.

Each is an abstract model without a base of its own, so that it works with Wagtail's ``Page`` and with a project's
swapped page model::

    class MarketPage(MarketPageMixin, Page):
        pass

Projects that want no pages of their own install ``wagtail_mercado.pages_app``. Pages tell; the shop sells: no page has
an address of the shop, so publishing, moving or deleting one never touches where people buy.
"""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, TitleFieldPanel

from wagtail_mercado import catalogue
from wagtail_mercado.blocks import MarketStreamBlock, operator_of
from wagtail_mercado.fields import BlocksField
from wagtail_mercado.page_languages import links_to_translations


class MercadoPageMixin(models.Model):
    """An introduction and a body of blocks, inside the shop's own frame."""

    intro = models.CharField(
        _("introduction"), max_length=300, blank=True, help_text=_("One or two sentences below the title.")
    )
    body = BlocksField(MarketStreamBlock(), verbose_name=_("body"), blank=True)

    #: Shown where the project has no template for its page type.
    plain_template = "wagtail_mercado/pages/page.html"
    content_panels = [TitleFieldPanel("title"), FieldPanel("intro"), FieldPanel("body")]

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        around = catalogue.page_context(request, operator=self.get_operator(request))
        return {**context, **around, "mk_language_links": links_to_translations(self)}

    def get_template(self, request: HttpRequest, *args: Any, **kwargs: Any) -> list[str]:
        """The project's template for its page type, by Wagtail's rule of names, else ours."""
        return [super().get_template(request, *args, **kwargs), self.plain_template]

    def get_operator(self, request: HttpRequest):
        """Whose rules and telephone stand at the foot of the page."""
        return operator_of(request)


class MarketIndexPageMixin(MercadoPageMixin):
    """The list of markets, with an editor's words around it."""

    plain_template = "wagtail_mercado/pages/market_index_page.html"

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return {**context, "cards": catalogue.cards_of_markets(operator_of(request))}


class MarketPageMixin(MercadoPageMixin):
    """A market's page: its editor's words and blocks, and the way to its stalls in the shop."""

    market = models.ForeignKey(
        "oscar_marketplace.Market",
        # The market may go; what was written about it stays.
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("market"),
        help_text=_("Blocks on this page show this market unless they name another."),
    )

    plain_template = "wagtail_mercado/pages/market_page.html"
    content_panels = [TitleFieldPanel("title"), FieldPanel("market"), FieldPanel("intro"), FieldPanel("body")]

    class Meta:
        abstract = True

    def get_operator(self, request: HttpRequest):
        return self.market.operator if self.market else super().get_operator(request)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        market = catalogue.shown_market(self.market_id)
        if market is None:
            return {**context, "market": None}
        return {**context, "market": market, "mk_hue": market.hue, **catalogue.facts_of_market(market)}


class StallPageMixin(MercadoPageMixin):
    """A stall's story, and the way to what it sells."""

    stall = models.ForeignKey(
        "oscar_marketplace.Stall",
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("stall"),
        help_text=_("Blocks on this page show what this stall sells unless they name another."),
    )

    plain_template = "wagtail_mercado/pages/stall_page.html"
    content_panels = [TitleFieldPanel("title"), FieldPanel("stall"), FieldPanel("intro"), FieldPanel("body")]

    class Meta:
        abstract = True

    def get_operator(self, request: HttpRequest):
        return self.stall.operator if self.stall else super().get_operator(request)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        stall = catalogue.shown_stall(self.stall_id)
        if stall is None:
            return {**context, "stall": None}
        return {**context, "stall": stall, "mk_hue": stall.hue, **catalogue.facts_of_stall(stall)}
