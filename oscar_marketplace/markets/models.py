"""Where goods are sold: operators, markets, their pitches, opening hours and pick-up times."""

from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]
HUES = [
    ("verde", _("green")),
    ("rojo", _("red")),
    ("amarillo", _("yellow")),
    ("rosa", _("pink")),
    ("azul", _("blue")),
    ("cafe", _("brown")),
]


def check_time_zone(name: str) -> None:
    """Called from ``clean`` and not set as a validator: migrations import no code of ours."""
    if name and name not in available_timezones():
        raise ValidationError(
            {
                "time_zone": ValidationError(
                    _("“%(name)s” is not a time zone. Example: America/Mexico_City."), params={"name": name}
                )
            }
        )


class Operator(models.Model):
    """The legal body that runs markets and collects. A basket has one operator.

    The clocks of an order are settings of the operator; minutes of acceptance count only while the market is open.
    """

    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    tax_id = models.CharField(_("tax id"), max_length=30, blank=True)
    country = models.CharField(_("country"), max_length=2, default="MX", help_text=_("ISO 3166 code, e.g. MX."))
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217 code, e.g. MXN."))
    time_zone = models.CharField(_("time zone"), max_length=50)
    language = models.CharField(_("language"), max_length=10, default="es")
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    terms_url = models.URLField(_("purchase rules"), blank=True)
    privacy_url = models.URLField(_("privacy notice"), blank=True)

    accept_minutes = models.PositiveSmallIntegerField(
        _("minutes to answer"), default=40, help_text=_("Minutes of market opening time a stall has to answer.")
    )
    preparation_minutes = models.PositiveSmallIntegerField(
        _("minutes to prepare"), default=30, help_text=_("An answer is due at least this long before the pick-up time.")
    )
    undo_seconds = models.PositiveSmallIntegerField(_("seconds to undo"), default=60)
    hold_minutes = models.PositiveSmallIntegerField(
        _("minutes stock is held while unpaid"), default=10, validators=[MinValueValidator(1)]
    )
    decide_minutes = models.PositiveSmallIntegerField(_("minutes a shopper has to decide"), default=60)
    pickup_hold_minutes = models.PositiveSmallIntegerField(
        _("minutes bags are kept after the pick-up time"), default=120
    )
    claims_hours = models.PositiveSmallIntegerField(_("hours to complain"), default=24)
    max_open_cash_orders = models.PositiveSmallIntegerField(
        _("open cash orders per phone or e-mail"), default=3, help_text=_("0 means no limit.")
    )

    payout_hold_days = models.PositiveSmallIntegerField(
        _("days until a stall can be paid"),
        default=2,
        help_text=_("Counted from the hand-over; an order that is complained about waits longer."),
    )
    payout_weekday = models.PositiveSmallIntegerField(
        _("day on which stalls are paid"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(7)],
        help_text=_("From 1 (Monday) to 7 (Sunday), told to the stalls. Empty: no fixed day."),
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("operator")
        verbose_name_plural = _("operators")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_time_zone(self.time_zone)


class Market(models.Model):
    """A municipal hall or an open-air market."""

    class Kind(models.TextChoices):
        HALL = "hall", _("municipal market")
        STREET = "street", _("open-air market")

    operator = models.ForeignKey(Operator, models.PROTECT, related_name="markets", verbose_name=_("operator"))
    slug = models.SlugField(_("address on the web"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HALL)
    prefix = models.CharField(
        _("order prefix"), max_length=3, validators=[RegexValidator(r"^[A-Z]{2,3}$", _("Two or three capitals."))]
    )
    summary = models.CharField(_("in one sentence"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    latitude = models.DecimalField(
        _("latitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        _("longitude"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    time_zone = models.CharField(_("time zone"), max_length=50, blank=True, help_text=_("Empty: the operator's."))
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    desk_place = models.CharField(
        _("pick-up desk"), max_length=120, blank=True, help_text=_("Where the desk is. Empty: this market has none.")
    )
    access_facts = models.TextField(_("accessibility"), blank=True, help_text=_("One fact a line."))
    hue = models.CharField(_("colour"), max_length=10, choices=HUES, default="verde")
    is_public = models.BooleanField(_("shown"), default=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("market")
        verbose_name_plural = _("markets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        check_time_zone(self.time_zone)

    @property
    def zone(self) -> ZoneInfo:
        """Time zone all clocks of this market are computed in."""
        return ZoneInfo(self.time_zone or self.operator.time_zone)


class Pitch(models.Model):
    """A numbered place in a market; it may be vacant."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="pitches", verbose_name=_("market"))
    number = models.CharField(_("number"), max_length=20)
    section = models.CharField(_("section"), max_length=80, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("pitch")
        verbose_name_plural = _("pitches")
        ordering = ["market", "number"]
        constraints = [models.UniqueConstraint(fields=["market", "number"], name="mkt_pitch_number_once")]

    def __str__(self) -> str:
        return f"{self.market} {self.number}"


class OpeningRule(models.Model):
    """Weekly opening hours in local time. ``closes`` at or before ``opens`` means after midnight."""

    market = models.ForeignKey(Market, models.CASCADE, related_name="opening_rules", verbose_name=_("market"))
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    valid_from = models.DateField(_("from"), null=True, blank=True)
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day it holds."))

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "opens"]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """A stretch of time in which a market is closed although its hours say open."""

    market = models.ForeignKey(Market, models.CASCADE, related_name="closures", verbose_name=_("market"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="mkt_closure_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.market}: {self.reason}"


class WaveRule(models.Model):
    """A weekly pick-up time from which dated waves are made."""

    market = models.ForeignKey(Market, models.CASCADE, related_name="wave_rules", verbose_name=_("market"))
    weekday = models.PositiveSmallIntegerField(_("day"), choices=WEEKDAYS)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    cutoff_minutes = models.PositiveSmallIntegerField(
        _("order until"), default=90, help_text=_("Minutes before it starts in which orders are still taken.")
    )
    capacity = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, help_text=_("Most hand-overs. Empty: no limit.")
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("pick-up time")
        verbose_name_plural = _("pick-up times")
        ordering = ["weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="mkt_wave_rule_ends_after_start"),
            models.UniqueConstraint(fields=["market", "weekday", "starts"], name="mkt_wave_rule_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"


class Wave(models.Model):
    """A dated pick-up time. Its places are rows, so that taking one never waits for another shopper's checkout."""

    market = models.ForeignKey(Market, models.PROTECT, related_name="waves", verbose_name=_("market"))
    rule = models.ForeignKey(
        WaveRule,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="waves",
        verbose_name=_("made from"),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    cutoff_at = models.DateTimeField(_("order until"))
    is_limited = models.BooleanField(_("limited"), default=False)
    closed = models.BooleanField(_("closed by the market"), default=False)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["market", "starts_at"], name="mkt_wave_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="mkt_wave_ends_after_start"),
            models.CheckConstraint(condition=Q(cutoff_at__lte=F("starts_at")), name="mkt_wave_cutoff_before_start"),
        ]

    def __str__(self) -> str:
        return f"{self.market} {self.starts_at:%Y-%m-%d %H:%M}"


class WavePlace(models.Model):
    """One place in a limited wave; taken while ``hand_over`` is set."""

    wave = models.ForeignKey(Wave, models.CASCADE, related_name="places", verbose_name=_("wave"))
    hand_over = models.OneToOneField(
        "oscar_marketplace.HandOver",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="place",
        verbose_name=_("hand-over"),
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [models.Index(fields=["wave"], name="mkt_wave_free_places", condition=Q(hand_over=None))]

    def __str__(self) -> str:
        return f"{self.wave_id}/{self.pk}"
