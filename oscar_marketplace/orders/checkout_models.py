"""The checkout's own rows: each press of “confirm and pay”, and who the shopper is."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class CheckoutAttempt(models.Model):
    """One press of “confirm and pay”; its unique key makes pressing twice harmless."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PLACED = "placed", _("placed")
        REFUSED = "refused", _("refused")

    key = models.CharField(_("key"), max_length=64, unique=True)
    basket = models.ForeignKey(
        "basket.Basket", models.PROTECT, related_name="checkout_attempts", verbose_name=_("basket")
    )
    content_hash = models.CharField(_("what the shopper saw"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    order = models.OneToOneField(
        "order.Order", models.PROTECT, null=True, blank=True, related_name="checkout_attempt", verbose_name=_("order")
    )
    provider = models.CharField(_("payment"), max_length=40)
    refusal = models.CharField(_("why it was refused"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("checkout attempt")
        verbose_name_plural = _("checkout attempts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="placed", order__isnull=False) | (~Q(state="placed") & Q(order=None)),
                name="mkt_attempt_placed_has_order",
            )
        ]

    def __str__(self) -> str:
        return self.key


class Contact(models.Model):
    """The only place with the shopper's name, phone and e-mail; blanked by the retention clock."""

    order = models.OneToOneField(
        "order.Order", models.PROTECT, related_name="marketplace_contact", verbose_name=_("order")
    )
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    blocked_at = models.DateTimeField(_("out of sight since"), null=True, blank=True)
    blanked_at = models.DateTimeField(_("blanked"), null=True, blank=True)

    class Meta:
        app_label = "oscar_marketplace"
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.CheckConstraint(
                condition=~Q(email="", phone="") | Q(blanked_at__isnull=False), name="mkt_contact_reachable"
            )
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
