"""Quantities as people say them at the counter: ¼ kg, 1½ kg, 250 g, 2 manojos. Pure functions, nothing is stored.

A unit is anything with ``kind``, ``base_amount`` (grams or millilitres), ``symbol``, ``name`` and ``name_plural``;
an empty symbol means that people say the name.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.utils import translation
from django.utils.formats import get_format
from django.utils.translation import gettext

QUARTERS = {Decimal("0.25"): "¼", Decimal("0.5"): "½", Decimal("0.75"): "¾"}
SMALLER = {"weight": "g", "volume": "ml"}
THOUSAND = Decimal(1000)
THOUSANDTH = Decimal("0.001")


def say_measure(amount: Decimal, unit, language: str | None = None) -> str:
    """``amount`` of ``unit`` in words and signs of ``language`` (default: the active one).

    Quarters of a kilo, a litre or a dozen are said as fractions, other parts of a kilo below one in grams, and what a
    scale shows with all its decimals: ``1.040 kg``.
    """
    amount = Decimal(amount)
    language = language or translation.get_language() or "en"
    if not unit.symbol:
        return f"{_say_number(amount, language)} {_name_for(amount, unit)}"
    if unit.base_amount == THOUSAND:
        return _say_of_thousand(amount, unit, language)
    return f"{_say_number(amount, language)} {unit.symbol}"


def say_per(unit, language: str | None = None) -> str:
    """What stands after a price: ``por kilo``, ``por manojo``, ``per bunch``."""
    with translation.override(language or translation.get_language() or "en"):
        return gettext("per %(unit)s") % {"unit": unit.name}


def _say_of_thousand(amount: Decimal, unit, language: str) -> str:
    if _fraction(amount) is not None:
        return f"{_say_number(amount, language)} {unit.symbol}"
    if 0 < amount < 1:
        return f"{_say_number(amount * THOUSAND, language)} {SMALLER.get(unit.kind, unit.symbol)}"
    # As the display of a scale: "Pidió 1 kg, pesó 1.040 kg".
    return f"{_localise(amount.quantize(THOUSANDTH, ROUND_HALF_UP), language)} {unit.symbol}"


def _say_number(amount: Decimal, language: str) -> str:
    fraction = _fraction(amount)
    if fraction is None:
        return _localise(amount.quantize(THOUSANDTH, ROUND_HALF_UP).normalize(), language)
    whole = int(amount)
    return f"{whole or ''}{fraction}" if fraction else str(whole)


def _fraction(amount: Decimal) -> str | None:
    """The sign after the whole number, empty for none; ``None`` when no sign says it exactly."""
    if amount < 0:
        return None
    rest = amount % 1
    return "" if not rest else QUARTERS.get(rest)


def _localise(number: Decimal, language: str) -> str:
    return format(number, "f").replace(".", get_format("DECIMAL_SEPARATOR", lang=language, use_l10n=True))


def _name_for(amount: Decimal, unit) -> str:
    # "½ docena", "1½ docenas", "0 manojos".
    return unit.name if 0 < amount <= 1 else unit.name_plural
