"""What is sold: units, dated tax rates, the shared catalogue and each stall's listings."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.markets.models import HUES


class Unit(models.Model):
    """A unit of measure; cities add their own (montón, cubeta, cuarto y mitad)."""

    class Kind(models.TextChoices):
        WEIGHT = "weight", _("weight")
        VOLUME = "volume", _("volume")
        COUNT = "count", _("count")

    code = models.SlugField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    base_amount = models.DecimalField(
        _("amount"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        help_text=_("Grams in a unit of weight, millilitres in one of volume; empty for counts."),
    )
    symbol = models.CharField(_("symbol"), max_length=12, blank=True, help_text=_("kg, g, l; empty: the name is used."))
    name = models.CharField(_("name"), max_length=40)
    name_plural = models.CharField(_("plural"), max_length=40)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="count", base_amount=None) | (~Q(kind="count") & Q(base_amount__gt=0)),
                name="mkt_unit_amount_fits_kind",
            )
        ]

    def __str__(self) -> str:
        return self.name


class TaxCategory(models.Model):
    """A class of goods taxed alike, e.g. basic food or prepared food."""

    code = models.SlugField(_("code"), max_length=30, unique=True)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("tax category")
        verbose_name_plural = _("tax categories")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class TaxRate(models.Model):
    """The rate of a category in a country from a day on. ``rate`` is a fraction: 0.16 for 16 %."""

    category = models.ForeignKey(TaxCategory, models.PROTECT, related_name="rates", verbose_name=_("category"))
    country = models.CharField(_("country"), max_length=2)
    rate = models.DecimalField(
        _("rate"),
        max_digits=6,
        decimal_places=5,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )
    valid_from = models.DateField(_("from"))

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["category", "country", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["category", "country", "valid_from"], name="mkt_tax_rate_once"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1), name="mkt_tax_rate_is_fraction"),
        ]

    def __str__(self) -> str:
        return f"{self.category} {self.rate:%}"


class CatalogueEntry(models.Model):
    """What we know of an Oscar product: its picture, its tax and whether it is shared or one stall's own."""

    product = models.OneToOneField(
        "catalogue.Product", models.CASCADE, related_name="catalogue_entry", verbose_name=_("product")
    )
    owner = models.ForeignKey(
        "oscar_marketplace.Stall",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="own_products",
        verbose_name=_("owner"),
        help_text=_("Empty: the shared catalogue, which stalls never write."),
    )
    tax_category = models.ForeignKey(TaxCategory, models.PROTECT, related_name="+", verbose_name=_("tax category"))
    icon = models.CharField(_("icon"), max_length=40, blank=True)
    hue = models.CharField(_("colour"), max_length=10, choices=HUES, default="verde")
    season_months = models.CharField(
        _("season"),
        max_length=40,
        blank=True,
        help_text=_("Months with commas, e.g. 11,12,1; empty: all year."),
    )

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("catalogue entry")
        verbose_name_plural = _("catalogue entries")

    def __str__(self) -> str:
        return str(self.product)


class ListingState(models.TextChoices):
    DRAFT = "draft", _("draft")
    LIVE = "live", _("on sale")
    PAUSED = "paused", _("paused")
    ARCHIVED = "archived", _("archived")


class StockMode(models.TextChoices):
    ON_DEMAND = "on_demand", _("enough of it")
    COUNTED = "counted", _("counted")
    DAILY = "daily", _("what came today")


