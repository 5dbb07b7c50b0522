"""Orders for the city's staff: to find by number and to look at. Nobody's name is in the list or in its search."""

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.widgets import AdminDateInput

from wagtail_mercado import order_records
from wagtail_mercado.back_office import Market
from wagtail_mercado.order_records import StallOrder
from wagtail_mercado.viewsets.register import MinorColumn, RegisterList, RegisterViewSet

LOOKING = ["view", "change"]


class OrderFilterSet(WagtailFilterSet):
    day = django_filters.DateFilter(label=_("Placed on"), method="on_day", widget=AdminDateInput)
    state = django_filters.MultipleChoiceFilter(
        label=capfirst(_("state")), choices=order_records.state_choices, widget=forms.CheckboxSelectMultiple
    )
    market = django_filters.ModelMultipleChoiceFilter(
        label=capfirst(_("market")),
        field_name="hand_over__market",
        queryset=Market.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        distinct=False,
    )

    class Meta:
        model = StallOrder
        fields: list[str] = []

    def on_day(self, parts, _name, day):
        return order_records.placed_on(parts, day)


class OrderList(RegisterList):
    any_permission_required = LOOKING
    search_fields = ["order__number"]

    def get_base_queryset(self):
        return order_records.stall_orders_of_register()

    def search_queryset(self, queryset):
        return order_records.with_number(queryset, self.search_query) if self.is_searching else queryset

    def get_inspect_url(self, instance):
        return super().get_inspect_url(instance) if self.user_has_any_permission(LOOKING) else None

    @cached_property
    def columns(self):
        return [
            TitleColumn("number", label=capfirst(_("number")), get_url=self.get_inspect_url),
            MinorColumn("placed", label=capfirst(_("placed")), accessor=order_records.placed_words),
            MinorColumn(
                "market", label=capfirst(_("market")), accessor=lambda part: part.hand_over and part.hand_over.market
            ),
            Column("seller_name", label=capfirst(_("stall"))),
            StatusTagColumn(
                "state",
                label=capfirst(_("state")),
                accessor=order_records.stall_order_word,
                primary=order_records.is_live,
            ),
            Column("amount", label=pgettext_lazy("money", "Amount"), accessor=order_records.amount_of),
        ]


class OrderView(InspectView):
    any_permission_required = LOOKING
    inspect_url_name = ""

    def get_fields(self) -> list:
        return []

    def get_object(self, queryset=None):
        return get_object_or_404(order_records.stall_orders_of_register(), pk=self.pk)

    def get_page_title(self):
        return _("Order")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        record = order_records.read_record(self.object, language=get_language())
        contact = order_records.contact_for(self.object, self.request.user)
        return super().get_context_data(record=record, contact=contact, **kwargs)


class OrderViewSet(RegisterViewSet):
    """An order is the contract as placed: there is no address at which it could be made, changed or deleted."""

    model = StallOrder
    icon = "mercado-order"
    menu_label = _("Orders")
    views = {"index", "index_results", "inspect"}
    permissions = ("view_stallorder", "view_contact")
    index_view_class = OrderList
    inspect_view_enabled = True
    inspect_view_class = OrderView
    inspect_template_name = "wagtail_mercado/orders/inspect.html"
    filterset_class = OrderFilterSet
    form_fields: list[str] = []
    ordering = "-pk"

    def register_admin_url_finder(self):
        pass  # there is nothing to edit
