"""Paying stalls what the books owe them: payouts, the postings each one claims, and the accounts they go to."""

import json
from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from oscar_marketplace.payouts.encryption import seal, unseal


class PayoutState(models.TextChoices):
    DRAFT = "draft", _("to be approved")
    APPROVED = "approved", _("approved")
    SENT = "sent", _("sent")
    PAID = "paid", _("paid")
    FAILED = "failed", _("came back")
    CANCELLED = "cancelled", _("cancelled")


P = PayoutState


@dataclass(frozen=True)
class AccountDetails:
    """Where money goes. Never logged, never shown whole: its ``repr`` ends in the last four signs."""

    number: str
    holder: str
    bic: str = ""

    def __repr__(self) -> str:
        return f"AccountDetails(…{self.number[-4:]})"

    def seal(self) -> str:
        return seal(json.dumps([self.number, self.holder, self.bic]))

    @classmethod
    def unseal(cls, sealed: str) -> "AccountDetails":
        """Raises: NoKeys, WrongKey"""
        return cls(*json.loads(unseal(sealed)))


class PayoutAccount(models.Model):
    """The account a payee is paid to. Number and holder are sealed; nothing is paid to it before ``held_until``."""

    class Kind(models.TextChoices):
        CLABE = "clabe", _("CLABE")
        IBAN = "iban", _("IBAN")

    payee = models.OneToOneField(
        "oscar_marketplace.Payee", models.PROTECT, related_name="payout_account", verbose_name=_("payee")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    sealed = models.TextField(_("sealed account"))
    last_four = models.CharField(_("ends in"), max_length=4)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("changed by")
    )
    held_until = models.DateTimeField(_("not paid to before"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("account of a payee")
        verbose_name_plural = _("accounts of payees")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.payee}: {self.masked}"

    @property
    def masked(self) -> str:
        return f"•••• {self.last_four}"


class PayoutBatch(models.Model):
    """The payouts made at one moment by one method: approved together, sent together."""

    operator = models.ForeignKey(
        "oscar_marketplace.Operator", models.PROTECT, related_name="payout_batches", verbose_name=_("operator")
    )
    reference = models.CharField(_("reference"), max_length=30, unique=True)
    method = models.CharField(_("method"), max_length=40)
    claimed_at = models.DateTimeField(_("made"), default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    file_sha256 = models.CharField(_("fingerprint of the file"), max_length=64, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("batch of payouts")
        verbose_name_plural = _("batches of payouts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference


class Payout(models.Model):
    """What one payee is paid at once, in minor units. ``sealed_account`` is the account as it was then."""

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="payouts", verbose_name=_("batch"))
    operator = models.ForeignKey(
        "oscar_marketplace.Operator", models.PROTECT, related_name="payouts", verbose_name=_("operator")
    )
    payee = models.ForeignKey(
        "oscar_marketplace.Payee", models.PROTECT, related_name="payouts", verbose_name=_("payee")
    )
    reference = models.CharField(_("reference"), max_length=35, unique=True)
    method = models.CharField(_("method"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3)
    amount = models.BigIntegerField(_("amount"))
    state = FSMField(_("state"), default=P.DRAFT, choices=P.choices, protected=True, db_index=True)
    sealed_account = models.TextField(_("sealed account"), blank=True)
    last_four = models.CharField(_("account ends in"), max_length=4, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    failed_at = models.DateTimeField(_("came back"), null=True, blank=True)
    failure = models.CharField(_("why it came back"), max_length=200, blank=True)
    receipt = models.CharField(_("receipt, and who signed it"), max_length=120, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("payout")
        verbose_name_plural = _("payouts")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="mkt_payout_above_zero"),
            models.UniqueConstraint(fields=["batch", "payee"], name="mkt_payout_once_per_batch"),
        ]

    def __str__(self) -> str:
        return self.reference

    @transition(field=state, source=P.DRAFT, target=P.APPROVED)
    def approve(self):
        pass

    @transition(field=state, source=P.APPROVED, target=P.SENT)
    def send(self):
        pass

    @transition(field=state, source=P.SENT, target=P.PAID)
    def pay(self):
        pass

    @transition(field=state, source=[P.SENT, P.PAID], target=P.FAILED)
    def fail(self):
        pass

    @transition(field=state, source=[P.DRAFT, P.APPROVED], target=P.CANCELLED)
    def cancel(self):
        pass


class PayoutLine(models.Model):
    """One posting on a payable account, claimed by one payout.

    A payout that came back keeps its lines for the record; they are no longer live, and another payout may claim the
    same postings.
    """

    payout = models.ForeignKey(Payout, models.PROTECT, related_name="lines", verbose_name=_("payout"))
    posting = models.ForeignKey(
        "oscar_marketplace.LedgerPosting", models.PROTECT, related_name="payout_lines", verbose_name=_("posting")
    )
    is_live = models.BooleanField(_("counts"), default=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("line of a payout")
        verbose_name_plural = _("lines of payouts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["posting"], condition=Q(is_live=True), name="mkt_posting_paid_once"),
            models.UniqueConstraint(fields=["payout", "posting"], name="mkt_payout_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id}: {self.posting_id}"
