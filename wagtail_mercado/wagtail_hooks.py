"""What Wagtail's admin learns from us."""

from wagtail import hooks

from wagtail_mercado.choosers import listing_chooser, market_chooser, stall_chooser
from wagtail_mercado.viewsets import MercadoGroup

ICONS = ["mercado-market", "mercado-stall", "mercado-goods", "mercado-order"]


@hooks.register("register_admin_viewset")
def register_viewsets():
    return [market_chooser, stall_chooser, listing_chooser, MercadoGroup()]


@hooks.register("register_icons")
def register_icons(icons):
    return [*icons, *(f"wagtail_mercado/icons/{name}.svg" for name in ICONS)]
