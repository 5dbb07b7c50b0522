"""Markets for the city's staff: what the public reads, the hours, closures and pick-up times."""

from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, HelpPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView

from wagtail_mercado.back_office import Market, markets_of_register, register_url, with_next_pickup
from wagtail_mercado.language_panels import EachLanguageForm, text_panel
from wagtail_mercado.viewsets.market_hours import rows_of
from wagtail_mercado.viewsets.register import MinorColumn, RegisterList, RegisterViewSet


class MarketList(RegisterList):
    search_fields = ["name", "slug", "address"]

    def get_base_queryset(self):
        return markets_of_register()

    @cached_property
    def columns(self):
        return [
            TitleColumn("name", label=capfirst(_("name")), sort_key="shown_name", get_url=self.get_edit_url),
            MinorColumn("kind", label=capfirst(_("kind")), accessor=lambda market: capfirst(market.get_kind_display())),
            StatusTagColumn(
                "is_public",
                label=capfirst(_("shown")),
                accessor=lambda market: _("Public") if market.is_public else _("Hidden"),
                primary=lambda market: market.is_public,
                sort_key="is_public",
            ),
            MinorColumn("stall_count", label=_("Stalls"), sort_key="stall_count"),
            Column("next_pickup", label=_("Next pick-up")),
        ]

    def get_table(self, object_list):
        return super().get_table(with_next_pickup(object_list))


class MarketForm(EachLanguageForm):
    """The address on the web is made from the name where none is written."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False
        # Prices, payees and stalls of a market are its operator's.
        self.fields["operator"].disabled = self.instance.pk is not None

    def clean_slug(self) -> str:
        if slug := self.cleaned_data["slug"]:
            return slug
        names = [column.name for column in self._columns() if column.original == "name"] or ["name"]
        return slugify(next((self.data[name] for name in names if self.data.get(name)), ""))[:50]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("slug") and "slug" not in self.errors and not self.errors:
            self.add_error("slug", gettext("Write an address on the web: letters, digits and dashes."))
        return cleaned


class HoursMixin:
    """Saves the rows of hours with the market, all or nothing."""

    @cached_property
    def rows(self):
        market = self.object or self.model()
        return rows_of(market, self.request.POST if self.request.method == "POST" else None, now=timezone.now())

    def is_valid(self, form) -> bool:
        # Each is asked: one that is not asked shows no errors.
        is_valid = all([form.is_valid(), *(rows.is_valid() for rows in self.rows)])
        if not is_valid:
            self.produced_error_code = "validation_error"
            self.produced_error_message = self.get_error_message()
        return is_valid

    def save_instance(self):
        market = super().save_instance()
        for rows in self.rows:
            rows.instance = market
            rows.save()
        return market

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(rows=self.rows, **kwargs)


class AddMarketView(HoursMixin, CreateView):
    def get_success_url(self) -> str:
        # There is more to write down: closures, and what is missing.
        return self.get_edit_url()

    def get_success_buttons(self) -> list:
        return []


class EditMarketView(HoursMixin, EditView):
    def get_queryset(self):
        return Market.objects.select_related("operator")

    def dispatch(self, request, *args, **kwargs):
        """Closures are written and read in the market's own time, whatever the site's or the person's is."""
        with timezone.override(self.get_object().zone):
            response = super().dispatch(request, *args, **kwargs)
            return response.render() if getattr(response, "is_rendered", True) is False else response

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        return super().get_context_data(register_url=register_url(self.object, self.request.user), **kwargs)


class MarketViewSet(RegisterViewSet):
    model = Market
    icon = "mercado-market"
    menu_label = _("Markets")
    views = {"index", "index_results", "add", "edit", "history", "history_results", "usage"}
    permissions = ("add_market", "change_market", "view_market")
    index_view_class = MarketList
    add_view_class = AddMarketView
    edit_view_class = EditMarketView
    create_template_name = "wagtail_mercado/markets/create.html"
    edit_template_name = "wagtail_mercado/markets/edit.html"
    ordering = "shown_name"
    list_filter = ["kind", "is_public"]

    def get_edit_handler(self):
        texts = ["name", "summary", "description", "desk_place", "access_facts"]
        panels = [
            MultiFieldPanel([text_panel(Market, name) for name in texts], heading=_("Texts")),
            MultiFieldPanel(
                [
                    FieldPanel("is_public"),
                    HelpPanel(content=_("A market that has stalls or orders cannot be deleted. Hide it instead.")),
                    FieldRowPanel([FieldPanel("slug"), FieldPanel("hue")]),
                ],
                heading=_("In the shop"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("operator"), FieldPanel("kind")]),
                    FieldRowPanel([FieldPanel("prefix"), FieldPanel("time_zone")]),
                    FieldRowPanel([FieldPanel("address"), FieldPanel("phone")]),
                    FieldRowPanel([FieldPanel("latitude"), FieldPanel("longitude")]),
                ],
                heading=_("Where it is and who runs it"),
            ),
        ]
        return ObjectList(panels, base_form_class=MarketForm).bind_to_model(Market)
