"""Which ways to pay are offered for an order, why another is not, and what each means for weighed and missing goods."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.markets.models import Wave
from oscar_marketplace.money import format_money, from_minor, to_minor
from oscar_marketplace.payments.delay import why_too_near
from oscar_marketplace.payments.providers.base import Capabilities, Provider


@dataclass(frozen=True)
class PaymentChoice:
    """One row of the payment step; ``why_not`` is shown instead of a dead option."""

    alias: str
    label: str
    hint: str
    why_not: str
    promises: bool


def payment_choices(
    *, amount: Decimal, currency: str, stall_count: int, most: Decimal | None = None, waves: Iterable[Wave] = ()
) -> list[PaymentChoice]:
    """Every configured provider, in the order of the setting.

    ``amount``: what is to be paid, tax included; ``most``: what weighed goods may come to at most, None if nothing is
    weighed; ``waves``: when the order is picked up.
    """
    minor, now = to_minor(amount, currency), timezone.now()
    highest = minor if most is None else max(minor, to_minor(most, currency))
    found = []
    for provider in payment_providers.all():
        can = provider.capabilities(currency=currency)
        asked = highest if can.captures_later else minor
        found.append(
            PaymentChoice(
                alias=provider.alias,
                label=provider.label(),
                hint=_hint(provider, can, stall_count, most, currency),
                why_not=provider.why_not(amount=asked, currency=currency)
                or _why_not(can, asked, currency)
                or why_too_near(provider, waves, currency=currency, now=now),
                promises=provider.promises,
            )
        )
    return found


def _why_not(can: Capabilities, amount: int, currency: str) -> str:
    if can.currencies is not None and currency not in can.currencies:
        return _("It does not take %(currency)s.") % {"currency": currency}
    if amount < can.least:
        return _("Only from %(least)s.") % {"least": format_money(from_minor(can.least, currency), currency)}
    if can.most is not None and amount > can.most:
        return _("Only up to %(most)s.") % {"most": format_money(from_minor(can.most, currency), currency)}
    return ""


def _hint(provider: Provider, can: Capabilities, stall_count: int, most: Decimal | None, currency: str) -> str:
    """How paying works, and what becomes of what weighs less or is not to be had. Each is a sentence of its own."""
    said = [provider.hint(stall_count=stall_count)]
    if can.captures_later and most is not None:
        text = _("At most %(most)s is set aside; what your goods weigh when packed is taken.")
        said.append(text % {"most": format_money(most, currency)})
    elif can.captures_later:
        said.append(_("It is set aside now and taken when your goods are packed."))
    elif can.refunds:
        said.append(_("You pay now; what weighs less or is not to be had goes back the way you paid."))
    elif not provider.promises:
        said.append(_("You pay now; what weighs less or is not to be had is given back to you at the market."))
    return " ".join(filter(None, said))
