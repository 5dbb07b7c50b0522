"""What needs a person: charges to review, messages that were given up, jobs that stopped; and the audit trail."""

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.admin.acts import ActsMixin, act
from oscar_marketplace.admin.read_only import ReadOnlyAdmin, ReadOnlyInline, timeline
from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.notifications.models import Message
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.outbox.retry import try_again
from oscar_marketplace.payments.disputes import lost_borne_by_market, lost_borne_by_stalls
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.review import mark_reviewed


class ChargeShareInline(ReadOnlyInline):
    model = ChargeShare
    fields = ["stall_order", "order_charge", "amount"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("stall_order__order", "order_charge")


class DisputeFilter(admin.SimpleListFilter):
    """What a bank asks back."""

    title = _("disputed")
    parameter_name = "disputed"

    def lookups(self, request, model_admin):
        return [("1", _("disputed"))]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(disputed__gt=0) if self.value() else queryset


@admin.register(Charge)
class ChargeAdmin(ActsMixin, ReadOnlyAdmin):
    list_display = [
        "reference",
        "order",
        "provider",
        "state",
        "asked",
        "taken",
        "is_unknown",
        "needs_review",
        "created_at",
    ]
    list_filter = ["needs_review", "is_unknown", DisputeFilter, "state", "provider"]
    list_select_related = ["order"]
    search_fields = ["=reference", "=external_id", "=order__number"]
    ordering = ["-pk"]
    inlines = [ChargeShareInline]
    readonly_fields = ["history"]
    actions = [
        act(mark_reviewed, _("Reviewed: write what was done"), asks_reason=True),
        act(lost_borne_by_market, _("Dispute lost, the market bears it: write why"), asks_reason=True),
        act(lost_borne_by_stalls, _("Dispute lost, the stalls bear it: write why"), asks_reason=True),
    ]

    @admin.display(description=_("asked"), ordering="requested")
    def asked(self, charge: Charge) -> str:
        return format_money(from_minor(charge.requested, charge.currency), charge.currency)

    @admin.display(description=_("taken"), ordering="captured")
    def taken(self, charge: Charge) -> str:
        return format_money(from_minor(charge.captured, charge.currency), charge.currency)

    @admin.display(description=_("history"))
    def history(self, charge: Charge) -> str:
        return timeline([charge])


class DeliveryFilter(admin.SimpleListFilter):
    """Dead letters first of all."""

    title = _("delivery")
    parameter_name = "delivery"

    def lookups(self, request, model_admin):
        return [("dead", _("given up")), ("waiting", _("waiting")), ("sent", _("sent"))]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        found = {
            "dead": queryset.filter(dead_at__isnull=False),
            "waiting": queryset.filter(dead_at=None, sent_at=None),
            "sent": queryset.filter(sent_at__isnull=False),
        }
        return found.get(self.value(), queryset)


class MessageInline(ReadOnlyInline):
    model = Message
    fields = ["recipient", "channel", "state", "error", "sent_at"]


@admin.register(OutboxEvent)
class OutboxEventAdmin(ActsMixin, ReadOnlyAdmin):
    list_display = ["key", "topic", "created_at", "available_at", "attempts", "sent_at", "dead_at", "last_error"]
    list_filter = [DeliveryFilter]
    search_fields = ["=key", "=topic"]
    ordering = ["-pk"]
    inlines = [MessageInline]
    actions = [act(try_again, _("Try again with the next tick"))]


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["template", "recipient", "channel", "state", "created_at", "sent_at"]
    list_filter = ["state", "channel"]
    search_fields = ["=recipient"]
    ordering = ["-pk"]


class TaskFilter(admin.SimpleListFilter):
    """Acts that somebody at the market has to look after."""

    title = _("tasks")
    parameter_name = "task"

    def lookups(self, request, model_admin):
        return [
            ("stock_below_promised", _("less in stock than promised")),
            ("charge_mismatch", _("payment does not fit")),
        ]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(verb=self.value()) if self.value() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "verb", "target", "actor", "role", "reason"]
    list_filter = [TaskFilter, "role"]
    list_select_related = ["actor"]
    search_fields = ["=target", "=verb"]
    date_hierarchy = "at"
    ordering = ["-pk"]


# By name: the tick stands above the admin.
@admin.register(apps.get_model("oscar_marketplace", "JobRun"))
class JobRunAdmin(ReadOnlyAdmin):
    list_display = ["job", "started_at", "finished_at", "done", "last_error"]
