"""Choosers for markets, stalls and listings: widgets for staff's forms and blocks for pages."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.chooser import ChooserViewSet

from wagtail_mercado.catalogue import Listing, Market, Stall


class MarketChooserViewSet(ChooserViewSet):
    model = Market
    icon = "mercado-market"
    choose_one_text = _("Choose a market")
    choose_another_text = _("Choose another market")
    edit_item_text = _("Edit this market")


class StallChooserViewSet(ChooserViewSet):
    model = Stall
    icon = "mercado-stall"
    choose_one_text = _("Choose a stall")
    choose_another_text = _("Choose another stall")
    edit_item_text = _("Edit this stall")


class ListingChooserViewSet(ChooserViewSet):
    model = Listing
    icon = "mercado-goods"
    choose_one_text = _("Choose a product on sale")
    choose_another_text = _("Choose another product on sale")


market_chooser = MarketChooserViewSet("mercado_market_chooser", url_prefix="mercado/choose-market")
stall_chooser = StallChooserViewSet("mercado_stall_chooser", url_prefix="mercado/choose-stall")
listing_chooser = ListingChooserViewSet("mercado_listing_chooser", url_prefix="mercado/choose-listing")

MarketChooserBlock = market_chooser.get_block_class(name="MarketChooserBlock", module_path=__name__)
StallChooserBlock = stall_chooser.get_block_class(name="StallChooserBlock", module_path=__name__)
ListingChooserBlock = listing_chooser.get_block_class(name="ListingChooserBlock", module_path=__name__)
