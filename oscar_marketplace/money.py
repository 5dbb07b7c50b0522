"""Money: the only place that rounds. Amounts are ``Decimal`` in a currency, or integers in its minor unit."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.core import UnknownLocaleError
from babel.numbers import format_currency, get_currency_precision
from django.utils import translation


def exponent(currency: str) -> Decimal:
    """Smallest amount of the currency: ``0.01`` for MXN, ``1`` for JPY (Unicode CLDR).

    Oscar's money columns hold two decimals, so currencies with three (KWD) are rounded to two.
    """
    return Decimal(1).scaleb(-min(get_currency_precision(currency), 2))


def quantise(amount: Decimal, currency: str) -> Decimal:
    """Round half up to the currency's exponent."""
    return Decimal(amount).quantize(exponent(currency), ROUND_HALF_UP)


def to_minor(amount: Decimal, currency: str) -> int:
    """Amount in the currency's minor unit.

    Raises:
        ValueError: the amount is finer than the minor unit; round it first.
    """
    minor = Decimal(amount) / exponent(currency)
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than {exponent(currency)}")
    return int(minor)


def from_minor(minor: int, currency: str) -> Decimal:
    """Inverse of :func:`to_minor`."""
    return Decimal(minor) * exponent(currency)


def allocate(total: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Split ``total`` minor units by ``weights``; the parts sum to the total.

    Largest remainder; ties go to the earlier part, so callers pass parts in primary key order.

    Raises:
        ValueError: a weight is negative, or all are zero while the total is not.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights cannot be negative")
    whole = sum(weights)
    if not whole:
        if total:
            raise ValueError("nothing to split by")
        return [0] * len(weights)
    sign = -1 if total < 0 else 1
    exact = [Decimal(abs(total)) * Decimal(weight) / Decimal(whole) for weight in weights]
    parts = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in by_remainder[: abs(total) - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def tax_included_in(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """Tax contained in an amount that includes it, at ``rate`` (0.16 for 16 %)."""
    return amount - without_tax(amount, rate, currency)


def without_tax(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """The amount without the tax it contains, rounded to the currency's exponent."""
    return quantise(amount / (1 + rate), currency)


def format_money(amount: Decimal | None, currency: str) -> str:
    """Amount as people of the active language write it, e.g. ``$1,234.50``."""
    if amount is None:
        return ""
    language = translation.get_language() or "en"
    locale = translation.to_locale(language)
    try:
        return format_currency(amount, currency, locale=_money_locale(locale, currency))
    except UnknownLocaleError:
        # A language the formatter does not know (Náhuatl): the amount still has to be readable.
        return format_currency(amount, currency, locale=_money_locale("en", currency))


def _money_locale(locale: str, currency: str) -> str:
    # A peso amount is written "$28.50" at the counter. CLDR does so for es_MX; for neutral "es" it writes "28,50 MXN"
    # and for English "MX$28.50", which no vendor in Mexico would recognise.
    if currency == "MXN" and locale.split("_")[0] in {"es", "en"}:
        return "es_MX"
    return locale
