"""What the bank told us: imported statements, their lines, and the references by which a line finds its charge."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.money import format_money, from_minor


class BankReference(models.Model):
    """What the shopper writes into the transfer for one charge. It is never given out again."""

    charge = models.OneToOneField(
        "oscar_marketplace.Charge", models.PROTECT, related_name="bank_reference", verbose_name=_("charge")
    )
    reference = models.CharField(_("reference"), max_length=25, unique=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("transfer reference")
        verbose_name_plural = _("transfer references")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.reference


class BankStatement(models.Model):
    """A file of the bank, imported whole. The same file is known by its hash."""

    account = models.CharField(_("account"), max_length=40)
    sha256 = models.CharField(_("hash of the file"), max_length=64, unique=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("imported by"),
    )
    imported_at = models.DateTimeField(_("imported"), default=timezone.now)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name or self.sha256[:12]


class BankLine(models.Model):
    """One movement on the account; ``amount`` in minor units, below zero when money left.

    ``key`` is the bank's own number or a hash of what the line says, so a line that comes again in another file is the
    same line. The rest is as the bank wrote it; only the state changes.
    """

    class State(models.TextChoices):
        NEW = "new", _("not looked at")
        MATCHED = "matched", _("matched")
        QUEUED = "queued", _("needs a person")
        SETTLED = "settled", _("settled by hand")
        IGNORED = "ignored", _("not ours")
        OUTGOING = "outgoing", _("money that left")

    class Reason(models.TextChoices):
        UNKNOWN_REFERENCE = "unknown_reference", _("no reference of ours")
        UNDER = "under", _("too little came")
        OVER = "over", _("more came than was asked for")
        LATE = "late", _("came after the time to pay")
        DUPLICATE = "duplicate", _("it was paid already")
        OTHER_CURRENCY = "other_currency", _("another currency")

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines", verbose_name=_("bank statement"))
    account = models.CharField(_("account"), max_length=40)
    key = models.CharField(_("key"), max_length=140)
    booked_on = models.DateField(_("booked"))
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    payer = models.CharField(_("payer"), max_length=200, blank=True)
    text = models.CharField(_("text"), max_length=500, blank=True)
    bank_id = models.CharField(_("the bank's number"), max_length=100, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW)
    reason = models.CharField(_("why"), max_length=20, choices=Reason, blank=True)
    charge = models.ForeignKey(
        "oscar_marketplace.Charge",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="bank_lines",
        verbose_name=_("charge"),
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="mkt_bank_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="mkt_bank_line_not_zero"),
        ]
        indexes = [models.Index(fields=["state", "reason"], name="mkt_bank_line_state")]

    def __str__(self) -> str:
        return f"{self.booked_on} {format_money(from_minor(self.amount, self.currency), self.currency)}"
