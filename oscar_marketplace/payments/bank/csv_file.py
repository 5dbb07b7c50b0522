"""The bank's file as CSV: comma, semicolon or tab, decimal point or comma, columns named in OPTIONS["CSV"]."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.conf import settings as django_settings
from django.utils.translation import gettext as _

from oscar_marketplace.money import to_minor
from oscar_marketplace.payments.bank.statement_file import BadStatement, FileLine

ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII)
#: Problems named before giving up: more would not be read.
SHOWN = 20


class _Bad(Exception):
    """What is wrong with one value, in words."""


def read_csv(content: bytes, *, columns: Mapping[str, str]) -> list[FileLine]:
    """The lines of a file whose first line names the columns.

    Raises:
        BadStatement: with the number and the trouble of every bad line.
    """
    text = _decode(content)
    first = text.split("\n", 1)[0]
    delimiter = max(";\t,", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        raise BadStatement([_("It is no CSV file: %(problem)s.") % {"problem": problem}]) from None
    places = _places([name.strip() for name in rows[0]], columns)
    lines, problems = [], []
    for number, row in enumerate(rows[1:], start=2):
        if not any(value.strip() for value in row):
            continue
        try:
            lines.append(_line({name: row[at].strip() for name, at in places.items()}, columns))
        except IndexError:
            problems.append(_("Line %(number)d: it has fewer columns than the first.") % {"number": number})
        except _Bad as problem:
            problems.append(_("Line %(number)d: %(problem)s") % {"number": number, "problem": problem})
    if problems:
        raise BadStatement(problems[:SHOWN])
    return lines


def _decode(content: bytes) -> str:
    if b"\x00" in content:
        raise BadStatement([_("It is no text file.")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _places(header: list[str], columns: Mapping[str, str]) -> dict[str, int]:
    """Our name of a column -> where it stands."""
    wanted = {ours: theirs for ours, theirs in columns.items() if theirs and ours != "DECIMAL"}
    lower = [name.casefold() for name in header]
    places = {ours: lower.index(name.casefold()) for ours, name in wanted.items() if name.casefold() in lower}
    needed = ["DATE", "CREDIT"] if wanted.get("CREDIT") else ["DATE", "AMOUNT"]
    missing = [wanted.get(name) or name for name in needed if name not in places]
    if missing:
        raise BadStatement(
            [
                _("Its first line has no column %(missing)s; it has %(header)s. Name them in OPTIONS['CSV'].")
                % {"missing": ", ".join(missing), "header": ", ".join(header)}
            ]
        )
    return places


def _line(row: Mapping[str, str], columns: Mapping[str, str]) -> FileLine:
    currency = row.get("CURRENCY", "").upper() or django_settings.OSCAR_DEFAULT_CURRENCY
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise _Bad(_("“%(value)s” is no currency.") % {"value": currency})
    text = " ".join(filter(None, [row.get("REFERENCE", ""), row.get("TEXT", "")]))
    return FileLine(
        booked_on=_date(row["DATE"]),
        amount=_signed(row, currency, columns["DECIMAL"]),
        currency=currency,
        payer=row.get("PAYER", "")[:200],
        text=text[:500],
        bank_id=row.get("ID", "")[:100],
    )


def _date(value: str) -> date:
    if found := ISO.fullmatch(value):
        year, month, day = map(int, found.groups())
    elif found := DAY_FIRST.fullmatch(value):
        day, month, year = map(int, found.groups())
    else:
        raise _Bad(_("“%(value)s” is no date; write 2026-11-24 or 24/11/2026.") % {"value": value})
    try:
        return date(year, month, day)
    except ValueError:
        raise _Bad(_("there is no day %(value)s.") % {"value": value}) from None


def _signed(row: Mapping[str, str], currency: str, decimal: str) -> int:
    """One signed column, or one for what came and one for what left."""
    if "CREDIT" in row:
        came = _minor(row["CREDIT"], currency, decimal) if row["CREDIT"] else 0
        left = _minor(row["DEBIT"], currency, decimal) if row.get("DEBIT") else 0
        if came and left:
            raise _Bad(_("money both came and left."))
        amount = came - abs(left)
    else:
        amount = _minor(row["AMOUNT"], currency, decimal)
    if not amount:
        raise _Bad(_("the amount is zero or missing."))
    return amount


def _minor(value: str, currency: str, decimal: str) -> int:
    """``1,234.50``, ``1.234,50`` or ``-28.5`` in minor units; what could be read in two ways is refused."""
    plain = re.sub(r"[\s$€]", "", value)
    found = re.fullmatch(r"[+-]?\d[\d.,]*", plain, re.ASCII)
    decimal = decimal or _decimal_mark(plain)
    thousands = "," if decimal == "." else "."
    whole, _mark, rest = plain.partition(decimal)
    is_grouped = thousands not in whole or re.fullmatch(
        rf"[+-]?\d{{1,3}}({re.escape(thousands)}\d{{3}})+", whole, re.ASCII
    )
    if not found or not is_grouped or not re.fullmatch(r"\d*", rest, re.ASCII):
        raise _Bad(_("“%(value)s” is no amount.") % {"value": value})
    try:
        minor = to_minor(Decimal(f"{whole.replace(thousands, '')}.{rest or 0}"), currency)
    except ValueError:
        raise _Bad(_("“%(value)s” is finer than the currency's smallest coin.") % {"value": value}) from None
    if abs(minor) >= 10**15:
        raise _Bad(_("“%(value)s” is no amount.") % {"value": value})
    return minor


def _decimal_mark(plain: str) -> str:
    marks = [char for char in plain if char in ".,"]
    if not marks:
        return "."
    last = marks[-1]
    is_alone = len(set(marks)) == 1
    if is_alone and len(marks) > 1:
        return "," if last == "." else "."
    if is_alone and len(plain) - plain.index(last) == 4:
        raise _Bad(
            _("“%(value)s” could be two amounts; write the decimal mark of the file into OPTIONS['CSV']['DECIMAL'].")
            % {"value": plain}
        )
    return last
