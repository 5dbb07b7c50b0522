"""What the market keeps from a stall: the published rules, and the one that an order at a stall was placed under."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.money import to_minor

#: Where a day begins first: 14 hours before it does in UTC.
EARLIEST_ZONE = timedelta(hours=14)


class RuleHasBegun(MarketplaceError):
    """Orders may have been placed under the rule: it is ended and another one written (``change_rule``)."""

    code = "rule_has_begun"
    message = _("This rule holds already or is over, so it stays as it was published. Change it by writing another.")


class CommissionKind(models.TextChoices):
    PERCENT = "percent", _("percent of what the shopper pays")
    FIXED = "fixed", _("the same amount for each order at a stall")


def _percent_field(verbose_name, **kwargs) -> models.DecimalField:
    """``5.00`` for 5 %."""
    limits = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
    return models.DecimalField(verbose_name, max_digits=5, decimal_places=2, validators=limits, **kwargs)


def _amount_field(verbose_name, **kwargs) -> models.DecimalField:
    """Amount of money in the operator's currency, without the tax on it."""
    limits = [MinValueValidator(Decimal(0))]
    return models.DecimalField(
        verbose_name, max_digits=12, decimal_places=2, null=True, blank=True, validators=limits, **kwargs
    )


class Terms(models.Model):
    """How much is kept. ``floor`` and ``cap`` bound a percentage; the tax comes on top of it."""

    kind = models.CharField(_("kind"), max_length=10, choices=CommissionKind, default=CommissionKind.PERCENT)
    percent = _percent_field(_("percent"), null=True, blank=True, help_text=_("Write 5 for 5 %. 0 keeps nothing."))
    fixed = _amount_field(_("amount"))
    floor = _amount_field(_("at least"))
    cap = _amount_field(_("at most"))
    tax_percent = _percent_field(
        _("tax on it, percent"),
        default=0,
        help_text=_("The tax on the commission, which the stall pays on top of it. Write 16 for 16 %."),
    )
    title = models.CharField(_("title"), max_length=120, help_text=_("The public name of the rule."))

    class Meta:
        abstract = True


