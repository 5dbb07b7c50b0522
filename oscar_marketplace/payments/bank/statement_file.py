"""A file of the bank, read whole or not at all: CSV or camt.053."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from oscar_marketplace.exceptions import MarketplaceError

MAX_BYTES = 5_000_000
MAX_LINES = 20_000


class BadStatement(MarketplaceError):
    """The file cannot be read; nothing was imported. ``problems`` says what is wrong, line by line."""

    code = "bad_statement"
    message = _("The file cannot be imported, so nothing of it was. %(problems)s")

    def __init__(self, problems: Iterable[str]):
        self.problems = [str(problem) for problem in problems]
        super().__init__(problems=" ".join(self.problems))


@dataclass(frozen=True)
class FileLine:
    """One movement as the file says it. ``amount`` in minor units, below zero when money left."""

    booked_on: date
    amount: int
    currency: str
    payer: str = ""
    text: str = ""
    bank_id: str = ""


def keys_of(lines: Iterable[FileLine]) -> list[str]:
    """For each line what makes it the same line in another file: the bank's number, or what it says.

    Two lines of one file that say the same are two; the second is the second in every file that holds both.
    """
    seen: Counter[str] = Counter()
    keys = []
    for line in lines:
        if line.bank_id:
            keys.append(f"id:{line.bank_id}")
            continue
        said = "\x1f".join([line.booked_on.isoformat(), str(line.amount), line.currency, line.payer, line.text])
        digest = sha256(said.encode()).hexdigest()
        seen[digest] += 1
        keys.append(f"said:{digest}:{seen[digest]}")
    return keys


def read_statement(content: bytes, *, backend) -> list[FileLine]:
    """The lines of a file of the account of ``backend`` (a provider ``is_by_statement``).

    Raises:
        BadStatement
    """
    from oscar_marketplace.payments.bank.camt_file import read_camt
    from oscar_marketplace.payments.bank.csv_file import read_csv

    if len(content) > MAX_BYTES:
        raise BadStatement([_("It is larger than 5 MB.")])
    if not content.strip():
        raise BadStatement([_("It is empty.")])
    is_xml = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")
    lines = read_camt(content, account=backend.account) if is_xml else read_csv(content, columns=backend.csv)
    if len(lines) > MAX_LINES:
        raise BadStatement([_("It has more than 20,000 movements.")])
    ids = Counter(line.bank_id for line in lines if line.bank_id)
    if twice := [number for number, n in ids.items() if n > 1]:
        raise BadStatement([_("The bank's number %(id)s stands in it twice.") % {"id": twice[0]}])
    return lines
