"""How the parts of one market reach the shopper, and who holds which bag."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.orders.states import HandOverState


class HandOver(models.Model):
    """How the parts of one market reach the shopper. Its state is derived from its stall orders."""

    class Kind(models.TextChoices):
        STALL = "stall", _("pick up at each stall")
        DESK = "desk", _("pick up at the desk")

    order = models.ForeignKey("order.Order", models.PROTECT, related_name="hand_overs", verbose_name=_("order"))
    market = models.ForeignKey(
        "oscar_marketplace.Market", models.PROTECT, related_name="hand_overs", verbose_name=_("market")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.STALL)
    wave = models.ForeignKey(
        "oscar_marketplace.Wave",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hand_overs",
        verbose_name=_("pick-up time"),
    )
    state = models.CharField(_("state"), max_length=20, choices=HandOverState, default=HandOverState.RESERVED)
    code = models.CharField(_("code"), max_length=6)
    wrong_tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)
    hold_until = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["order", "market"], name="mkt_hand_over_per_market")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.market}"


class Bag(models.Model):
    """A packed parcel of one stall order."""

    stall_order = models.ForeignKey(
        "oscar_marketplace.StallOrder", models.PROTECT, related_name="bags", verbose_name=_("stall order")
    )
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("bag")
        verbose_name_plural = _("bags")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["stall_order", "number"], name="mkt_bag_number_once")]

    def __str__(self) -> str:
        return f"{self.stall_order_id}/{self.number}"


class BagMove(models.Model):
    """A bag changed hands; append-only. The last move says who holds it."""

    class Holder(models.TextChoices):
        STALL = "stall", _("stall")
        DESK = "desk", _("desk")
        SHOPPER = "shopper", _("shopper")

    bag = models.ForeignKey(Bag, models.PROTECT, related_name="moves", verbose_name=_("bag"))
    source = models.CharField(_("from"), max_length=10, choices=Holder)
    target = models.CharField(_("to"), max_length=10, choices=Holder)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    proof = models.CharField(_("proof"), max_length=20, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("move of a bag")
        verbose_name_plural = _("moves of bags")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.bag_id}: {self.source} → {self.target}"
