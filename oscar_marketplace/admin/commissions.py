"""What the market keeps: the published rules. One that has begun is changed by writing another in its place."""

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oscar_marketplace.admin.acts import ActsMixin, act, city
from oscar_marketplace.admin.read_only import timeline
from oscar_marketplace.commission_words import say_for_whom, say_terms
from oscar_marketplace.commissions.change import change_rule, end_rule
from oscar_marketplace.commissions.models import CommissionRule


class PublishedFilter(admin.SimpleListFilter):
    """What is published, unless somebody asks for what was."""

    title = gettext_lazy("published")
    parameter_name = "published"

    def lookups(self, request, model_admin):
        return [("over", gettext_lazy("no longer")), ("all", gettext_lazy("ever"))]

    def choices(self, changelist):
        first, *others = super().choices(changelist)
        yield {**first, "display": _("today and later")}
        yield from others

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        # Days differ by zone; for a list it is enough to be right to the day.
        over = Q(ended_at__isnull=False) | Q(ends_on__isnull=False, ends_on__lt=timezone.localdate())
        if self.value() == "all":
            return queryset
        return queryset.filter(over) if self.value() == "over" else queryset.exclude(over)


@admin.register(CommissionRule)
class CommissionRuleAdmin(ActsMixin, admin.ModelAdmin):
    list_display = ["position", "title", "operator", "keeps", "for_whom", "starts_on", "ends_on", "used"]
    list_display_links = ["title"]
    list_filter = [PublishedFilter, "operator"]
    search_fields = ["title"]
    ordering = ["operator", "position", "pk"]
    autocomplete_fields = ["market", "trade", "stall"]
    readonly_fields = ["ended_at", "replaced", "used", "history"]
    actions = [act(end_rule, gettext_lazy("End: it holds no longer"), asks_reason=True)]
    fieldsets = [
        (None, {"fields": ["operator", "position", "title", "reason"]}),
        (gettext_lazy("How much"), {"fields": ["kind", "percent", "floor", "cap", "fixed", "tax_percent"]}),
        (gettext_lazy("For whom"), {"fields": ["market", "trade", "stall"]}),
        (gettext_lazy("When"), {"fields": ["starts_on", "ends_on", "first_days"]}),
        (gettext_lazy("What became of it"), {"fields": ["ended_at", "replaced", "used", "history"]}),
    ]

    def get_queryset(self, request) -> QuerySet[CommissionRule]:
        rows = super().get_queryset(request).select_related("operator", "market__operator", "trade", "stall")
        return rows.annotate(orders=Count("uses"))

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, "operator"] if obj else self.readonly_fields

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def has_change_permission(self, request, obj=None) -> bool:
        """A rule that is over is only looked at."""
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def has_delete_permission(self, request, obj=None) -> bool:
        """Only a rule that nobody was held to can be thrown away; one that has begun is ended."""
        is_free = obj is not None and not obj.has_begun(at=timezone.now())
        return super().has_delete_permission(request, obj) and is_free

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None and request.method == "GET" and obj.has_begun(at=timezone.now()):
            self.message_user(request, _notice(obj), messages.INFO)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request, obj: CommissionRule, form, change: bool) -> None:
        if not change:
            super().save_model(request, obj, form, change)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        stored = change_rule(obj, changes=changes, by=city(request))
        if stored.pk != obj.pk:
            words = _("The rule had begun, so it ended now and this one was written in its place: {rule}")
            self.message_user(request, format_html(words, rule=_link(stored)), messages.SUCCESS)

    @admin.display(description=gettext_lazy("keeps"))
    def keeps(self, rule: CommissionRule) -> str:
        return say_terms(rule, rule.operator.currency)

    @admin.display(description=gettext_lazy("for whom"))
    def for_whom(self, rule: CommissionRule) -> str:
        return say_for_whom(rule)

    @admin.display(description=gettext_lazy("orders"))
    def used(self, rule: CommissionRule) -> int:
        return getattr(rule, "orders", 0)

    @admin.display(description=gettext_lazy("replaced by"))
    def replaced(self, rule: CommissionRule) -> str:
        successor = CommissionRule.objects.filter(replaces=rule.pk).first() if rule.pk else None
        return _link(successor) if successor else "–"

    @admin.display(description=gettext_lazy("history"))
    def history(self, rule: CommissionRule) -> str:
        return timeline([rule]) if rule.pk else "–"


def _link(rule: CommissionRule) -> SafeString:
    url = reverse("admin:oscar_marketplace_commissionrule_change", args=[rule.pk])
    return format_html('<a href="{}">{}</a>', url, rule)


def _notice(rule: CommissionRule) -> str:
    if rule.ended_at is not None:
        return _("This rule is over. Orders that were placed under it keep it.")
    return _("This rule has begun. A change ends it now and writes another one; orders placed before keep this one.")
