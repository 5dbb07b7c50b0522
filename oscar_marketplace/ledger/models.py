"""The books: accounts, transactions and their postings, written once. Amounts are integers in the minor unit.

A positive posting is a debit, a negative one a credit; the postings of a transaction sum to zero. A balance is the sum
of an account's postings and is kept nowhere else.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.ledger.append_only import AppendOnly


class AccountKind(models.TextChoices):
    """What an account is for. ``DEBIT_KINDS`` grow by debits (assets, expenses), the others by credits."""

    RECEIVABLE = "receivable", _("owed by shoppers")
    PSP = "psp", _("with a payment provider")
    CASH_STALL = "cash_stall", _("cash taken at a stall")
    PAYABLE = "payable", _("owed to a stall")
    CREDIT_CUSTOMER = "credit_customer", _("to give back to shoppers")
    COMMISSION = "commission", _("kept from a stall")
    ORDER_CHARGES = "order_charges", _("delivery and other charges of orders")
    HOUSE_SALES = "house_sales", _("sales of the shop itself")
    GOODWILL = "goodwill", _("goodwill of the market")
    BANK = "bank", _("in the bank")
    CASH_DESK = "cash_desk", _("cash at a desk")
    COMMISSION_TAX = "commission_tax", _("tax on what is kept from a stall")
    PSP_FEE = "psp_fee", _("kept by a payment provider")
    HOLD_DISPUTE = "hold_dispute", _("held in a dispute")
    SUSPENSE = "suspense", _("money nobody knows yet")


class TransactionKind(models.TextChoices):
    CAPTURE = "capture", _("money taken")
    SALE = "sale", _("sold")
    SALE_REVERSED = "sale_reversed", _("sale taken back")
    NETTING = "netting", _("cash the stall keeps")
    REFUND_DUE = "refund_due", _("to give back")
    GOODWILL = "goodwill", _("goodwill")
    COMMISSION = "commission", _("commission")
    COMMISSION_REVERSED = "commission_reversed", _("commission taken back")
    PSP_FEE = "psp_fee", _("fee of the payment provider")
    REFUND = "refund", _("given back")
    REFUND_FAILED = "refund_failed", _("came back from giving back")
    RECOVERY = "recovery", _("borne by the stall")
    BANK_RECEIPT = "bank_receipt", _("money into the bank")
    BANK_RETURN = "bank_return", _("sent back by the bank")
    PAYOUT = "payout", _("paid out")
    PAYOUT_FAILED = "payout_failed", _("came back from paying out")
    DISPUTE = "dispute", _("disputed")
    DISPUTE_CLOSED = "dispute_closed", _("end of a dispute")


class LedgerAccount(AppendOnly):
    """One account: a kind, whose it is, and a currency. ``code`` is made of them and unique."""

    code = models.CharField(_("code"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AccountKind)
    operator = models.ForeignKey(
        "oscar_marketplace.Operator",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_accounts",
        verbose_name=_("operator"),
    )
    stall = models.ForeignKey(
        "oscar_marketplace.Stall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_accounts",
        verbose_name=_("stall"),
    )
    payee = models.ForeignKey(
        "oscar_marketplace.Payee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_accounts",
        verbose_name=_("payee"),
    )
    provider = models.CharField(_("provider"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3)

    class Meta(AppendOnly.Meta):
        app_label = "oscar_marketplace"
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class LedgerTransaction(AppendOnly):
    """One event in the books. ``kind``, ``source`` (``"charge:12"``) and ``sequence`` make it happen once."""

    kind = models.CharField(_("kind"), max_length=30, choices=TransactionKind)
    source = models.CharField(_("source"), max_length=80)
    sequence = models.PositiveSmallIntegerField(_("number"), default=1)
    order = models.ForeignKey(
        "order.Order",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ledger_transactions",
        verbose_name=_("order"),
    )
    at = models.DateTimeField(_("when"), db_index=True)
    posted_at = models.DateTimeField(_("written"), auto_now_add=True)
    memo = models.CharField(_("memo"), max_length=200, blank=True)

    class Meta(AppendOnly.Meta):
        app_label = "oscar_marketplace"
        verbose_name = _("ledger transaction")
        verbose_name_plural = _("ledger transactions")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "source", "sequence"], name="mkt_ledger_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"


class LedgerPosting(AppendOnly):
    """One side of a transaction."""

    transaction = models.ForeignKey(
        LedgerTransaction, models.PROTECT, related_name="postings", verbose_name=_("transaction")
    )
    account = models.ForeignKey(
        LedgerAccount, models.PROTECT, related_name="postings", db_index=False, verbose_name=_("account")
    )
    amount = models.BigIntegerField(_("amount"))

    class Meta(AppendOnly.Meta):
        app_label = "oscar_marketplace"
        verbose_name = _("ledger posting")
        verbose_name_plural = _("ledger postings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["transaction", "account"], name="mkt_ledger_posting_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="mkt_ledger_posting_not_zero"),
        ]
        # A balance is read from this index alone.
        indexes = [models.Index(fields=["account", "amount"], name="mkt_ledger_balance")]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