class CommissionRule(Terms):
    """One line of what the operator publishes. The first rule that fits an order at a stall is the only one.

    A rule that has begun is never edited: a change ends it (``ended_at``) and writes another that ``replaces`` it.
    """

    operator = models.ForeignKey(
        "oscar_marketplace.Operator", models.PROTECT, related_name="commission_rules", verbose_name=_("operator")
    )
    position = models.PositiveSmallIntegerField(
        _("order number"),
        default=100,
        help_text=_("The first rule that fits is the only one, so the most particular comes first: 10, 20, 30."),
    )
    reason = models.TextField(
        _("why"), blank=True, max_length=500, help_text=_("Published beside the rule, for stalls and shoppers.")
    )
    market = models.ForeignKey(
        "oscar_marketplace.Market",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_rules",
        verbose_name=_("market"),
        help_text=_("Empty: all markets."),
    )
    trade = models.ForeignKey(
        "oscar_marketplace.Trade",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_rules",
        verbose_name=_("trade"),
        help_text=_("Empty: all trades."),
    )
    stall = models.ForeignKey(
        "oscar_marketplace.Stall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commission_rules",
        verbose_name=_("stall"),
        help_text=_("Empty: all stalls."),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day it holds."))
    first_days = models.PositiveSmallIntegerField(
        _("only the first days of a stall"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("How many days, counted from the day the stall was approved. Empty: always."),
    )
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    replaces = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("commission rule")
        verbose_name_plural = _("commission rules")
        ordering = ["operator", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="percent", percent__isnull=False, fixed=None)
                | Q(kind="fixed", percent=None, fixed__isnull=False, floor=None, cap=None),
                name="mkt_commission_kind_fits",
            ),
            models.CheckConstraint(
                condition=(Q(percent=None) | Q(percent__gte=0, percent__lte=100))
                & Q(tax_percent__gte=0, tax_percent__lte=100),
                name="mkt_commission_percent_fits",
            ),
            models.CheckConstraint(
                condition=Q(floor=None) | Q(cap=None) | Q(cap__gte=F("floor")), name="mkt_commission_cap_above_floor"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="mkt_commission_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args, **kwargs) -> None:
        if self.pk and not self._state.adding:
            self._check_stays_as_published()
        super().save(*args, **kwargs)

    def _check_stays_as_published(self) -> None:
        before = CommissionRule.objects.get(pk=self.pk)
        if not before.has_begun(at=timezone.now()):
            return
        kept = [each.attname for each in self._meta.concrete_fields if each.name != "ended_at"]
        changed = any(getattr(before, name) != getattr(self, name) for name in kept)
        if changed or (before.ended_at is not None and before.ended_at != self.ended_at):
            raise RuleHasBegun()

    def has_begun(self, *, at: datetime) -> bool:
        """Whether it holds somewhere, or did: from then on orders may have been placed under it."""
        return self.ended_at is not None or self.starts_on <= (at.astimezone(UTC) + EARLIEST_ZONE).date()

    def holds_on(self, day: date) -> bool:
        """Whether ``day``, in the market's zone, lies between its dates."""
        return self.starts_on <= day <= (self.ends_on or day)

    @property
    def zone(self) -> ZoneInfo:
        """Whose days its dates are: the market's, or the operator's for all of its markets."""
        return self.market.zone if self.market else ZoneInfo(self.operator.time_zone)

    def is_over(self, *, at: datetime) -> bool:
        return self.ended_at is not None or (self.ends_on is not None and self.ends_on < self._day(at))

    def is_coming(self, *, at: datetime) -> bool:
        return self._day(at) < self.starts_on

    def _day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def clean(self) -> None:
        problems = {**self._problems_of_amounts(), **self._problems_of_scope()}
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            problems["ends_on"] = _("The last day is before the first. Write a later day, or leave it empty.")
        if problems:
            raise ValidationError(problems)

    def _problems_of_amounts(self) -> dict:
        problems = {}
        if self.kind == CommissionKind.PERCENT:
            if self.percent is None:
                problems["percent"] = _("Write the percentage; 0 keeps nothing.")
            if self.fixed is not None:
                problems["fixed"] = _("A percentage has no amount. Leave this empty, or choose the other kind.")
            if self.floor is not None and self.cap is not None and self.cap < self.floor:
                problems["cap"] = _("“At most” is less than “at least”. Write a larger amount, or leave one empty.")
        else:
            if self.fixed is None:
                problems["fixed"] = _("Write the amount that is kept of each order at a stall.")
            for name in ("percent", "floor", "cap"):
                if getattr(self, name) is not None:
                    problems[name] = _("This belongs to a percentage. Leave it empty, or choose the other kind.")
        for name in ("fixed", "floor", "cap"):
            if name not in problems and not self._is_payable(getattr(self, name)):
                problems[name] = _("The currency has no coins this small. Write a rounder amount.")
        return problems

    def _is_payable(self, amount: Decimal | None) -> bool:
        if amount is None or self.operator_id is None:
            return True
        try:
            to_minor(amount, self.operator.currency)
        except ValueError:
            return False
        return True

    def _problems_of_scope(self) -> dict:
        if self.operator_id is None:
            return {}
        problems = {}
        if self.market_id and self.market.operator_id != self.operator_id:
            problems["market"] = _("This market is another operator's. Choose one of this operator's.")
        if self.stall_id and self.stall.operator_id != self.operator_id:
            problems["stall"] = _("This stall is another operator's. Choose one of this operator's.")
        if self.stall_id and self.trade_id:
            problems["trade"] = _("The rule is for one stall already. Leave the trade empty.")
        return problems


class StallOrderCommission(Terms):
    """The rule an order at a stall was placed under, as it was then. Written once; no row means nothing is kept."""

    stall_order = models.OneToOneField(
        "oscar_marketplace.StallOrder", models.PROTECT, related_name="commission", verbose_name=_("stall order")
    )
    rule = models.ForeignKey(CommissionRule, models.PROTECT, related_name="uses", verbose_name=_("rule"))

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("commission of a stall order")
        verbose_name_plural = _("commissions of stall orders")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title
