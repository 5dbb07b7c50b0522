"""A product that only stalls sell is shown by our page, with every stall and its price per unit."""

from django.shortcuts import redirect

from oscar_marketplace.listings.models import CatalogueEntry
from oscar_marketplace.overlay.stall_products import only_stalls_sell


class ProductDetailViewMixin:
    def redirect_if_necessary(self, current_path, product):
        if product.is_public and only_stalls_sell(product) and CatalogueEntry.objects.filter(product=product).exists():
            return redirect("market:product", pk=product.pk)
        return super().redirect_if_necessary(current_path, product)
