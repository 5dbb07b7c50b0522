"""Which ways to pay are offered for an order, and why another is not."""

from dataclasses import dataclass
from decimal import Decimal

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.money import to_minor


@dataclass(frozen=True)
class PaymentChoice:
    """One row of the payment step; ``why_not`` is shown instead of a dead option."""

    alias: str
    label: str
    hint: str
    why_not: str
    promises: bool


def payment_choices(*, amount: Decimal, currency: str, stall_count: int) -> list[PaymentChoice]:
    """Every configured provider, in the order of the setting."""
    minor = to_minor(amount, currency)
    return [
        PaymentChoice(
            alias=provider.alias,
            label=provider.label(),
            hint=provider.hint(stall_count=stall_count),
            why_not=provider.why_not(amount=minor, currency=currency),
            promises=provider.promises,
        )
        for provider in payment_providers.all()
    ]
