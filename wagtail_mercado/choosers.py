"""Choosers for markets, stalls and listings: widgets for staff's forms and blocks for pages."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column, StatusTagColumn
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from wagtail_mercado import back_office
from wagtail_mercado.back_office import Listing, ListingState, Market, Stall, StallState, found_by


def narrowing(field: type[forms.Field], **kwargs: Any) -> forms.Field:
    """A field that narrows the list as soon as it is changed."""
    widget = forms.Select(attrs={"data-chooser-modal-search-filter": True})
    return field(required=False, widget=widget, **kwargs)


class FindForm(BaseFilterForm):
    """Words to look for; each has to be in one of ``lookups``."""

    lookups: tuple[str, ...] = ()

    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects):
        words = self.cleaned_data["q"]
        objects = self.narrow(found_by(super().filter(objects), words, self.lookups))
        self.is_searching, self.search_query = any(self.cleaned_data.values()), words
        return objects

    def narrow(self, objects):
        return objects


class FindMarketForm(FindForm):
    lookups = ("name", "slug", "address")

    shown = narrowing(
        forms.ChoiceField,
        label=capfirst(_("shown")),
        choices=[("", _("All")), ("yes", _("Public")), ("no", _("Hidden"))],
    )

    def narrow(self, objects):
        shown = self.cleaned_data["shown"]
        return objects.filter(is_public=shown == "yes") if shown else objects


class FindStallForm(FindForm):
    lookups = ("name", "slug", "places__pitch__number", "places__pitch__market__name")

    market = narrowing(
        forms.ModelChoiceField, label=capfirst(_("market")), queryset=Market.objects.none(), empty_label=_("All")
    )
    state = narrowing(forms.ChoiceField, label=capfirst(_("state")), choices=[("", _("All")), *StallState.choices])
    places = "places"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["market"].queryset = back_office.markets_of_register()

    def narrow(self, objects):
        market, state = self.cleaned_data["market"], self.cleaned_data["state"]
        if market:
            here = objects.model.objects.filter(**{f"{self.places}__pitch__market": market})
            objects = objects.filter(pk__in=here.values("pk"))
        return objects.filter(state=state) if state else objects


class FindListingForm(FindStallForm):
    lookups = (
        "stockrecord__product__title",
        "stockrecord__product__parent__title",
        "stall__name",
        "stall__places__pitch__market__name",
    )

    state = narrowing(forms.ChoiceField, label=capfirst(_("state")), choices=[("", _("All")), *ListingState.choices])
    places = "stall__places"


class OurRows:
    """What our choosers say of the rows they offer; set by :class:`OurChooserViewSet`."""

    rows: Callable | None = None
    say: Callable = str
    column_label: Promise | str = ""
    facts: tuple[Column, ...] = ()
    none_yet: Promise | str = ""
    results_template_name = "wagtail_mercado/choosers/results.html"

    def get_object_list(self):
        return self.rows()

    def get_object(self, pk):
        try:
            return self.rows().get(pk=pk)
        except (ObjectDoesNotExist, ValueError) as problem:
            raise Http404 from problem

    def get_objects(self, pks):
        return self.rows().filter(pk__in=[pk for pk in pks if pk.isascii() and pk.isdigit()])

    def get_display_title(self, instance) -> str:
        return self.say(instance)

    @property
    def title_column(self):
        column = super().title_column
        column.accessor, column.label, column.width = self.say, self.column_label, "45%"
        return column

    @property
    def columns(self) -> list[Column]:
        return [self.title_column, *self.facts]


class ChooseView(OurRows, chooser.ChooseView):
    pass


class ChooseResultsView(OurRows, chooser.ChooseResultsView):
    pass


class ChosenView(OurRows, chooser.ChosenView):
    pass


class ChosenMultipleView(OurRows, chooser.ChosenMultipleView):
    pass


class OurChooserViewSet(ChooserViewSet):
    """A chooser whose list is found by words, has facts beside the name and costs the same for any number of rows."""

    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    per_page = 12
    rows: Callable
    say: Callable = str
    filter_form_class: type[FindForm]
    column_label: Promise
    facts: tuple[Column, ...]
    none_yet: Promise

    def get_common_view_kwargs(self, **kwargs):
        ours = ("rows", "say", "filter_form_class", "column_label", "facts", "none_yet")
        return super().get_common_view_kwargs(**{name: getattr(self, name) for name in ours}, **kwargs)


class MarketChooserViewSet(OurChooserViewSet):
    model = Market
    icon = "mercado-market"
    choose_one_text = _("Choose a market")
    choose_another_text = _("Choose another market")
    edit_item_text = _("Edit this market")
    rows = staticmethod(back_office.markets_of_register)
    filter_form_class = FindMarketForm
    column_label = capfirst(_("market"))
    facts = (
        Column("address", label=capfirst(_("address"))),
        StatusTagColumn(
            "is_public",
            label=capfirst(_("shown")),
            accessor=lambda market: _("Public") if market.is_public else _("Hidden"),
            primary=lambda market: market.is_public,
        ),
    )
    none_yet = _("There is no market yet. Make one under “Markets” in the menu.")


class StallChooserViewSet(OurChooserViewSet):
    model = Stall
    icon = "mercado-stall"
    choose_one_text = _("Choose a stall")
    choose_another_text = _("Choose another stall")
    edit_item_text = _("Edit this stall")
    rows = staticmethod(back_office.stalls_of_register)
    filter_form_class = FindStallForm
    column_label = capfirst(_("stall"))
    facts = (
        Column("place", label=capfirst(_("where")), accessor=back_office.place_of_stall),
        Column("trades", label=capfirst(_("trades")), accessor=back_office.trades_of_stall),
        StatusTagColumn(
            "state",
            label=capfirst(_("state")),
            accessor=lambda stall: capfirst(stall.get_state_display()),
            primary=lambda stall: stall.state == StallState.APPROVED,
        ),
    )
    none_yet = _("There is no stall yet. The city's register is where stalls begin.")


class ListingChooser(BaseChooser):
    """A listing's own text says less than what an editor has to tell apart."""

    def get_instance(self, value):
        if value is None or isinstance(value, Listing):
            return value
        return back_office.listings_of_register().filter(pk=value).first()

    def get_display_title(self, instance) -> str:
        return back_office.listing_name(instance)


