"""Blocks for the body of any page: stalls, listings, opening hours and notices, always as the shop has them now.

A block whose market, stall or listing is gone, closed or not public shows less, or nothing; it never breaks a page.
"""

from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageBlock

from wagtail_mercado import catalogue
from wagtail_mercado.choosers import ListingChooserBlock, MarketChooserBlock, StallChooserBlock
from wagtail_mercado.conf import settings

GROUP = _("Market")
TONES = [
    ("info", _("Information")),
    ("go", _("Good news")),
    ("wait", _("Attention")),
    ("bad", _("Closed or cancelled")),
]
#: What an editor may do in running text: the page's own headings come from the blocks.
PLAIN_TEXT = ["bold", "italic", "link", "ol", "ul", "h3"]


def page_of(parent_context: dict[str, Any] | None) -> Any:
    """The page a block stands on; None where it is shown by itself."""
    return (parent_context or {}).get("page")


def market_of_page(parent_context: dict[str, Any] | None):
    """The market of the page a block stands on, if it is a market's page and the market is public."""
    return catalogue.shown_market(getattr(page_of(parent_context), "market_id", None))


def at_most_cards(wanted: int) -> None:
    """Refuse more cards than the city lets a block show; read when an editor saves, not when the block is made.

    Raises:
        ValidationError: it says how many may be shown.
    """
    most = settings.MOST_CARDS
    if wanted > most:
        words = ngettext("No more than %(most)d card can be shown.", "No more than %(most)d cards can be shown.", most)
        raise ValidationError(words % {"most": most}, code="too_many_cards")


def at_most(wanted: int | None) -> int:
    """As many cards as the editor wants, where the city allows so many."""
    return min(wanted or settings.MOST_CARDS, settings.MOST_CARDS)


def most_block(default: int) -> blocks.IntegerBlock:
    """How many cards a block shows; a new one begins with ``default``, or with what the city allows."""
    return blocks.IntegerBlock(
        label=_("at most"), min_value=1, validators=[at_most_cards], default=partial(at_most, default)
    )


class HeadedBlock(blocks.StructBlock):
    """A part of a page under a heading of level two; where the editor wrote none, who listens still hears one."""

    heading = blocks.CharBlock(label=_("heading"), required=False, max_length=80)


class MarketGridBlock(HeadedBlock):
    """Cards of all markets of this site."""

    class Meta:
        icon = "mercado-market"
        label = _("Markets")
        group = GROUP
        template = "wagtail_mercado/blocks/market_grid.html"
        description = _("All markets that are open to the public, with their next pick-up time.")

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return {**context, "cards": catalogue.cards_of_markets(operator_of(context.get("request")))}


class StallGridBlock(HeadedBlock):
    """Cards of stalls: those the editor chose, else those of a market."""

    stalls = blocks.ListBlock(
        StallChooserBlock(),
        label=_("stalls"),
        required=False,
        default=[],
        help_text=_("The stalls to show, in this order. Empty: the stalls of the market below."),
    )
    market = MarketChooserBlock(
        label=_("market"), required=False, help_text=_("Empty: the market of the page itself, where it has one.")
    )
    trade = blocks.ChoiceBlock(
        label=_("trade"), required=False, choices=catalogue.trade_choices, help_text=_("To show only its stalls.")
    )
    most = most_block(6)

    class Meta:
        icon = "mercado-stall"
        label = _("Stalls")
        group = GROUP
        template = "wagtail_mercado/blocks/stall_grid.html"
        description = _("Cards of stalls with what they sell; open or closed is always up to date.")

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        return {**context, "cards": self._cards(value, parent_context)}

    def _cards(self, value, parent_context) -> list[dict[str, Any]]:
        most = at_most(value["most"])
        if value["stalls"]:
            return catalogue.cards_of_stalls([stall.pk for stall in value["stalls"] if stall])[:most]
        chosen = value["market"]
        market = catalogue.shown_market(chosen.pk) if chosen else market_of_page(parent_context)
        return catalogue.cards_of_market(market, trade=value["trade"], most=most) if market else []


