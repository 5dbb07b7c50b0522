"""Money that goes back to shoppers, and what providers told us."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.admin.acts import ActsMixin, act, city, sentence
from oscar_marketplace.admin.read_only import ReadOnlyAdmin, timeline
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.number_input import parse_decimal
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import (
    approve_refund,
    give_back_by_transfer,
    give_back_in_cash,
    grant_refund,
    try_refund_again,
)


@admin.register(Refund)
class RefundAdmin(ActsMixin, ReadOnlyAdmin):
    """The queue of what people have to give back: state “where to is not known yet”, “requested” and “failed”."""

    list_display = ["key", "order", "money", "state", "way", "liable", "is_unknown", "created_at", "done_at"]
    list_filter = ["state", "way", "liable", "is_unknown"]
    list_select_related = ["charge__order"]
    search_fields = ["=key", "=external_id", "=charge__order__number"]
    ordering = ["-pk"]
    readonly_fields = ["history"]
    actions = [
        act(approve_refund, _("Approve what somebody else asked for")),
        act(give_back_in_cash, _("Given back in cash: write who signed"), asks_reason=True),
        act(give_back_by_transfer, _("Given back by bank transfer: write its number"), asks_reason=True),
        act(try_refund_again, _("Try again with the next tick")),
    ]

    @admin.display(description=_("order"), ordering="charge__order")
    def order(self, refund: Refund) -> str:
        return refund.charge.order.number

    @admin.display(description=_("amount"), ordering="amount")
    def money(self, refund: Refund) -> str:
        return format_money(from_minor(refund.amount, refund.currency), refund.currency)

    @admin.display(description=_("history"))
    def history(self, refund: Refund) -> str:
        return timeline([refund, refund.charge])


@admin.register(ProviderNotification)
class ProviderNotificationAdmin(ReadOnlyAdmin):
    list_display = ["received_at", "provider", "event_id", "reference", "external_id", "state", "attempts"]
    list_filter = ["state", "provider"]
    search_fields = ["=event_id", "=reference", "=external_id"]
    ordering = ["-pk"]


class GrantForm(forms.Form):
    """How much goes back, who bears it and why."""

    amount = forms.CharField(label=_("Amount, tax included"), max_length=20)
    liable = forms.ChoiceField(
        label=_("Who bears it"),
        choices=[
            (StallOrder.Liable.STALL, _("The stall: it is taken from what it is owed")),
            (StallOrder.Liable.OPERATOR, _("The market")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_amount(self):
        try:
            return parse_decimal(self.cleaned_data["amount"])
        except MarketplaceError as problem:
            raise forms.ValidationError(str(problem)) from None


@admin.action(description=_("Give money back for goods that were handed over"), permissions=["refund"])
def give_money_back(modeladmin, request, queryset):
    """One part at a time: a page asks how much, who bears it and why."""
    rows = list(queryset[:2])
    if len(rows) != 1:
        modeladmin.message_user(request, gettext("Choose one stall order."), messages.ERROR)
        return None
    form = GrantForm(request.POST if "amount" in request.POST else None)
    if form.is_valid():
        try:
            refund = grant_refund(rows[0], by=city(request), **form.cleaned_data)
        except MarketplaceError as problem:
            form.add_error(None, sentence(problem))
        else:
            modeladmin.message_user(request, _say(refund), messages.SUCCESS)
            return None
    context = {
        **modeladmin.admin_site.each_context(request),
        "title": gettext("Give money back"),
        "opts": modeladmin.model._meta,
        "row": rows[0],
        "form": form,
        "paid": format_money(rows[0].amount_due, rows[0].currency),
        "action": "give_money_back",
        "submit": gettext("Give money back"),
        "action_name": helpers.ACTION_CHECKBOX_NAME,
        "media": modeladmin.media,
    }
    return TemplateResponse(request, "oscar_marketplace/admin/give_money_back.html", context)


def _say(refund: Refund) -> str:
    amount = format_money(from_minor(refund.amount, refund.currency), refund.currency)
    texts = {
        "requested": gettext("%(amount)s waits until somebody else approves it."),
        "approved": gettext("%(amount)s goes back by the way it was paid."),
        "needs_destination": gettext("%(amount)s is to be given back by hand: see the refunds."),
    }
    return texts[refund.state] % {"amount": amount}