class ListingChooserViewSet(OurChooserViewSet):
    model = Listing
    icon = "mercado-goods"
    choose_one_text = _("Choose a product on sale")
    choose_another_text = _("Choose another product on sale")
    base_widget_class = ListingChooser
    rows = staticmethod(back_office.listings_of_register)
    say = staticmethod(back_office.listing_name)
    filter_form_class = FindListingForm
    column_label = capfirst(_("product"))
    facts = (
        Column("price", label=_("Price"), accessor=back_office.price_of_listing),
        StatusTagColumn(
            "state",
            label=capfirst(_("state")),
            accessor=back_office.sale_state_of,
            primary=lambda listing: not listing.is_off,
        ),
    )
    none_yet = _("Nothing is on sale yet. Stalls put their products on sale themselves.")


market_chooser = MarketChooserViewSet("mercado_market_chooser", url_prefix="mercado/choose-market")
stall_chooser = StallChooserViewSet("mercado_stall_chooser", url_prefix="mercado/choose-stall")
listing_chooser = ListingChooserViewSet("mercado_listing_chooser", url_prefix="mercado/choose-listing")

MarketChooserBlock = market_chooser.get_block_class(name="MarketChooserBlock", module_path=__name__)
StallChooserBlock = stall_chooser.get_block_class(name="StallChooserBlock", module_path=__name__)
ListingChooserBlock = listing_chooser.get_block_class(name="ListingChooserBlock", module_path=__name__)
