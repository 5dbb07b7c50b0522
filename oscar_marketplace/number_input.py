"""Reads the numbers people type for prices and measures, in any of the ways a counter writes them.

Django's localised parser reads "28,50" as 2850 under es-MX with thousand separators: a price a hundred times too high.
Here the last separator followed by one or two digits is the decimal one; what stays ambiguous is asked back.
"""

import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from oscar_marketplace.exceptions import BadNumber

FRACTIONS = {"¼": "0.25", "½": "0.5", "¾": "0.75", "⅓": "0.333", "⅔": "0.667", "⅛": "0.125"}
SIMPLE_FRACTION = re.compile(r"^(?:(\d+)\s+)?(\d+)\s*/\s*(\d+)$")


def parse_decimal(text: str) -> Decimal:
    """A non-negative number from what a person typed: ``28,50``, ``1.250,5``, ``$ 28``, ``½``, ``1 1/2``.

    Raises:
        BadNumber: empty, not a number, or readable in two ways (``1.250`` may be 1250 or 1.25).
    """
    cleaned = text.strip().replace("$", "").replace("\u00a0", " ").strip()
    if not cleaned:
        raise BadNumber()
    mixed = SIMPLE_FRACTION.match(cleaned)
    if mixed:
        whole, over, under = mixed.groups()
        if int(under) == 0:
            raise BadNumber()
        return Decimal(whole or 0) + (Decimal(over) / Decimal(under)).quantize(Decimal("0.001"))
    if cleaned[-1] in FRACTIONS:
        whole = cleaned[:-1].strip()
        if whole and not whole.isdecimal():
            raise BadNumber()
        return Decimal(whole or 0) + Decimal(FRACTIONS[cleaned[-1]])
    return _plain(cleaned.replace(" ", ""))


def _plain(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]+(?:[.,'][0-9]+)*|[.,][0-9]+", text):
        raise BadNumber()
    separators = [c for c in text if not c.isdigit()]
    if not separators:
        return Decimal(text)
    whole, decimals = re.fullmatch(r"(.*)[.,']([0-9]+)", text).groups()
    digits = re.sub(r"\D", "", whole) or "0"
    if len(decimals) <= 2:
        return Decimal(f"{digits}.{decimals}")
    if len(decimals) == 3 and (len(separators) > 1 or whole in {"", "0"}):
        if whole in {"", "0"}:
            return Decimal(f"0.{decimals}")
        if len(set(separators)) == 1:
            return Decimal(digits + decimals)
    raise BadNumber(
        _("“%(text)s” can be read in two ways. Write it without thousands, for example 1250 or 1.25."),
        code="ambiguous_number",
        text=text,
    )
