"""Which ways to pay are offered for an order, and why another is not."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.markets.models import Wave
from oscar_marketplace.money import to_minor
from oscar_marketplace.payments.delay import why_too_near


@dataclass(frozen=True)
class PaymentChoice:
    """One row of the payment step; ``why_not`` is shown instead of a dead option."""

    alias: str
    label: str
    hint: str
    why_not: str
    promises: bool


def payment_choices(
    *, amount: Decimal, currency: str, stall_count: int, waves: Iterable[Wave] = ()
) -> list[PaymentChoice]:
    """Every configured provider, in the order of the setting. ``waves``: when the order is picked up."""
    minor, now = to_minor(amount, currency), timezone.now()
    return [
        PaymentChoice(
            alias=provider.alias,
            label=provider.label(),
            hint=provider.hint(stall_count=stall_count),
            why_not=provider.why_not(amount=minor, currency=currency)
            or why_too_near(provider, waves, currency=currency, now=now),
            promises=provider.promises,
        )
        for provider in payment_providers.all()
    ]