class Listing(models.Model):
    """A product as one stall sells it.

    ``price`` is per ``price_unit``, tax included, in the operator's currency: the only price that is ever charged. A
    shopper picks whole steps; one step is ``step`` order units (0.25 kg, 1 piece) or, with ``by_amount``, ``step``
    currency units ("20 pesos de cilantro"). ``StockRecord.price`` is a projection of the step price for Oscar's lists.
    Counted stock counts steps.
    """

    stockrecord = models.OneToOneField(
        "partner.StockRecord", models.PROTECT, related_name="listing", verbose_name=_("stock record")
    )
    stall = models.ForeignKey(
        "oscar_marketplace.Stall", models.PROTECT, related_name="listings", verbose_name=_("stall")
    )
    state = models.CharField(_("state"), max_length=10, choices=ListingState, default=ListingState.DRAFT)
    price = models.DecimalField(_("price"), max_digits=10, decimal_places=2)
    price_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("price per"))
    order_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("sold by"))
    step = models.DecimalField(_("step"), max_digits=8, decimal_places=3, default=1)
    by_amount = models.BooleanField(_("by amount of money"), default=False)
    min_steps = models.PositiveSmallIntegerField(_("fewest steps"), default=1)
    typical_weight_g = models.PositiveIntegerField(
        _("typical weight (g)"),
        null=True,
        blank=True,
        help_text=_("Of one order unit, where the price is by weight."),
    )
    is_estimated = models.BooleanField(_("weighed when packed"), default=False)
    bound_percent = models.PositiveSmallIntegerField(
        _("bound (%)"), default=10, help_text=_("How much more than ordered may be packed and charged.")
    )
    stock_mode = models.CharField(_("stock"), max_length=10, choices=StockMode, default=StockMode.ON_DEMAND)
    sold_out_on = models.DateField(_("sold out on"), null=True, blank=True)
    came_on = models.DateField(_("came on"), null=True, blank=True, help_text=_("For “what came today”."))
    tax_category = models.ForeignKey(
        TaxCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax category"),
        help_text=_("Empty: the product's."),
    )
    note = models.CharField(_("in a few words"), max_length=80, blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(_("minutes to prepare"), default=0)
    handling = models.CharField(_("handling"), max_length=20, blank=True, help_text=_("cold, frozen, fragile…"))
    allergens = models.CharField(_("allergens"), max_length=120, blank=True)
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), null=True, blank=True)
    price_changed_at = models.DateTimeField(_("price changed"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gt=0), name="mkt_listing_price_positive"),
            models.CheckConstraint(condition=Q(step__gt=0), name="mkt_listing_step_positive"),
            models.CheckConstraint(condition=Q(min_steps__gte=1), name="mkt_listing_min_steps_positive"),
        ]
        indexes = [models.Index(fields=["stall", "state"], name="mkt_listing_stall_state")]

    def __str__(self) -> str:
        return f"{self.stockrecord.product} ({self.stall})"


class PreparationOption(models.Model):
    """How a shopper may want it: filleted, minced, without skin."""

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="preparations", verbose_name=_("listing"))
    name = models.CharField(_("name"), max_length=40)
    weighed_after = models.BooleanField(_("weighed after preparing"), default=False)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class LineWish(models.Model):
    """What the shopper wishes for one basket line; copied to the stall order line when the order is placed."""

    class Substitution(models.TextChoices):
        NONE = "none", _("leave it out")
        SIMILAR = "similar", _("something similar")
        ASK = "ask", _("ask me")

    basket_line = models.OneToOneField(
        "basket.Line", models.CASCADE, related_name="market_wish", verbose_name=_("basket line")
    )
    substitution = models.CharField(
        _("if there is none"), max_length=10, choices=Substitution, default=Substitution.NONE
    )
    preparation = models.ForeignKey(
        PreparationOption,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("preparation"),
    )
    note = models.CharField(_("note"), max_length=140, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")

    def __str__(self) -> str:
        return self.note or self.get_substitution_display()


class StockHold(models.Model):
    """The expiry record of an allocation nobody has paid for yet; never a second count of it."""

    order_line = models.OneToOneField(
        "order.Line", models.CASCADE, related_name="stock_hold", verbose_name=_("order line")
    )
    stockrecord = models.ForeignKey(
        "partner.StockRecord", models.PROTECT, related_name="stock_holds", verbose_name=_("stock record")
    )
    quantity = models.PositiveIntegerField(_("steps"))
    expires_at = models.DateTimeField(_("until"), db_index=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("stock hold")
        verbose_name_plural = _("stock holds")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="mkt_hold_quantity_positive")]

    def __str__(self) -> str:
        return f"{self.stockrecord_id} x {self.quantity}"
