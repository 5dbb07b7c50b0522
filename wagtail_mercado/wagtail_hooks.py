"""What Wagtail's admin learns from us."""

from wagtail import hooks

from wagtail_mercado.choosers import listing_chooser, market_chooser, stall_chooser


@hooks.register("register_admin_viewset")
def register_choosers():
    return [market_chooser, stall_chooser, listing_chooser]
