"""Reading the data files beside this module."""

import csv
import json
from decimal import Decimal
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data"


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``data/<name>.csv`` as text, in the file's order. Treat them as read-only."""
    with open(FOLDER / f"{name}.csv", encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def by_code(name: str, key: str = "code") -> dict[str, dict[str, str]]:
    """The rows of a file by their key."""
    return {row[key]: row for row in rows(name)}


@cache
def rules() -> dict:
    """What ``listing_rules.json`` says; numbers with decimals come as ``Decimal``."""
    return json.loads((FOLDER / "listing_rules.json").read_text(encoding="utf-8"), parse_float=Decimal)


def yes(text: str) -> bool:
    """``yes`` or ``no``.

    Raises:
        ValueError: it is neither; a slip in a data file.
    """
    if text not in {"yes", "no"}:
        raise ValueError(f"expected yes or no, not {text!r}")
    return text == "yes"


def number(text: str) -> Decimal | None:
    """A number, or None where the file leaves it empty."""
    return Decimal(text) if text else None


def months(season: str) -> list[int]:
    """Months of a season: ``11-1`` is November to January; none are named for the whole year."""
    if not season:
        return []
    first, _, last = season.partition("-")
    first, last = int(first), int(last or first)
    return [(month - 1) % 12 + 1 for month in range(first, last + 1 if last >= first else last + 13)]
