"""Stalls, the people who work there and those who are paid."""

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oscar_marketplace.admin.acts import ActsMixin, act, city
from oscar_marketplace.admin.read_only import InZone, timeline
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.stalls.members import add_member, change_role, remove_member
from oscar_marketplace.stalls.models import Payee, Stall, StallClosure, StallMember, StallPitch, Tenure, Trade
from oscar_marketplace.stalls.onboard import (
    approve_stall,
    close_stall,
    pause_stall,
    reject_stall,
    reopen_stall,
    submit_stall,
    suspend_stall,
)


@admin.register(Trade)
class TradeAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "hue"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Payee)
class PayeeAdmin(admin.ModelAdmin):
    list_display = ["name", "operator", "tax_id"]
    list_filter = ["operator"]
    list_select_related = ["operator"]
    search_fields = ["name", "legal_name", "tax_id"]


class StallPitchInline(admin.TabularInline):
    model = StallPitch
    extra = 0
    autocomplete_fields = ["pitch"]


class StallClosureInline(admin.TabularInline):
    model = StallClosure
    extra = 0


class TenureInline(admin.TabularInline):
    """A transfer ends one row and begins another; orders point to the old one."""

    model = Tenure
    extra = 0
    can_delete = False
    autocomplete_fields = ["payee"]


class MemberForm(forms.ModelForm):
    """Another person is another membership: the old one ends and is written down."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].disabled = self.instance.pk is not None


class MemberFormSet(BaseInlineFormSet):
    """Refuses to leave a stall that has an owner without one."""

    def clean(self):
        super().clean()
        if any(self.errors) or self.instance.pk is None:
            return
        before = [form for form in self.initial_forms if form.initial.get("role") == StallMember.Role.OWNER]
        after = [
            form
            for form in self.forms
            if form.cleaned_data.get("role") == StallMember.Role.OWNER and not form.cleaned_data.get("DELETE")
        ]
        if before and not after:
            raise ValidationError(_("A stall needs an owner. Make somebody else an owner first."), code="last_owner")


class StallMemberInline(admin.TabularInline):
    model = StallMember
    form = MemberForm
    formset = MemberFormSet
    extra = 0
    raw_id_fields = ["user"]


@admin.register(Stall)
class StallAdmin(ActsMixin, InZone, admin.ModelAdmin):
    list_display = ["name", "operator", "state", "auto_accept"]
    list_filter = ["state", "operator", "trades"]
    list_select_related = ["operator"]
    search_fields = ["name", "slug", "places__pitch__number"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["trades"]
    readonly_fields = ["state", "partner", "history"]
    inlines = [StallPitchInline, StallClosureInline, TenureInline, StallMemberInline]
    actions = [
        act(submit_stall, gettext_lazy("Hand in for approval")),
        act(approve_stall, gettext_lazy("Approve: they may sell")),
        act(reject_stall, gettext_lazy("Send back"), asks_reason=True),
        act(pause_stall, gettext_lazy("Pause: no new orders for a while")),
        act(reopen_stall, gettext_lazy("Sell again after a pause or a suspension")),
        act(suspend_stall, gettext_lazy("Suspend: the city stops new orders"), asks_reason=True),
        act(close_stall, gettext_lazy("Close for good"), asks_reason=True),
    ]

    def zone_of(self, row: Stall):
        place = row.places.select_related("pitch__market__operator").first()
        return place.pitch.market.zone if place else ZoneInfo(row.operator.time_zone)

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "operator"] if obj else self.readonly_fields

    def has_delete_permission(self, request, obj=None) -> bool:
        """A stall that sold something is closed; only a draft can be thrown away."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.partner_id is None)

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @admin.display(description=gettext_lazy("history"))
    def history(self, stall: Stall) -> str:
        return timeline([stall])

    def save_formset(self, request, form, formset, change):
        if formset.model is StallMember:
            self._save_members(request, form.instance, formset)
        else:
            super().save_formset(request, form, formset, change)

    def _save_members(self, request, stall: Stall, formset) -> None:
        by = city(request)
        kept = formset.save(commit=False)
        # New owners first: whoever they replace may only go when they are there.
        changed = sorted((row for row in kept if row.pk), key=lambda row: row.role != StallMember.Role.OWNER)
        acts = [lambda row=row: add_member(stall, user=row.user, role=row.role, by=by) for row in kept if not row.pk]
        acts += [lambda row=row: change_role(row, role=row.role, by=by) for row in changed]
        acts += [lambda row=row: remove_member(row, by=by) for row in formset.deleted_objects]
        for each in acts:
            try:
                each()
            except MarketplaceError as problem:
                self.message_user(request, str(problem), messages.ERROR)
