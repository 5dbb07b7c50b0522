"""What is to be paid and what was: charges and the stall orders they pay for."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from oscar_marketplace.orders.states import ChargeState as C


class Charge(models.Model):
    """One payment asked of the shopper. Amounts are integers in the currency's minor unit.

    ``capture_amount`` is committed before the provider is asked to take it, so that asking again asks for the same.

    ``reference`` is our idempotency key: committed before the provider is called, sent with the call and expected
    back. ``is_unknown`` means that we called and did not hear: it says nothing about success or failure.
    """

    order = models.ForeignKey(
        "order.Order", models.PROTECT, related_name="marketplace_charges", verbose_name=_("order")
    )
    provider = models.CharField(_("provider"), max_length=40)
    reference = models.CharField(_("reference"), max_length=64, unique=True)
    external_id = models.CharField(_("provider's number"), max_length=128, blank=True)
    state = FSMField(_("state"), default=C.CREATED, choices=C.choices, protected=True)
    currency = models.CharField(_("currency"), max_length=3)
    requested = models.BigIntegerField(_("requested"))
    received = models.BigIntegerField(_("received"), default=0)
    authorised = models.BigIntegerField(_("authorised"), default=0)
    captured = models.BigIntegerField(_("captured"), default=0)
    refunded = models.BigIntegerField(_("refunded"), default=0)
    #: What the shopper's bank took back, or asks back, and nobody here has booked yet: it holds what stalls are paid.
    disputed = models.BigIntegerField(_("disputed"), default=0)
    dispute_lost = models.BigIntegerField(_("lost in disputes"), default=0)
    fee = models.BigIntegerField(_("the provider's fee"), default=0)
    #: Only set aside first; ``requested`` is then the most that may be taken.
    captures_later = models.BooleanField(_("set aside first"), default=False)
    capture_amount = models.BigIntegerField(_("to be taken of what is set aside"), null=True, blank=True)
    capture_before = models.DateTimeField(_("set aside until"), null=True, blank=True)
    expires_at = models.DateTimeField(_("can be paid until"), null=True, blank=True)
    is_unknown = models.BooleanField(_("not heard from"), default=False)
    #: We gave the charge up and the provider knows: nobody can pay it any more.
    is_closed_there = models.BooleanField(_("given up at the provider"), default=False)
    needs_review = models.BooleanField(_("needs review"), default=False)
    decline_code = models.CharField(_("why it was declined"), max_length=60, blank=True)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    checked_at = models.DateTimeField(_("last asked"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(requested__gte=0), name="mkt_charge_not_negative"),
            models.CheckConstraint(condition=Q(refunded__lte=F("received")), name="mkt_charge_refunded_within"),
        ]
        indexes = [models.Index(fields=["state"], name="mkt_charge_state")]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=C.CREATED, target=C.ACTION_REQUIRED)
    def require_action(self):
        pass

    @transition(field=state, source=[C.CREATED, C.ACTION_REQUIRED], target=C.PROCESSING)
    def process(self):
        pass

    @transition(field=state, source=C.CREATED, target=C.PROMISED)
    def promise(self):
        pass

    @transition(field=state, source=[C.CREATED, C.ACTION_REQUIRED, C.PROCESSING], target=C.AUTHORISED)
    def authorise(self):
        pass

    @transition(
        field=state,
        source=[
            C.CREATED,
            C.ACTION_REQUIRED,
            C.PROCESSING,
            C.AUTHORISED,
            C.PROMISED,
            C.PARTIALLY_PAID,
            C.EXPIRED,
            C.CANCELLED,
        ],
        target=C.CAPTURED,
    )
    def capture(self):
        pass

    @transition(field=state, source=[C.CREATED, C.ACTION_REQUIRED, C.PROCESSING], target=C.FAILED)
    def fail(self):
        pass

    @transition(
        field=state, source=[C.CREATED, C.ACTION_REQUIRED, C.PROCESSING, C.PROMISED, C.AUTHORISED], target=C.CANCELLED
    )
    def cancel(self):
        pass

    @transition(field=state, source=[C.CREATED, C.ACTION_REQUIRED, C.PROCESSING, C.EXPIRED], target=C.PARTIALLY_PAID)
    def pay_part(self):
        pass

    @transition(field=state, source=C.PARTIALLY_PAID, target=C.CLOSED_SHORT)
    def close_short(self):
        pass

    @transition(field=state, source=[C.CREATED, C.ACTION_REQUIRED, C.PROCESSING, C.AUTHORISED], target=C.EXPIRED)
    def expire(self):
        pass


class ChargeShare(models.Model):
    """What part of a charge pays for which stall order; the shares sum to the charge."""

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="shares", verbose_name=_("charge"))
    stall_order = models.ForeignKey(
        "oscar_marketplace.StallOrder",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="charge_shares",
        verbose_name=_("stall order"),
    )
    order_charge = models.ForeignKey(
        "oscar_marketplace.OrderCharge",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="charge_shares",
        verbose_name=_("order charge"),
    )
    amount = models.BigIntegerField(_("amount"))
    #: What the target came to when what was set aside is taken: the shares' sum is ``Charge.capture_amount``.
    to_capture = models.BigIntegerField(_("to be taken"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("share of a charge")
        verbose_name_plural = _("shares of charges")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stall_order__isnull=False, order_charge=None)
                | Q(stall_order=None, order_charge__isnull=False),
                name="mkt_share_has_one_target",
            ),
            models.UniqueConstraint(
                fields=["charge", "stall_order"], condition=Q(stall_order__isnull=False), name="mkt_share_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.amount}"
