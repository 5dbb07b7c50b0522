"""Oscar's basket forms know from which stall: they check this stall's stock and price, and no other's."""

from django import forms
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.listings.models import Listing
from oscar_marketplace.listings.queries import listings_of_stockrecords, with_price_facts
from oscar_marketplace.overlay.basket_at_stall import BasketAtStall


class AddToBasketFormMixin:
    """Adds the optional, hidden field ``listing``: which stall's offer is meant."""

    def __init__(self, basket, product, *args, **kwargs):
        super().__init__(basket, product, *args, **kwargs)
        products = [product.pk]
        if product.is_parent:
            products += product.children.values_list("pk", flat=True)
        self.fields["listing"] = forms.ModelChoiceField(
            with_price_facts(Listing.objects.filter(stockrecord__product_id__in=products)),
            required=False,
            widget=forms.HiddenInput,
            error_messages={"invalid_choice": _("This stall does not sell that. Please choose it again.")},
        )

    def clean(self):
        listing = self.cleaned_data.get("listing")
        if listing is None:
            return super().clean()
        if listing.stockrecord.product_id != self.product.pk:
            raise forms.ValidationError(self.fields["listing"].error_messages["invalid_choice"])
        whole_basket, self.basket = self.basket, BasketAtStall(self.basket, listing)
        try:
            with whole_basket.strategy.narrowed_to(listing.stockrecord):
                return super().clean()
        finally:
            self.basket = whole_basket


class BasketLineFormMixin:
    def check_max_allowed_quantity(self, qty):
        if not _listing_of(self.instance):
            return super().check_max_allowed_quantity(qty)
        # Oscar asks whether the *difference* may be bought, and a listing may have a fewest amount: whoever takes less
        # would be refused. The new amount itself is checked by ``check_permission``.
        is_allowed, reason = self.instance.basket.is_quantity_allowed(qty - self.instance.quantity)
        if not is_allowed:
            raise forms.ValidationError(reason)


class SavedLineFormMixin:
    def clean(self):
        listing = _listing_of(self.instance)
        if listing is None:
            return super().clean()
        whole_basket, self.basket = self.basket, BasketAtStall(self.basket, listing)
        try:
            with self.strategy.narrowed_to(listing.stockrecord):
                return super().clean()
        finally:
            self.basket = whole_basket


def _listing_of(line) -> Listing | None:
    return listings_of_stockrecords([line.stockrecord_id]).get(line.stockrecord_id)
