"""The market's own part of Wagtail's menu: markets, stalls and orders for the city's staff."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.base import ViewSetGroup

from wagtail_mercado.viewsets.markets import MarketViewSet
from wagtail_mercado.viewsets.orders import OrderViewSet
from wagtail_mercado.viewsets.stalls import StallViewSet


class MercadoGroup(ViewSetGroup):
    menu_label = _("Markets")
    menu_name = "mercado"
    menu_icon = "mercado-market"
    menu_order = 150
    items = (MarketViewSet, StallViewSet, OrderViewSet)
