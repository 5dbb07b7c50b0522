"""Paying the stalls: what is due and to whom, and batches with their file or list."""

from collections.abc import Callable

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet, Sum
from django.db.transaction import non_atomic_requests
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from oscar_marketplace.admin.acts import ActsMixin, city, sentence
from oscar_marketplace.admin.read_only import ReadOnlyAdmin, ReadOnlyInline, timeline
from oscar_marketplace.backends import payout_methods
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.payouts import pay
from oscar_marketplace.payouts.models import Payout, PayoutBatch, PayoutLine, PayoutState
from oscar_marketplace.payouts.schedule import make_batch, preview

P = PayoutState
#: What the last bytes of an account may not be kept by: a browser, a proxy.
PRIVATE = method_decorator(never_cache)


def _say(minor: int, currency: str) -> str:
    return format_money(from_minor(minor, currency), currency)


def _label(alias: str) -> str:
    return payout_methods[alias].label() if alias in payout_methods.aliases() else alias


class WhomToPay(forms.Form):
    """Whose stalls, and how."""

    operator = forms.ModelChoiceField(Operator.objects.all(), label=_("Operator"))
    method = forms.ChoiceField(label=_("Way of paying"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["method"].choices = [(alias, _label(alias)) for alias in payout_methods.aliases()]


class PayoutInline(ReadOnlyInline):
    model = Payout
    fields = ["reference", "payee", "sum", "last_four", "state", "receipt", "failure"]
    readonly_fields = ["sum"]
    show_change_link = True

    @admin.display(description=_("amount"))
    def sum(self, payout: Payout) -> str:
        return _say(payout.amount, payout.currency)


@admin.register(PayoutBatch)
class PayoutBatchAdmin(ActsMixin, ReadOnlyAdmin):
    """Batches are made on the page "Pay the stalls"; each has a page with what can be done next."""

    list_display = ["reference", "operator", "way", "claimed_at", "payouts_count", "sum", "approved_at", "sent_at"]
    list_filter = ["operator", "method"]
    list_select_related = ["operator"]
    search_fields = ["reference", "payouts__payee__name"]
    date_hierarchy = "claimed_at"
    inlines = [PayoutInline]
    fields = [
        "reference",
        "operator",
        "way",
        "claimed_at",
        "created_by",
        "approved_at",
        "approved_by",
        "sent_at",
        "cancelled_at",
        "file_sha256",
        "history",
    ]
    readonly_fields = ["way", "history"]
    change_form_template = "oscar_marketplace/admin/payout_batch.html"
    change_list_template = "oscar_marketplace/admin/payout_batches.html"

    def get_queryset(self, request) -> QuerySet[PayoutBatch]:
        return super().get_queryset(request).annotate(count=Count("payouts"), whole=Sum("payouts__amount"))

    def get_urls(self):
        named = [
            ("pay/", self.pay_view, "pay"),
            ("<int:pk>/act/", self.act_view, "act"),
            ("<int:pk>/file/", self.file_view, "file"),
            ("<int:pk>/list/", self.list_view, "list"),
        ]
        name = "oscar_marketplace_payoutbatch_{}"
        # Each verb is a transaction of its own, also where requests are one.
        own = [
            path(at, non_atomic_requests(self.admin_site.admin_view(view)), name=name.format(end))
            for at, view, end in named
        ]
        return own + super().get_urls()

    @admin.display(description=_("way of paying"))
    def way(self, batch: PayoutBatch) -> str:
        return _label(batch.method)

    @admin.display(description=_("payouts"))
    def payouts_count(self, batch: PayoutBatch) -> int:
        return batch.count

    @admin.display(description=_("in all"))
    def sum(self, batch: PayoutBatch) -> str:
        return _say(batch.whole or 0, batch.operator.currency)

    @admin.display(description=_("history"))
    def history(self, batch: PayoutBatch) -> str:
        return timeline([batch, *batch.payouts.all()])

    # -- pages --------------------------------------------------------------------------------------------------------

    def pay_view(self, request):
        """Who is paid what, who is not and why; sent back, it makes the batch for whoever is ticked."""
        self._check_may_act(request)
        operator, methods = Operator.objects.order_by("pk").first(), payout_methods.aliases()
        chosen = {"operator": operator.pk if operator else "", "method": next(iter(methods), ""), **request.GET.dict()}
        form = WhomToPay(request.POST if request.method == "POST" else chosen)
        rows = []
        if form.is_valid():
            if request.method == "POST" and (batch := self._make(request, form)):
                return redirect(self._url("change", batch.pk))
            rows = preview(form.cleaned_data["operator"], method=form.cleaned_data["method"])
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Pay the stalls"),
            "opts": self.opts,
            "form": form,
            "paid": [(each, _say(each.amount, each.currency)) for each in rows if not each.code],
            "not_paid": [(each, _say(each.amount, each.currency)) for each in rows if each.code],
        }
        return TemplateResponse(request, "oscar_marketplace/admin/pay_stalls.html", context)

    def _make(self, request, form) -> PayoutBatch | None:
        chosen = {int(pk) for pk in request.POST.getlist("payee") if pk.isdecimal() and len(pk) < 19}
        batch = make_batch(payees=chosen, by=city(request), **form.cleaned_data)
        if batch is None:
            self.message_user(
                request, gettext("Nobody was paid: nobody is ticked, or it was done already."), messages.ERROR
            )
        else:
            words = ngettext("%(n)d payout was made.", "%(n)d payouts were made.", batch.payouts.count())
            self.message_user(request, words % {"n": batch.payouts.count()}, messages.SUCCESS)
        return batch

    def change_view(self, request, object_id, form_url="", extra_context=None):
        batch = self.get_object(request, object_id)
        extra = self._next_steps(batch) if batch and self.has_act_permission(request) else {}
        return super().change_view(request, object_id, form_url, {**extra, **(extra_context or {})})

    def _next_steps(self, batch: PayoutBatch) -> dict:
        """What the page offers: each act where the batch and its payouts are."""
        payouts = list(batch.payouts.select_related("payee").order_by("pk"))
        states = {each.state for each in payouts}
        method = payout_methods[batch.method] if batch.method in payout_methods.aliases() else None
        return {
            "batch_act_url": self._url("act", batch.pk),
            "file_url": self._url("file", batch.pk) if method and method.account_kind and batch.approved_at else "",
            "list_url": self._url("list", batch.pk) if batch.approved_at else "",
            "can_approve": P.DRAFT in states,
            "can_send": P.APPROVED in states,
            "can_cancel": bool(states & {P.DRAFT, P.APPROVED}) and not batch.file_sha256,
            "asks_receipt": bool(method and method.asks_receipt),
            "can_pay_all": P.SENT in states and method and not method.asks_receipt,
            "open_payouts": [
                {"row": each, "amount": _say(each.amount, each.currency), "can_pay": each.state == P.SENT}
                for each in payouts
                if each.state in {P.SENT, P.PAID}
            ],
        }

    def act_view(self, request, pk):
        """One of the page's buttons."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._check_may_act(request)
        batch = get_object_or_404(PayoutBatch, pk=pk)
        acts: dict[str, Callable] = {
            "approve": lambda: pay.approve_batch(batch, by=city(request)),
            "send": lambda: pay.mark_sent(batch, by=city(request)),
            "cancel": lambda: pay.cancel_batch(batch, by=city(request), reason=self._words(request, "reason")),
            "pay_all": lambda: self._pay_all(batch, by=city(request)),
            "pay": lambda: pay.mark_paid(
                self._payout(request, batch), by=city(request), receipt=self._words(request, "receipt")
            ),
            "fail": lambda: pay.mark_failed(
                self._payout(request, batch), by=city(request), reason=self._words(request, "reason")
            ),
        }
        act = acts.get(request.POST.get("do", ""))
        if act is None:
            self.message_user(request, gettext("Nothing was changed."), messages.ERROR)
            return redirect(self._url("change", pk))
        try:
            act()
        except (MarketplaceError, ValidationError) as problem:
            self.message_user(request, sentence(problem), messages.ERROR)
        else:
            self.message_user(request, gettext("Done."), messages.SUCCESS)
        return redirect(self._url("change", pk))

    def _pay_all(self, batch: PayoutBatch, *, by) -> None:
        for payout in batch.payouts.filter(state=P.SENT).order_by("pk"):
            pay.mark_paid(payout, by=by)

    def _payout(self, request, batch: PayoutBatch) -> Payout:
        pk = request.POST.get("payout", "")
        return get_object_or_404(batch.payouts, pk=int(pk) if pk.isdecimal() and len(pk) < 19 else 0)

    def _words(self, request, name: str) -> str:
        return forms.CharField(required=name == "reason", max_length=120).clean(request.POST.get(name, ""))

    @PRIVATE
    def file_view(self, request, pk):
        """The file for the bank. A POST: that it was handed out is written down."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        self._check_may_act(request)
        batch = get_object_or_404(PayoutBatch, pk=pk)
        try:
            file = pay.file_of(batch, by=city(request))
        except MarketplaceError as problem:
            self.message_user(request, sentence(problem), messages.ERROR)
            return redirect(self._url("change", pk))
        response = HttpResponse(file.content, content_type=file.content_type)
        response["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return response

    @PRIVATE
    def list_view(self, request, pk):
        """Who is paid, on paper, with a line to sign on."""
        self._check_may_act(request)
        batch = get_object_or_404(PayoutBatch.objects.select_related("operator"), pk=pk)
        payouts = (
            batch.payouts.exclude(state__in=[P.CANCELLED, P.FAILED]).select_related("payee").order_by("payee__name")
        )
        rows = [(each, _say(each.amount, each.currency)) for each in payouts]
        whole = _say(sum(each.amount for each, _amount in rows), batch.operator.currency)
        context = {"batch": batch, "rows": rows, "whole": whole, "way": _label(batch.method)}
        return TemplateResponse(request, "oscar_marketplace/admin/payout_list.html", context)

    def _check_may_act(self, request) -> None:
        if not self.has_act_permission(request):
            raise PermissionDenied

    def _url(self, page: str, *args) -> str:
        return reverse(f"admin:oscar_marketplace_payoutbatch_{page}", args=args)


class PayoutLineInline(ReadOnlyInline):
    model = PayoutLine
    fields = ["order", "kind", "sum", "is_live"]
    readonly_fields = ["order", "kind", "sum"]

    def get_queryset(self, request) -> QuerySet[PayoutLine]:
        return super().get_queryset(request).select_related("posting__transaction__order", "posting__account")

    @admin.display(description=_("order"))
    def order(self, line: PayoutLine) -> str:
        order = line.posting.transaction.order
        return order.number if order else "–"

    @admin.display(description=_("what for"))
    def kind(self, line: PayoutLine) -> str:
        return line.posting.transaction.get_kind_display()

    @admin.display(description=_("amount"))
    def sum(self, line: PayoutLine) -> str:
        return _say(-line.posting.amount, line.posting.account.currency)


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin):
    list_display = ["reference", "payee", "sum", "state", "method", "created_at", "paid_at"]
    list_filter = ["state", "operator", "method"]
    list_select_related = ["payee"]
    search_fields = ["reference", "payee__name", "receipt"]
    exclude = ["sealed_account", "amount"]
    readonly_fields = ["sum", "page_of_batch", "history"]
    inlines = [PayoutLineInline]

    @admin.display(description=_("amount"))
    def sum(self, payout: Payout) -> str:
        return _say(payout.amount, payout.currency)

    @admin.display(description=_("what can be done"))
    def page_of_batch(self, payout: Payout) -> str:
        at = reverse("admin:oscar_marketplace_payoutbatch_change", args=[payout.batch_id])
        return format_html('<a href="{}">{}</a>', at, gettext("To the batch"))

    @admin.display(description=_("history"))
    def history(self, payout: Payout) -> str:
        return timeline([payout])
