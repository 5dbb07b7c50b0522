"""Stalls for the city's staff: what the public reads of them, and what the city decides about them."""

from functools import cached_property
from typing import Any

import django_filters
from django import forms
from django.urls import path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import EditView

from wagtail_mercado.back_office import (
    Market,
    Stall,
    StallState,
    Trade,
    acts_on_stall,
    history_of,
    place_of_stall,
    register_url,
    stalls_of_register,
    trades_of_stall,
)
from wagtail_mercado.language_panels import EachLanguageForm, text_panel
from wagtail_mercado.viewsets.register import MinorColumn, RegisterList, RegisterViewSet
from wagtail_mercado.viewsets.stall_acts import ActOnStallView


class StallFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=capfirst(_("state")), choices=StallState.choices, widget=forms.CheckboxSelectMultiple
    )
    market = django_filters.ModelMultipleChoiceFilter(
        label=capfirst(_("market")),
        field_name="places__pitch__market",
        queryset=Market.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )
    trade = django_filters.ModelMultipleChoiceFilter(
        label=capfirst(_("trade")),
        field_name="trades",
        queryset=Trade.objects.all(),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Stall
        fields: list[str] = []


class StallList(RegisterList):
    search_fields = ["name", "slug", "places__pitch__number"]

    def get_base_queryset(self):
        return stalls_of_register()

    @cached_property
    def columns(self):
        return [
            TitleColumn("name", label=capfirst(_("name")), sort_key="shown_name", get_url=self.get_edit_url),
            Column("place", label=capfirst(_("where")), accessor=place_of_stall),
            MinorColumn("trades", label=capfirst(_("trades")), accessor=trades_of_stall),
            StatusTagColumn(
                "state",
                label=capfirst(_("state")),
                accessor=lambda stall: capfirst(stall.get_state_display()),
                primary=lambda stall: stall.state == StallState.APPROVED,
                sort_key="state",
            ),
            MinorColumn("members", label=capfirst(_("members")), accessor=lambda stall: len(stall.members.all())),
        ]


class StallForm(EachLanguageForm):
    """What a stall shows of itself; its state changes by the city's acts only."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Printed signs and links lead to it once the stall has sold.
        self.fields["slug"].disabled = self.instance.partner_id is not None

    def save(self, commit: bool = True):
        # Not the whole row: the city may have suspended the stall while this form was open.
        self.instance.save(update_fields=self.changed_columns())
        return self.instance


class EditStallView(EditView):
    def get_queryset(self):
        return Stall.objects.select_related("operator").prefetch_related("places__pitch__market", "trades")

    def get_context_data(self, **kwargs) -> dict[str, Any]:
        stall = self.object
        return super().get_context_data(
            state=capfirst(stall.get_state_display()),
            is_selling=stall.state == StallState.APPROVED,
            place=place_of_stall(stall),
            acts=[
                {"words": act.words, "url": reverse(self.act_url_name, args=[stall.pk, act.verb])}
                for act in acts_on_stall(stall).values()
            ],
            entries=history_of([stall]),
            register_url=register_url(stall, self.request.user),
            **kwargs,
        )

    act_url_name = ""


class StallViewSet(RegisterViewSet):
    model = Stall
    icon = "mercado-stall"
    menu_label = _("Stalls")
    views = {"index", "index_results", "edit", "act", "history", "history_results", "usage"}
    permissions = ("change_stall", "view_stall")
    index_view_class = StallList
    edit_view_class = EditStallView
    edit_template_name = "wagtail_mercado/stalls/edit.html"
    filterset_class = StallFilterSet
    ordering = "shown_name"

    def get_common_view_kwargs(self, **kwargs):
        return super().get_common_view_kwargs(act_url_name=self.get_url_name("act"), **kwargs)

    @property
    def act_view(self):
        return self.construct_view(ActOnStallView)

    def get_urlpatterns(self):
        return [*super().get_urlpatterns(), path("act/<int:pk>/<slug:verb>/", self.act_view, name="act")]

    def get_edit_handler(self):
        texts = MultiFieldPanel([text_panel(Stall, name) for name in ("name", "summary", "story")], heading=_("Texts"))
        shown = MultiFieldPanel([FieldRowPanel([FieldPanel("slug"), FieldPanel("hue")])], heading=_("In the shop"))
        work = MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("languages"), FieldPanel("phone")]),
                FieldRowPanel([FieldPanel("preparation_minutes"), FieldPanel("auto_accept")]),
            ],
            heading=_("How it works"),
        )
        return ObjectList([texts, shown, work], base_form_class=StallForm).bind_to_model(Stall)
