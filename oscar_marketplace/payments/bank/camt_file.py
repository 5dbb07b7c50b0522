"""The bank's file as camt.053 (ISO 20022 "bank to customer statement"), versions 001.02 and 001.08.

Read with defusedxml: a file from outside may name no entities and no document type.
"""

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

from oscar_marketplace.money import to_minor
from oscar_marketplace.payments.bank.statement_file import BadStatement, FileLine

NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(02|08)\}Document")
SHOWN = 20


class _Bad(Exception):
    """What is wrong with one entry, in words."""


def read_camt(content: bytes, *, account: str) -> list[FileLine]:
    """The booked entries of a statement of ``account`` (IBAN or CLABE).

    Raises:
        BadStatement: no camt.053 we know, another account's, or an entry that cannot be read.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        raise BadStatement([_("It is no XML file that we read.")]) from None
    if not NAMESPACE.fullmatch(root.tag):
        raise BadStatement([_("It is no camt.053 of version 001.02 or 001.08.")])
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1]
    lines, problems = [], []
    for statement in root.iterfind("BkToCstmrStmt/Stmt"):
        theirs = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")
        if "".join(theirs.split()).upper() != account:
            raise BadStatement([_("It is the statement of another account, %(account)s.") % {"account": theirs}])
        for number, entry in enumerate(statement.iterfind("Ntry"), start=1):
            try:
                lines += _entry(entry)
            except _Bad as problem:
                problems.append(_("Entry %(number)d: %(problem)s") % {"number": number, "problem": problem})
    if problems:
        raise BadStatement(problems[:SHOWN])
    return lines


def _entry(entry: Element) -> list[FileLine]:
    """An entry is one line, or one for each of its transactions where the bank says what each came to."""
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status != "BOOK":
        # Only announced: it comes again once it is booked.
        return []
    booked_on = _date(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm"))
    currency, whole = _amount(entry.find("Amt"))
    indicator = _text(entry, "CdtDbtInd")
    if indicator not in {"CRDT", "DBIT"}:
        raise _Bad(_("it does not say whether money came or left."))
    sign = 1 if indicator == "CRDT" else -1
    number = _text(entry, "AcctSvcrRef")
    details = list(entry.iterfind("NtryDtls/TxDtls"))
    amounts = [_amount_of(each) for each in details]
    is_split = len(details) > 1 and all(amounts) and {each[0] for each in amounts} == {currency}
    if is_split and sum(each[1] for each in amounts) == whole:
        return [
            _line(booked_on, currency, sign * amount, [each], _id_of(each, number, at))
            for at, (each, (_currency, amount)) in enumerate(zip(details, amounts, strict=True), start=1)
        ]
    return [_line(booked_on, currency, sign * whole, [entry, *details], number)]


def _id_of(details: Element, number: str, at: int) -> str:
    # Some banks repeat the entry's number in each of its transactions.
    return f"{number}/{at}" if number else _text(details, "Refs/AcctSvcrRef")


def _line(booked_on: date, currency: str, amount: int, said_in: list[Element], number: str) -> FileLine:
    if not amount:
        raise _Bad(_("the amount is zero or missing."))
    payer = _first(said_in, ["RltdPties/Dbtr/Nm", "RltdPties/Dbtr/Pty/Nm"])
    words = [
        found.text.strip()
        for each in said_in
        for path in ("RmtInf/Strd/CdtrRefInf/Ref", "RmtInf/Ustrd", "Refs/EndToEndId", "AddtlTxInf", "AddtlNtryInf")
        for found in each.iterfind(path)
        if found.text and found.text.strip() not in {"", "NOTPROVIDED"}
    ]
    text = " ".join(dict.fromkeys(words))
    return FileLine(booked_on, amount, currency, payer[:200], text[:500], number[:100])


def _first(elements: Iterable[Element], paths: list[str]) -> str:
    return next((found for each in elements for path in paths if (found := _text(each, path))), "")


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _amount_of(details: Element) -> tuple[str, int] | None:
    found = details.find("AmtDtls/TxAmt/Amt")
    found = details.find("Amt") if found is None else found
    return None if found is None else _amount(found)


def _amount(element: Element | None) -> tuple[str, int]:
    try:
        currency = element.attrib["Ccy"]
        amount = Decimal((element.text or "").strip())
        if not re.fullmatch("[A-Z]{3}", currency) or not 0 <= amount < 10**13:
            raise ValueError
        return currency, to_minor(amount, currency)
    except (AttributeError, KeyError, InvalidOperation, ValueError):
        raise _Bad(_("its amount cannot be read.")) from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise _Bad(_("it has no booking date.")) from None
