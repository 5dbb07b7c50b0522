"""What goes back to the shopper. Amounts are integers in the currency's minor unit."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import RefundState as R
from oscar_marketplace.payments.models import Charge


class Refund(models.Model):
    """Money of a charge that goes back. ``source`` names what it was paid for, as the books do (``"stallorder:12"``).

    ``key`` is our idempotency key; ``attempt`` is added to it when a refund that failed for good is tried anew.
    """

    class Way(models.TextChoices):
        PROVIDER = "provider", _("by the way it was paid")
        TRANSFER = "transfer", _("by bank transfer")
        CASH = "cash", _("in cash")

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="refunds", verbose_name=_("charge"))
    source = models.CharField(_("for what"), max_length=80)
    key = models.CharField(_("key"), max_length=80, unique=True)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=1)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    state = FSMField(_("state"), default=R.REQUESTED, choices=R.choices, protected=True)
    way = models.CharField(_("how"), max_length=10, choices=Way, default=Way.PROVIDER)
    #: Who bears what is given back of goods that were handed over; empty for what follows from the books.
    liable = models.CharField(_("liable"), max_length=10, choices=StallOrder.Liable, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    external_id = models.CharField(_("provider's number"), max_length=128, blank=True)
    is_unknown = models.BooleanField(_("not heard from"), default=False)
    decline_code = models.CharField(_("why it failed"), max_length=60, blank=True)
    #: The member of staff who decided on it; nobody for what follows from an act of the order.
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    done_at = models.DateTimeField(_("given back"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="mkt_refund_positive")]
        indexes = [models.Index(fields=["state"], name="mkt_refund_state")]

    def __str__(self) -> str:
        return self.key

    @property
    def call_key(self) -> str:
        """The idempotency key of this attempt."""
        return self.key if self.attempt == 1 else f"{self.key}-{self.attempt}"

    @transition(field=state, source=R.REQUESTED, target=R.APPROVED)
    def approve(self):
        pass

    @transition(field=state, source=R.REQUESTED, target=R.NEEDS_DESTINATION)
    def wait_for_person(self):
        pass

    @transition(field=state, source=R.APPROVED, target=R.SENT)
    def send(self):
        pass

    @transition(field=state, source=[R.APPROVED, R.SENT], target=R.DONE)
    def finish(self):
        pass

    @transition(field=state, source=[R.APPROVED, R.SENT, R.DONE], target=R.FAILED)
    def fail(self):
        pass

    @transition(field=state, source=[R.FAILED, R.UNCLAIMED], target=R.APPROVED)
    def try_again(self):
        pass

    @transition(field=state, source=[R.NEEDS_DESTINATION, R.FAILED, R.UNCLAIMED], target=R.DONE)
    def give_by_hand(self):
        pass
