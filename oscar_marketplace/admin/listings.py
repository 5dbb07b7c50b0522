"""Units, taxes, the shared catalogue and what each stall sells."""

from copy import copy
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oscar_marketplace.admin.acts import ActsMixin, act, city, sentence
from oscar_marketplace.admin.read_only import ReadOnlyAdmin, timeline
from oscar_marketplace.audit.record import record
from oscar_marketplace.exceptions import BadNumber, MarketplaceError
from oscar_marketplace.listings.models import (
    CatalogueEntry,
    LineWish,
    Listing,
    PreparationOption,
    StockHold,
    StockMode,
    TaxCategory,
    TaxRate,
    Unit,
)
from oscar_marketplace.listings.publish import (
    archive_listing,
    create_listing,
    new_listing,
    pause_listing,
    publish_listing,
)
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.listings.set_price import (
    PriceNeedsConfirmation,
    is_far_from,
    read_price,
    set_price,
    step_price,
    write_projection,
)
from oscar_marketplace.listings.stock import mark_available, mark_sold_out, set_stock


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):
    list_display = ["code", "name", "name_plural", "kind", "base_amount", "symbol"]
    list_filter = ["kind"]
    search_fields = ["code", "name"]

    def get_readonly_fields(self, request, obj=None):
        # Another amount would change every price in this unit; make another unit.
        return ["code", "kind", "base_amount"] if obj else []


class TaxRateInline(admin.TabularInline):
    model = TaxRate
    extra = 0
    can_delete = False


@admin.register(TaxCategory)
class TaxCategoryAdmin(admin.ModelAdmin):
    list_display = ["code", "name"]
    search_fields = ["code", "name"]
    inlines = [TaxRateInline]


@admin.register(CatalogueEntry)
class CatalogueEntryAdmin(admin.ModelAdmin):
    list_display = ["product", "owner", "tax_category", "icon", "season_months"]
    list_filter = ["tax_category"]
    list_select_related = ["product", "owner", "tax_category"]
    search_fields = ["product__title"]
    raw_id_fields = ["product"]
    autocomplete_fields = ["owner"]


class PreparationOptionInline(admin.TabularInline):
    model = PreparationOption
    extra = 0


#: Fields a new listing begins with, and fields that may change later. Not its units: open baskets and the count are in
#: them. (The admin gives its forms a ``Meta`` of their own, so the lists stand here.)
NEW = [
    "price_unit",
    "order_unit",
    "step",
    "by_amount",
    "min_steps",
    "typical_weight_g",
    "is_estimated",
    "bound_percent",
    "stock_mode",
    "tax_category",
    "note",
]
EDITABLE = [
    "min_steps",
    "typical_weight_g",
    "is_estimated",
    "bound_percent",
    "tax_category",
    "note",
    "preparation_minutes",
    "handling",
    "allergens",
    "minimum_age",
]


class PricedForm(forms.ModelForm):
    """A price typed as a counter writes it."""

    price_text = forms.CharField(
        label=gettext_lazy("price"),
        max_length=20,
        help_text=gettext_lazy("Per price unit, tax included: 28.50 or 28,50."),
    )

    def read_price(self, currency: str) -> Decimal | None:
        """The price, or None with the error shown at its field."""
        try:
            return read_price(self.cleaned_data["price_text"], currency=currency)
        except BadNumber as problem:
            self.add_error("price_text", str(problem))
            return None


