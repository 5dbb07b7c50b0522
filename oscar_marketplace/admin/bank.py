"""Bank statements: upload a file, and see to the lines that need a person."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.admin.acts import ActsMixin, act, city
from oscar_marketplace.admin.read_only import ReadOnlyAdmin, timeline
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.payments.bank.import_statement import accounts, import_statement
from oscar_marketplace.payments.bank.models import BankLine, BankReference, BankStatement
from oscar_marketplace.payments.bank.queue import match_to_order, put_aside, settle_by_hand
from oscar_marketplace.payments.bank.statement_file import MAX_BYTES


class ImportForm(forms.Form):
    """A file of the bank and whose account it is."""

    account = forms.ChoiceField(label=_("account"))
    file = forms.FileField(label=_("the bank's file"), help_text=_("CSV or camt.053, at most 5 MB."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["account"].choices = [(alias, alias) for alias in accounts()]

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("It is larger than 5 MB."))
        return file


@admin.register(BankStatement)
class BankStatementAdmin(ReadOnlyAdmin):
    list_display = ["imported_at", "account", "file_name", "imported_by"]
    list_filter = ["account"]
    list_select_related = ["imported_by"]
    readonly_fields = ["history"]
    change_list_template = "oscar_marketplace/admin/bank_statements.html"

    def get_urls(self):
        # What is imported has to be committed before it is matched, also where a request is one transaction.
        view = non_atomic_requests(self.admin_site.admin_view(self.import_view))
        return [path("import/", view, name="oscar_marketplace_bankstatement_import"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context=None):
        return super().changelist_view(request, {**(extra_context or {}), "may_import": _may_import(request)})

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not _may_import(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self._import(request, form):
            return redirect("admin:oscar_marketplace_bankstatement_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Import a bank statement"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "oscar_marketplace/admin/bank_import.html", context)

    def _import(self, request: HttpRequest, form: ImportForm) -> bool:
        file = form.cleaned_data["file"]
        try:
            report = import_statement(
                file.read(), account=form.cleaned_data["account"], by=city(request), file_name=file.name
            )
        except MarketplaceError as problem:
            for each in getattr(problem, "problems", [str(problem)]):
                form.add_error("file", each)
            return False
        self.message_user(request, report.in_words(), messages.SUCCESS)
        return True

    @admin.display(description=_("history"))
    def history(self, statement: BankStatement) -> str:
        return timeline([statement])


def _may_import(request: HttpRequest) -> bool:
    return request.user.has_perm("oscar_marketplace.add_bankstatement")


class PersonFilter(admin.SimpleListFilter):
    """The queue first of all."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request, model_admin):
        return [("person", _("needs a person"))]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(state=BankLine.State.QUEUED) if self.value() else queryset


@admin.action(description=_("It pays for an order: write its number"), permissions=["act"])
def match_order(modeladmin, request: HttpRequest, queryset):
    """Asks for an order's number first; one line at a time keeps people from mixing them up."""
    lines = list(queryset[:2])
    number = request.POST.get("number", "").replace("\x00", "").strip()
    if len(lines) != 1:
        modeladmin.message_user(request, _("Choose one line."), messages.ERROR)
        return None
    if not number:
        context = {
            **modeladmin.admin_site.each_context(request),
            "title": _("Match a line to an order"),
            "opts": modeladmin.opts,
            "line": lines[0],
            "action": "match_order",
            "submit": _("Match"),
            "action_name": helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "oscar_marketplace/admin/bank_match.html", context)
    try:
        match_to_order(lines[0], number=number, by=city(request))
    except MarketplaceError as problem:
        modeladmin.message_user(request, str(problem), messages.ERROR)
    else:
        modeladmin.message_user(request, _("The line is matched."), messages.SUCCESS)
    return None


@admin.register(BankLine)
class BankLineAdmin(ActsMixin, ReadOnlyAdmin):
    list_display = ["booked_on", "said_amount", "payer", "text", "state", "reason", "charge"]
    list_filter = [PersonFilter, "state", "reason", "account"]
    list_select_related = ["charge"]
    search_fields = ["payer", "text", "=bank_id", "=charge__order__number"]
    date_hierarchy = "booked_on"
    ordering = ["-booked_on", "-pk"]
    readonly_fields = ["history"]
    actions = [
        match_order,
        act(put_aside, _("Not ours: write why"), asks_reason=True),
        act(settle_by_hand, _("Done: write what was done"), asks_reason=True),
    ]

    @admin.display(description=_("amount"), ordering="amount")
    def said_amount(self, line: BankLine) -> str:
        return format_money(from_minor(line.amount, line.currency), line.currency)

    @admin.display(description=_("history"))
    def history(self, line: BankLine) -> str:
        return timeline([line])


@admin.register(BankReference)
class BankReferenceAdmin(ReadOnlyAdmin):
    list_display = ["reference", "charge"]
    list_select_related = ["charge"]
    search_fields = ["=reference", "=charge__order__number"]
