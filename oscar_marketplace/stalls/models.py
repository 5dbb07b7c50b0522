"""Who sells: stalls, their places, the people who work there and the one who is paid."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from oscar_marketplace.markets.models import HUES


class Trade(models.Model):
    """What a stall deals in (giro). Its colour is the awning's."""

    slug = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=80)
    hue = models.CharField(_("colour"), max_length=10, choices=HUES, default="verde")

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("trade")
        verbose_name_plural = _("trades")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class StallState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    REJECTED = "rejected", _("rejected")
    APPROVED = "approved", _("approved")
    PAUSED = "paused", _("paused")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed")


class Stall(models.Model):
    """The business a shopper sees; from approval on it is one Oscar partner."""

    operator = models.ForeignKey(
        "oscar_marketplace.Operator", models.PROTECT, related_name="stalls", verbose_name=_("operator")
    )
    partner = models.OneToOneField(
        "partner.Partner", models.PROTECT, null=True, blank=True, related_name="stall", verbose_name=_("partner")
    )
    state = FSMField(_("state"), default=StallState.DRAFT, choices=StallState.choices, protected=True)
    slug = models.SlugField(_("address on the web"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    trades = models.ManyToManyField(Trade, related_name="stalls", blank=True, verbose_name=_("trades"))
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    story = models.TextField(_("story"), blank=True)
    hue = models.CharField(_("colour"), max_length=10, choices=HUES, default="verde")
    languages = models.CharField(
        _("languages spoken"),
        max_length=60,
        default="es",
        help_text=_("Codes with commas, the stall's own first: es,en."),
    )
    phone = models.CharField(_("phone (never shown)"), max_length=30, blank=True)
    auto_accept = models.BooleanField(_("accept orders by itself"), default=False)
    preparation_minutes = models.PositiveSmallIntegerField(
        _("minutes to prepare"), null=True, blank=True, help_text=_("Empty: the operator's.")
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("stall")
        verbose_name_plural = _("stalls")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=False) | Q(state__in=["draft", "submitted", "rejected", "closed"]),
                name="mkt_stall_sells_as_partner",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def language(self) -> str:
        """Language of pick lists and messages to the stall."""
        return self.languages.split(",")[0].strip() or "es"

    @transition(field=state, source=[StallState.DRAFT, StallState.REJECTED], target=StallState.SUBMITTED)
    def submit(self):
        pass

    @transition(field=state, source=StallState.SUBMITTED, target=StallState.REJECTED)
    def reject(self):
        pass

    @transition(
        field=state,
        source=[StallState.SUBMITTED, StallState.PAUSED, StallState.SUSPENDED],
        target=StallState.APPROVED,
    )
    def approve(self):
        pass

    @transition(field=state, source=StallState.APPROVED, target=StallState.PAUSED)
    def pause(self):
        pass

    @transition(field=state, source=[StallState.APPROVED, StallState.PAUSED], target=StallState.SUSPENDED)
    def suspend(self):
        pass

    @transition(
        field=state, source=[StallState.APPROVED, StallState.PAUSED, StallState.SUSPENDED], target=StallState.CLOSED
    )
    def close(self):
        pass


class StallPitch(models.Model):
    """A stall's place in a market, on some weekdays and between some dates.

    Two rows with adjacent pitches make one large stall; two rows in two street markets on two weekdays make a stall
    that travels. ``opens``/``closes`` narrow the market's hours.
    """

    stall = models.ForeignKey(Stall, models.CASCADE, related_name="places", verbose_name=_("stall"))
    pitch = models.ForeignKey(
        "oscar_marketplace.Pitch", models.PROTECT, related_name="occupations", verbose_name=_("pitch")
    )
    weekdays = models.CharField(
        _("days"),
        max_length=7,
        default="1234567",
        validators=[RegexValidator(r"^1?2?3?4?5?6?7?$", _("Digits from 1 (Monday) to 7 (Sunday), in order."))],
        help_text=_("Digits from 1 (Monday) to 7 (Sunday), e.g. 17 for Monday and Sunday."),
    )
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day it holds."))

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("place of a stall")
        verbose_name_plural = _("places of stalls")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.stall}: {self.pitch}"


class StallClosure(models.Model):
    """Holidays and days off of one stall; no end means until further notice."""

    stall = models.ForeignKey(Stall, models.CASCADE, related_name="closures", verbose_name=_("stall"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("closure of a stall")
        verbose_name_plural = _("closures of stalls")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")), name="mkt_stall_closure_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stall}: {self.reason}"


class Payee(models.Model):
    """Whoever is paid: a holder, a courier, a co-operative, a union."""

    operator = models.ForeignKey(
        "oscar_marketplace.Operator", models.PROTECT, related_name="payees", verbose_name=_("operator")
    )
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tax_id = models.CharField(_("tax id"), max_length=30, blank=True)
    regime = models.CharField(_("tax regime"), max_length=60, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Tenure(models.Model):
    """Which payee holds a stall in which time. A transfer ends one row and begins another."""

    stall = models.ForeignKey(Stall, models.PROTECT, related_name="tenures", verbose_name=_("stall"))
    payee = models.ForeignKey(Payee, models.PROTECT, related_name="tenures", verbose_name=_("payee"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("tenure")
        verbose_name_plural = _("tenures")
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["stall"], condition=Q(ends_on=None), name="mkt_one_open_tenure"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="mkt_tenure_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stall}: {self.payee}"


class StallMember(models.Model):
    """A person who works at a stall and may act for it."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        ASSISTANT = "assistant", _("assistant")

    stall = models.ForeignKey(Stall, models.CASCADE, related_name="members", verbose_name=_("stall"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="stall_memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.ASSISTANT)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["stall", "user"], name="mkt_member_once")]

    def __str__(self) -> str:
        return f"{self.user} ({self.stall})"
