"""Stalls set their own prices; the shop's dashboard neither changes nor deletes what belongs to a listing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.listings.models import Listing


class StockRecordFormMixin:
    """Fields that the listing owns are shown, not changed; a stall's partner cannot be given a bare stock record."""

    owned_by_listing = ("partner", "partner_sku", "price_currency", "price", "num_in_stock")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_of_listing:
            for name in self.owned_by_listing:
                if name in self.fields:
                    self.fields[name].disabled = True
            if "price" in self.fields:
                self.fields["price"].help_text = _("Set by the stall, at its listing.")
        elif "partner" in self.fields:
            self.fields["partner"].queryset = self.fields["partner"].queryset.filter(stall=None)

    @property
    def is_of_listing(self) -> bool:
        return self.instance.pk is not None and Listing.objects.filter(stockrecord=self.instance).exists()


class SetProductPriceFormMixin:
    """Changing many prices at once is for partners without a stall."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        partners = self.fields["partners"]
        partners.queryset = partners.queryset.filter(stall=None)
        if partners.initial is not None:
            partners.initial = partners.queryset


class StockRecordFormSetMixin:
    def clean(self):
        super().clean()
        for form in self.deleted_forms:
            if form.is_of_listing:
                raise forms.ValidationError(
                    _(
                        "%(partner)s sells this at the market. Archive its listing instead of deleting the stock "
                        "record."
                    ),
                    params={"partner": form.instance.partner},
                )
