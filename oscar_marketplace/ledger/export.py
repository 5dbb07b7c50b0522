"""The journal for others: as CSV, and as plain text for hledger and ledger-cli. Both are written row by row."""

import csv
from collections.abc import Iterator
from typing import TextIO

from oscar_marketplace.ledger.models import LedgerPosting
from oscar_marketplace.money import from_minor

COLUMNS = ["transaction", "at", "kind", "source", "order", "account", "amount", "currency", "memo"]
#: A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CHUNK = 2000


def write_csv(out: TextIO) -> None:
    """Every posting in the order of the books. Times in UTC, amounts with a decimal point."""
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for posting in _postings():
        booked = posting.transaction
        order = booked.order.number if booked.order else ""
        texts = [booked.kind, booked.source, order, posting.account.code]
        rows.writerow(
            [
                booked.pk,
                booked.at.isoformat(),
                *map(plain_cell, texts),
                from_minor(posting.amount, posting.account.currency),
                posting.account.currency,
                plain_cell(booked.memo),
            ]
        )


def write_hledger(out: TextIO) -> None:
    """Every transaction in the plain-text format of hledger and ledger-cli."""
    last = None
    for posting in _postings():
        booked = posting.transaction
        if booked.pk != last:
            out.write(_head(booked))
            last = booked.pk
        amount = from_minor(posting.amount, posting.account.currency)
        out.write(f"    {posting.account.code}  {amount} {posting.account.currency}\n")


WRITERS = {"csv": write_csv, "hledger": write_hledger}


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _head(booked) -> str:
    number = f" | order {booked.order.number}" if booked.order else ""
    # A line break or a semicolon would end the description.
    memo = " ".join(booked.memo.replace(";", ",").split())
    said = f"  ; {memo}" if memo else ""
    return f"\n{booked.at:%Y-%m-%d} * ({booked.pk}) {booked.kind} {booked.source}{number}{said}\n"


def _postings() -> Iterator[LedgerPosting]:
    rows = LedgerPosting.objects.select_related("transaction__order", "account")
    # Nothing of the contract but its number leaves the house.
    rows = rows.only("amount", *BOOKED, "transaction__order__number", "account__code", "account__currency")
    return rows.order_by("transaction", "pk").iterator(chunk_size=CHUNK)


BOOKED = [f"transaction__{name}" for name in ("kind", "source", "sequence", "at", "memo", "order_id")]
