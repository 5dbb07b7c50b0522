"""What was bought: the stall orders an Oscar order is partitioned into, their lines, charges and questions.

Oscar's order is the contract as placed and never changes; substitutes, weights and shortages live in our lines.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from oscar_marketplace.listings.models import LineWish
from oscar_marketplace.orders.checkout_models import CheckoutAttempt, Contact
from oscar_marketplace.orders.hand_over_models import Bag, BagMove, HandOver
from oscar_marketplace.orders.states import StallOrderState

__all__ = [
    "Bag",
    "BagMove",
    "CheckoutAttempt",
    "Contact",
    "Decision",
    "HandOver",
    "OrderCharge",
    "StallOrder",
    "StallOrderLine",
]

S = StallOrderState


def amount_field(verbose_name, **kwargs) -> models.DecimalField:
    """Amount of money in the order's currency."""
    return models.DecimalField(verbose_name, max_digits=12, decimal_places=2, **kwargs)


def measure_field(verbose_name, **kwargs) -> models.DecimalField:
    """Amount of goods in the line's price unit, e.g. 1.040 (kg)."""
    return models.DecimalField(verbose_name, max_digits=12, decimal_places=3, **kwargs)


class StallOrder(models.Model):
    """One stall's part of an order, or (kind ``house``) the part of a partner that has no stall."""

    class Kind(models.TextChoices):
        STALL = "stall", _("stall")
        HOUSE = "house", _("the shop itself")

    class Liable(models.TextChoices):
        NOBODY = "", _("nobody")
        SHOPPER = "shopper", _("shopper")
        STALL = "stall", _("stall")
        OPERATOR = "operator", _("operator")

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="stall_orders", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.STALL)
    partner = models.ForeignKey(
        "partner.Partner", models.PROTECT, related_name="stall_orders", verbose_name=_("partner")
    )
    stall = models.ForeignKey(
        "oscar_marketplace.Stall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stall_orders",
        verbose_name=_("stall"),
    )
    tenure = models.ForeignKey(
        "oscar_marketplace.Tenure",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stall_orders",
        verbose_name=_("tenure"),
    )
    hand_over = models.ForeignKey(
        HandOver, models.PROTECT, null=True, blank=True, related_name="stall_orders", verbose_name=_("hand-over")
    )
    sequence = models.PositiveSmallIntegerField(_("number in the order"))
    seller_name = models.CharField(_("seller"), max_length=200)
    pitch_text = models.CharField(_("where"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    shopper_language = models.CharField(_("shopper's language"), max_length=10, blank=True)
    stall_language = models.CharField(_("stall's language"), max_length=10, blank=True)

    state = FSMField(_("state"), default=S.AWAITING_PAYMENT, choices=S.choices, protected=True, db_index=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    state_since = models.DateTimeField(_("since"), default=timezone.now)
    #: What undo goes back to and until when; cleared when the effects of the act leave the house.
    undo_state = models.CharField(_("undo to"), max_length=20, blank=True)
    undo_until = models.DateTimeField(_("undo until"), null=True, blank=True)

    placed_incl_tax = amount_field(_("placed"))
    placed_excl_tax = amount_field(_("placed, without tax"))
    placed_discount = amount_field(_("discounts in it"), default=0)
    final_incl_tax = amount_field(_("final"), null=True, blank=True)
    final_excl_tax = amount_field(_("final, without tax"), null=True, blank=True)

    accept_by = models.DateTimeField(_("answer before"), null=True, blank=True)
    ready_by = models.DateTimeField(_("ready before"), null=True, blank=True)
    complete_at = models.DateTimeField(_("completed by itself at"), null=True, blank=True)
    released_at = models.DateTimeField(_("goods given back"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    liable = models.CharField(_("liable"), max_length=10, choices=Liable, blank=True, default=Liable.NOBODY)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("stall order")
        verbose_name_plural = _("stall orders")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["order", "partner"], name="mkt_stall_order_once"),
            models.UniqueConstraint(fields=["order", "sequence"], name="mkt_stall_order_sequence_once"),
            models.CheckConstraint(
                condition=Q(kind="stall", stall__isnull=False) | Q(kind="house", stall=None),
                name="mkt_stall_order_kind_fits",
            ),
        ]
        indexes = [models.Index(fields=["stall", "state"], name="mkt_stall_order_work")]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"{self.order.number}-{self.sequence}"

    @property
    def short_number(self) -> str:
        """What is called out at the counter."""
        return self.order.number[-4:]

    @property
    def amount_due(self):
        """Amount of this part, tax included: as placed until it is settled."""
        return self.placed_incl_tax if self.final_incl_tax is None else self.final_incl_tax

    @transition(field=state, source=S.AWAITING_PAYMENT, target=S.NEW)
    def confirm(self):
        pass

    @transition(field=state, source=S.AWAITING_PAYMENT, target=S.EXPIRED)
    def expire(self):
        pass

    @transition(field=state, source=S.EXPIRED, target=S.NEW)
    def revive(self):
        pass

    @transition(field=state, source=S.NEW, target=S.ACCEPTED)
    def accept(self):
        pass

    @transition(field=state, source=S.NEW, target=S.REJECTED)
    def reject(self):
        pass

    @transition(field=state, source=S.NEW, target=S.UNANSWERED)
    def leave_unanswered(self):
        pass

    @transition(field=state, source=S.ACCEPTED, target=S.PREPARING)
    def prepare(self):
        pass

    @transition(field=state, source=[S.ACCEPTED, S.PREPARING], target=S.READY)
    def make_ready(self):
        pass

    @transition(field=state, source=[S.REJECTED, S.ACCEPTED], target=S.NEW)
    def undo_answer(self):
        pass

    @transition(field=state, source=S.READY, target=S.ACCEPTED)
    def undo_ready(self):
        pass

    @transition(field=state, source=[S.AWAITING_PAYMENT, S.NEW, S.ACCEPTED, S.PREPARING, S.READY], target=S.CANCELLED)
    def cancel(self):
        pass

    @transition(field=state, source=S.READY, target=S.HANDED_OVER)
    def hand_over_bags(self):
        pass

    @transition(field=state, source=[S.READY, S.HANDED_OVER], target=S.DELIVERED)
    def deliver(self):
        pass

    @transition(field=state, source=S.HANDED_OVER, target=S.RETURNED)
    def take_back(self):
        pass

    @transition(field=state, source=S.DELIVERED, target=S.COMPLETED)
    def complete(self):
        pass


class StallOrderLine(models.Model):
    """One good in a stall order: what was ordered, what was offered, what was packed and what it costs.

    Measures are in ``price_unit``. ``bound`` is the most that may be packed and charged of what was ordered.
    """

    class Kind(models.TextChoices):
        ORDERED = "ordered", _("ordered")
        SUBSTITUTE = "substitute", _("substitute")
        ADDED = "added", _("added")

    stall_order = models.ForeignKey(StallOrder, models.PROTECT, related_name="lines", verbose_name=_("stall order"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.ORDERED)
    order_line = models.OneToOneField(
        "order.Line",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stall_order_line",
        verbose_name=_("order line"),
    )
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="substitutes", verbose_name=_("replaces")
    )
    listing = models.ForeignKey(
        "oscar_marketplace.Listing",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="order_lines",
        verbose_name=_("listing"),
    )
    title = models.CharField(_("goods"), max_length=255)
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    hue = models.CharField(_("colour"), max_length=10, blank=True)
    steps = models.PositiveIntegerField(_("steps ordered"))
    step = models.DecimalField(_("step"), max_digits=8, decimal_places=3, default=1)
    order_unit = models.ForeignKey(
        "oscar_marketplace.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sold by")
    )
    price_unit = models.ForeignKey(
        "oscar_marketplace.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("price per")
    )
    by_amount = models.BooleanField(_("by amount of money"), default=False)
    is_estimated = models.BooleanField(_("weighed when packed"), default=False)
    price = amount_field(_("price per unit"))
    tax_rate = models.DecimalField(_("tax rate"), max_digits=6, decimal_places=5, default=0)
    ordered_measure = measure_field(_("ordered"))
    bound = measure_field(_("bound"))
    offered_measure = measure_field(_("the stall has"), null=True, blank=True)
    packed_measure = measure_field(_("packed"), null=True, blank=True)
    returned_measure = measure_field(_("returned"), default=0)
    placed_incl_tax = amount_field(_("placed"))
    placed_excl_tax = amount_field(_("placed, without tax"))
    placed_discount = amount_field(_("discount in it"), default=0)
    final_incl_tax = amount_field(_("final"), null=True, blank=True)
    final_excl_tax = amount_field(_("final, without tax"), null=True, blank=True)
    substitution = models.CharField(
        _("if there is none"), max_length=10, choices=LineWish.Substitution, default=LineWish.Substitution.NONE
    )
    preparation = models.CharField(_("preparation"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=140, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("line of a stall order")
        verbose_name_plural = _("lines of stall orders")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="ordered", order_line__isnull=False) | (~Q(kind="ordered") & Q(order_line=None)),
                name="mkt_line_kind_fits",
            ),
            models.CheckConstraint(
                condition=Q(packed_measure=None) | Q(packed_measure__gte=0), name="mkt_line_packed_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def promised_measure(self):
        """What the stall said it has: what was ordered, unless it said less."""
        return self.ordered_measure if self.offered_measure is None else self.offered_measure

    @property
    def most_to_pack(self):
        """The most that may be packed and charged: of what was promised, the part ``bound`` is of what was ordered.

        The shopper was told of less, so the room for an inexact scale shrinks with it. ``bound`` itself stays, since
        an answer can be undone.
        """
        if self.offered_measure is None or not self.ordered_measure:
            return self.bound
        return (self.bound * self.offered_measure / self.ordered_measure).quantize(Decimal("0.001"), ROUND_HALF_UP)

    @property
    def amount(self):
        """Amount of this line, tax included: as placed until it is settled."""
        return self.placed_incl_tax if self.final_incl_tax is None else self.final_incl_tax


class OrderCharge(models.Model):
    """What the shopper pays beside goods: delivery, service. It is not part of any stall order."""

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="order_charges", verbose_name=_("order"))
    code = models.CharField(_("code"), max_length=128)
    name = models.CharField(_("name"), max_length=128)
    amount_incl_tax = amount_field(_("amount"))
    amount_excl_tax = amount_field(_("amount, without tax"))

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("order charge")
        verbose_name_plural = _("order charges")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class Decision(models.Model):
    """A question to the shopper: options with exact amounts, a time limit and what happens without an answer."""

    class Kind(models.TextChoices):
        REST_AFTER_REFUSAL = "rest_after_refusal", _("the rest after a refusal")
        REVIVE = "revive", _("late payment")

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="decisions", verbose_name=_("order"))
    stall_order = models.ForeignKey(
        StallOrder, models.PROTECT, null=True, blank=True, related_name="decisions", verbose_name=_("stall order")
    )
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    options = models.JSONField(_("options"), default=list, encoder=DjangoJSONEncoder)
    default = models.CharField(_("without an answer"), max_length=30)
    decide_by = models.DateTimeField(_("answer before"))
    answer = models.CharField(_("answer"), max_length=30, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.CharField(_("answered by"), max_length=20, blank=True)
    channel = models.CharField(_("channel"), max_length=20, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("question to the shopper")
        verbose_name_plural = _("questions to shoppers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "kind"], condition=Q(answered_at=None), name="mkt_one_open_decision_per_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.order_id}"
