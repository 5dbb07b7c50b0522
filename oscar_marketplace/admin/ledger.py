"""The books, to look at: accounts with their balances (the trial balance) and transactions with their postings."""

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.admin.read_only import ReadOnlyAdmin, ReadOnlyInline
from oscar_marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction
from oscar_marketplace.money import format_money, from_minor


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin):
    """The list is the trial balance: debits and credits stand in columns of their own."""

    list_display = ["code", "kind", "stall", "payee", "debit", "credit"]
    list_filter = ["kind", "currency", "operator"]
    list_select_related = ["stall", "payee"]
    search_fields = ["code", "stall__name", "payee__name"]
    ordering = ["code"]
    readonly_fields = ["debit", "credit"]

    def get_queryset(self, request) -> QuerySet[LedgerAccount]:
        return super().get_queryset(request).annotate(sum=Sum("postings__amount"))

    @admin.display(description=_("debit"))
    def debit(self, account: LedgerAccount) -> str:
        return _say(account.sum, account.currency) if (account.sum or 0) > 0 else ""

    @admin.display(description=_("credit"))
    def credit(self, account: LedgerAccount) -> str:
        return _say(-account.sum, account.currency) if (account.sum or 0) < 0 else ""


class LedgerPostingInline(ReadOnlyInline):
    model = LedgerPosting
    fields = ["account", "debit", "credit"]
    readonly_fields = ["debit", "credit"]

    def get_queryset(self, request) -> QuerySet[LedgerPosting]:
        return super().get_queryset(request).select_related("account")

    @admin.display(description=_("debit"))
    def debit(self, posting: LedgerPosting) -> str:
        return _say(posting.amount, posting.account.currency) if posting.amount > 0 else ""

    @admin.display(description=_("credit"))
    def credit(self, posting: LedgerPosting) -> str:
        return _say(-posting.amount, posting.account.currency) if posting.amount < 0 else ""


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    list_display = ["id", "at", "kind", "source", "order"]
    list_filter = ["kind"]
    list_select_related = ["order"]
    search_fields = ["=source", "=order__number"]
    date_hierarchy = "at"
    ordering = ["-pk"]
    inlines = [LedgerPostingInline]


def _say(minor: int, currency: str) -> str:
    return format_money(from_minor(minor, currency), currency)