class NewListingForm(PricedForm):
    """Tries the listing before it is written, so that what is wrong is said at the form."""

    product = forms.ModelChoiceField(
        label=gettext_lazy("product"), queryset=CatalogueEntry.objects.select_related("product")
    )
    steps_in_stock = forms.IntegerField(
        label=gettext_lazy("steps in stock"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=gettext_lazy("For counted goods."),
    )

    class Meta:
        model = Listing
        fields = ["stall", *NEW]

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        price = self.read_price(cleaned["stall"].operator.currency)
        if price is not None:
            try:
                new_listing(cleaned["stall"], **self.terms(price))
            except ValidationError as problem:
                self.add_error(None, " ".join(problem.messages))
            except MarketplaceError as problem:
                self.add_error(None, str(problem))
            self.price = price
        return cleaned

    def terms(self, price: Decimal) -> dict[str, Any]:
        """Arguments of ``create_listing``."""
        chosen = {name: self.cleaned_data[name] for name in NEW}
        return {"product": self.cleaned_data["product"].product, "price": price, **chosen}

    def _post_clean(self):
        # The instance is made by the verb; checking a half-made one here would ask for its stock record.
        pass


class ListingForm(PricedForm):
    """What may change on a listing that is already sold."""

    confirm_price = forms.BooleanField(
        label=gettext_lazy("the price is right although it is far from the last one"), required=False
    )
    steps_in_stock = forms.IntegerField(
        label=gettext_lazy("steps in stock"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=gettext_lazy("What lies on the counter, promised goods included."),
    )

    class Meta:
        model = Listing
        fields = EDITABLE

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["price_text"].initial = str(self.instance.price)
            self.fields["steps_in_stock"].initial = self.instance.stockrecord.num_in_stock
            self.fields["steps_in_stock"].disabled = self.instance.stock_mode != StockMode.COUNTED

    def clean(self):
        cleaned = super().clean()
        if "price_text" not in cleaned:
            return cleaned
        self.price = self.read_price(self.instance.stall.operator.currency)
        old = self.instance.price
        if self.price is not None and not cleaned["confirm_price"] and is_far_from(old, self.price):
            self.add_error("confirm_price", str(PriceNeedsConfirmation(old, self.price)))
        return cleaned

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            changed = copy(self.instance)
            changed.price = self.price
            try:
                step_price(changed)
            except (MarketplaceError, ValidationError) as problem:
                self.add_error(None, sentence(problem))


@admin.register(Listing)
class ListingAdmin(ActsMixin, admin.ModelAdmin):
    """Prices, counts and states go through the verbs; the rest is written and noted in the history."""

    list_display = ["product", "stall", "price", "price_unit", "state", "stock_mode", "sold_out_on"]
    list_filter = ["state", "stock_mode", "stall__operator"]
    search_fields = ["stockrecord__product__title", "stall__name"]
    show_full_result_count = False
    autocomplete_fields = ["stall"]
    inlines = [PreparationOptionInline]
    actions = [
        act(publish_listing, gettext_lazy("Put on sale")),
        act(pause_listing, gettext_lazy("Take off sale for a while")),
        act(archive_listing, gettext_lazy("Take off sale for good")),
        act(mark_sold_out, gettext_lazy("Sold out today")),
        act(mark_available, gettext_lazy("Not sold out after all")),
    ]
    #: What a listing is, which never changes, and what only verbs change.
    fixed = ["product", "stall", "state", "price_unit", "order_unit", "step", "by_amount", "stock_mode"]

    def get_queryset(self, request):
        return with_price_facts(super().get_queryset(request))

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **{"form": ListingForm if obj else NewListingForm, **kwargs})

    def get_fields(self, request, obj=None):
        if obj is None:
            return ["stall", "product", "price_text", *NEW, "steps_in_stock"]
        if not self.has_change_permission(request, obj):
            return [*self.fixed, "price", *EDITABLE, "history"]
        typed = ["price_text", "confirm_price", "steps_in_stock"]
        return [*self.fixed, *typed, *EDITABLE, "sold_out_on", "came_on", "history"]

    def get_readonly_fields(self, request, obj=None):
        return [*self.fixed, "sold_out_on", "came_on", "history"] if obj else []

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def has_delete_permission(self, request, obj=None) -> bool:
        """Orders and their history keep a listing: it is archived."""
        return False

    @admin.display(description=gettext_lazy("product"), ordering="stockrecord__product__title")
    def product(self, listing: Listing) -> str:
        return str(listing.stockrecord.product)

    @admin.display(description=gettext_lazy("history"))
    def history(self, listing: Listing) -> str:
        return timeline([listing])

    def save_model(self, request, obj, form, change):
        if change:
            self._change(request, obj, form)
            return
        created = create_listing(
            form.cleaned_data["stall"],
            by=city(request),
            steps_in_stock=form.cleaned_data["steps_in_stock"],
            **form.terms(form.price),
        )
        obj.__dict__.update(created.__dict__)

    def _change(self, request, listing: Listing, form: ListingForm) -> None:
        edited = [name for name in EDITABLE if name in form.changed_data]
        if edited:
            listing.save(update_fields=edited)
            write_projection(listing)
            record("edit_listing", listing, by=city(request), fields=edited)
        try:
            confirmed = form.cleaned_data["confirm_price"]
            set_price(listing, price=form.price, by=city(request), confirmed=confirmed)
            if "steps_in_stock" in form.changed_data and form.cleaned_data["steps_in_stock"] is not None:
                task = set_stock(listing, steps=form.cleaned_data["steps_in_stock"], by=city(request))
                if task is not None:
                    self.message_user(request, _("That is less than open orders were promised."), messages.WARNING)
        except MarketplaceError as problem:
            self.message_user(request, str(problem), messages.ERROR)


@admin.register(StockHold)
class StockHoldAdmin(ReadOnlyAdmin):
    list_display = ["order_line", "stockrecord", "quantity", "expires_at"]
    list_select_related = ["order_line", "stockrecord__product", "stockrecord__partner"]


@admin.register(LineWish)
class LineWishAdmin(ReadOnlyAdmin):
    list_display = ["basket_line", "substitution", "preparation", "note"]
    list_select_related = ["basket_line__basket", "basket_line__product", "preparation"]
