"""Orders as they were placed and as they went on: to look at, never to edit."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.admin.payments import give_money_back
from oscar_marketplace.admin.read_only import InZone, ReadOnlyAdmin, ReadOnlyInline, timeline
from oscar_marketplace.commissions.models import StallOrderCommission
from oscar_marketplace.orders.models import (
    Bag,
    BagMove,
    CheckoutAttempt,
    Contact,
    Decision,
    HandOver,
    OrderCharge,
    StallOrder,
    StallOrderLine,
)


class StallOrderLineInline(ReadOnlyInline):
    model = StallOrderLine
    fields = [
        "title",
        "kind",
        "steps",
        "ordered_measure",
        "offered_measure",
        "packed_measure",
        "price_unit",
        "price",
        "placed_incl_tax",
        "final_incl_tax",
        "substitution",
        "preparation",
        "note",
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("price_unit")


class BagInline(ReadOnlyInline):
    model = Bag
    fields = ["number", "moved"]
    readonly_fields = ["moved"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("moves")

    @admin.display(description=_("who held it"))
    def moved(self, bag: Bag) -> str:
        moves = list(bag.moves.all())
        holders = [moves[0].get_source_display(), *(move.get_target_display() for move in moves)] if moves else []
        return " → ".join(str(holder) for holder in holders) or str(BagMove.Holder.STALL.label)


class StallOrderCommissionInline(ReadOnlyInline):
    """The rule it was placed under, as it was then."""

    model = StallOrderCommission
    fields = ["title", "kind", "percent", "floor", "cap", "fixed", "tax_percent", "rule"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("rule")


@admin.register(StallOrder)
class StallOrderAdmin(InZone, ReadOnlyAdmin):
    """One stall's part, with everything that happened to it and to its hand-over."""

    list_display = [
        "number",
        "seller_name",
        "market",
        "state",
        "state_since",
        "accept_by",
        "placed_incl_tax",
        "currency",
    ]
    list_filter = ["state", "kind", "hand_over__market"]
    search_fields = ["=order__number", "seller_name"]
    date_hierarchy = "state_since"
    ordering = ["-pk"]
    inlines = [StallOrderLineInline, BagInline, StallOrderCommissionInline]
    readonly_fields = ["oscar_order", "siblings", "history"]
    actions = [give_money_back]

    def has_refund_permission(self, request) -> bool:
        return request.user.has_perm("oscar_marketplace.add_refund")

    def zone_of(self, row: StallOrder):
        return row.hand_over.market.zone if row.hand_over else None

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("order", "hand_over__market__operator")

    @admin.display(description=_("market"))
    def market(self, part: StallOrder) -> str:
        return str(part.hand_over.market) if part.hand_over else "–"

    @admin.display(description=_("order"))
    def oscar_order(self, part: StallOrder) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:order_order_change", args=[part.order_id]), part.order.number
        )

    @admin.display(description=_("the other parts"))
    def siblings(self, part: StallOrder) -> str:
        others = part.order.stall_orders.exclude(pk=part.pk).select_related("order")
        return ", ".join(f"{other.number} {other.seller_name} ({other.get_state_display()})" for other in others) or "–"

    @admin.display(description=_("history"))
    def history(self, part: StallOrder) -> str:
        charges = [share.charge for share in part.charge_shares.select_related("charge")]
        zone = self.zone_of(part)
        return timeline([part, part.order, part.hand_over, *part.decisions.all(), *charges], zone=zone)


@admin.register(HandOver)
class HandOverAdmin(InZone, ReadOnlyAdmin):
    """The code is the shopper's key to the bags, so it is not shown."""

    list_display = ["order", "market", "kind", "wave", "state", "wrong_tries", "locked_until", "hold_until"]
    list_filter = ["state", "kind", "market"]
    list_select_related = ["order", "market", "wave__market"]
    search_fields = ["=order__number"]
    exclude = ["code"]
    readonly_fields = ["history"]

    def zone_of(self, row: HandOver):
        return row.market.zone

    @admin.display(description=_("history"))
    def history(self, hand_over: HandOver) -> str:
        return timeline([hand_over], zone=hand_over.market.zone)


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """Out of sight means out of sight: a blocked contact is shown to superusers only."""

    list_display = ["order", "language", "blocked_at", "blanked_at"]
    list_select_related = ["order"]
    search_fields = ["=order__number"]

    def get_queryset(self, request):
        contacts = super().get_queryset(request)
        return contacts if request.user.is_superuser else contacts.filter(blocked_at=None)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ["order", "kind", "decide_by", "default", "answer", "answered_at", "channel"]
    list_filter = ["kind", ("answered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["order"]
    search_fields = ["=order__number"]


@admin.register(OrderCharge)
class OrderChargeAdmin(ReadOnlyAdmin):
    list_display = ["order", "code", "name", "amount_incl_tax"]
    list_select_related = ["order"]
    search_fields = ["=order__number"]


@admin.register(CheckoutAttempt)
class CheckoutAttemptAdmin(ReadOnlyAdmin):
    list_display = ["key", "state", "order", "provider", "refusal", "created_at"]
    list_filter = ["state", "refusal"]
    list_select_related = ["order"]
    search_fields = ["=key", "=order__number"]