class ListingGridBlock(HeadedBlock):
    """Goods on sale with their prices of today: those the editor chose, else those of a stall."""

    listings = blocks.ListBlock(
        ListingChooserBlock(),
        label=_("products on sale"),
        required=False,
        default=[],
        help_text=_("The products to show, in this order. Empty: what the stall below sells."),
    )
    stall = StallChooserBlock(
        label=_("stall"), required=False, help_text=_("Empty: the stall of the page itself, where it has one.")
    )
    most = most_block(8)

    class Meta:
        icon = "mercado-goods"
        label = _("Products on sale")
        group = GROUP
        template = "wagtail_mercado/blocks/listing_grid.html"
        description = _("Products with today's price and a button that puts them into the basket.")

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        request = context.get("request")
        items = catalogue.cards_of_listings(
            self._listings(value, parent_context), basket=getattr(request, "basket", None)
        )
        here = request.get_full_path() if request is not None else "/"
        return {**context, "items": items, "add_url": catalogue.add_url(here)}

    def _listings(self, value, parent_context) -> list:
        most = at_most(value["most"])
        if value["listings"]:
            return catalogue.chosen_listings([listing.pk for listing in value["listings"] if listing])[:most]
        chosen = value["stall"]
        stall = catalogue.shown_stall(chosen.pk if chosen else getattr(page_of(parent_context), "stall_id", None))
        return catalogue.listings_of_stall(stall, most=most) if stall else []


class OpeningHoursBlock(HeadedBlock):
    """Opening hours of a market for the week that begins today, closures included."""

    market = MarketChooserBlock(
        label=_("market"), required=False, help_text=_("Empty: the market of the page itself, where it has one.")
    )

    class Meta:
        icon = "time"
        label = _("Opening hours")
        group = GROUP
        template = "wagtail_mercado/blocks/opening_hours.html"
        description = _("Hours of a market for the coming seven days, with its closures.")

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        chosen = value["market"]
        market = catalogue.shown_market(chosen.pk) if chosen else market_of_page(parent_context)
        if market is None:
            return {**context, "rows": []}
        return {**context, "rows": catalogue.hours_of_market(market), **catalogue.facts_of_market(market)}


class NoticeBlock(blocks.StructBlock):
    """A fact in its colour, shown between two moments."""

    tone = blocks.ChoiceBlock(label=_("kind"), choices=TONES, default="info")
    text = blocks.RichTextBlock(label=_("text"), features=["bold", "italic", "link"])
    shown_from = blocks.DateTimeBlock(label=_("shown from"), required=False)
    shown_until = blocks.DateTimeBlock(label=_("shown until"), required=False)

    class Meta:
        icon = "info-circle"
        label = _("Notice")
        group = GROUP
        template = "wagtail_mercado/blocks/notice.html"
        description = _("A highlighted notice that appears and goes away by itself.")

    def clean(self, value):
        cleaned = super().clean(value)
        begins, ends = cleaned.get("shown_from"), cleaned.get("shown_until")
        if begins and ends and ends <= begins:
            wrong = ValidationError(_("The notice ends before it begins."))
            raise StructBlockValidationError(block_errors={"shown_until": wrong})
        return cleaned

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        now = timezone.now()
        begins, ends = value["shown_from"], value["shown_until"]
        is_shown = (begins is None or begins <= now) and (ends is None or now < ends)
        return {**context, "is_shown": is_shown}


class PictureBlock(blocks.StructBlock):
    """A picture in a modern format, with words for who cannot see it."""

    picture = ImageBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False, max_length=200)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "wagtail_mercado/blocks/picture.html"


class MarketStreamBlock(blocks.StreamBlock):
    """All of the above and running text; a project may take it as it is, or add to it."""

    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", max_length=100, template="wagtail_mercado/blocks/heading.html"
    )
    text = blocks.RichTextBlock(
        label=_("Text"), features=PLAIN_TEXT, icon="pilcrow", template="wagtail_mercado/blocks/text.html"
    )
    picture = PictureBlock()
    markets = MarketGridBlock()
    stalls = StallGridBlock()
    listings = ListingGridBlock()
    opening_hours = OpeningHoursBlock()
    notice = NoticeBlock()


def operator_of(request):
    """Whose markets the site of this request shows; None: everybody's."""
    if request is None:
        return None
    from wagtail_mercado.models import MarketplaceSettings

    return MarketplaceSettings.for_request(request).operator
