"""What a way of paying out is to us: it says whom it can pay, and writes what the bank or the counter needs.

A method takes frozen dataclasses, returns text or bytes, and never touches our tables.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from oscar_marketplace.ledger.models import AccountKind


@dataclass(frozen=True)
class Transfer:
    """One payout. ``amount`` in minor units; ``number``, ``holder``, ``bic`` are empty where no account is needed."""

    reference: str
    amount: int
    name: str
    number: str = ""
    holder: str = ""
    bic: str = ""
    #: At most seven digits, for banks that take no text.
    numeric_reference: int = 0

    def __repr__(self) -> str:
        return f"Transfer({self.reference})"


@dataclass(frozen=True)
class Order:
    """A batch, as it was approved: the same batch is the same file, byte by byte."""

    reference: str
    made_at: datetime
    pay_on: date
    operator: str
    currency: str
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True)
class PayoutFile:
    name: str
    content_type: str
    content: bytes


class PayoutMethod:
    """Base of the backends in ``OSCAR_MARKETPLACE_PAYOUT_METHODS``."""

    #: ``PayoutAccount.kind`` that it pays to; empty: it needs no account.
    account_kind = ""
    #: Currencies it pays in; None is any.
    currencies: frozenset[str] | None = None
    #: Where the money leaves from, in the books.
    ledger_account = AccountKind.BANK
    #: A payout counts as paid only with the number of a receipt, or the name of who signed.
    asks_receipt = False

    def __init__(self, alias: str, options: dict):
        self.alias, self.options = alias, options

    def label(self) -> str:
        """Name on the screens of the city and of the stalls."""
        raise NotImplementedError

    def file(self, order: Order) -> PayoutFile | None:
        """What is handed to the bank; None where there is nothing to hand in."""
        return None

    def check(self) -> list[str]:
        """Mistakes in ``OPTIONS``, each saying what to write instead."""
        return []


def bank_text(text: str, *, allowed: str, most: int, instead: str = " ") -> str:
    """A text in the letters a bank takes: without accents, anything else becomes ``instead``, blanks are single."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("&", "+"))
    letters = (sign for sign in plain if not unicodedata.combining(sign))
    kept = "".join(sign if sign in allowed else instead for sign in letters)
    return " ".join(kept.split())[:most].strip()
