"""Every component in every state, for whoever builds a screen or re-colours ours."""

from django.views.generic import TemplateView

from oscar_marketplace.storefront.page import MarketplacePage


class StyleView(MarketplacePage, TemplateView):
    template_name = "oscar_marketplace/base/style.html"
