"""A transfer to the operator's bank account, seen on its statement. No network: our own verbs say what came."""

from django.utils.translation import gettext, ngettext

from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.check_digits import is_clabe, is_iban
from oscar_marketplace.payments.providers.base import Capabilities, ChargeFact, ChargeRequest, Provider

REFERENCES = ("spei", "rf")
#: Names in OPTIONS["CSV"] of the columns that a file of the bank has, and their names if nothing is said.
CSV_COLUMNS = {
    "DATE": "date",
    "AMOUNT": "amount",
    "CREDIT": "",
    "DEBIT": "",
    "CURRENCY": "currency",
    "PAYER": "payer",
    "TEXT": "text",
    "REFERENCE": "reference",
    "ID": "id",
    "DECIMAL": "",
}
KNOWN = {"HOLDER", "BANK", "CLABE", "IBAN", "BIC", "REFERENCE", "TOLERANCE", "DAYS", "CURRENCY", "CSV"}


class BankTransfer(Provider):
    """OPTIONS: ``HOLDER``, ``BANK``, ``CLABE`` or ``IBAN``, ``BIC``, ``REFERENCE`` ("spei" or "rf"), ``TOLERANCE`` (minor
    units that may lack), ``DAYS`` to pay, ``CURRENCY``, and ``CSV``, the columns of the bank's file.
    """

    is_by_statement = True

    def capabilities(self, *, currency: str) -> Capabilities:
        only = self.options.get("CURRENCY")
        return Capabilities(is_delayed=True, currencies=frozenset([only]) if only else None, days_to_pay=self.days)

    @property
    def days(self) -> int:
        return self.options.get("DAYS", 2)

    @property
    def tolerance(self) -> int:
        """How much may lack, in minor units; the market bears it."""
        return self.options.get("TOLERANCE", 0)

    @property
    def reference_kind(self) -> str:
        return self.options.get("REFERENCE", "spei")

    @property
    def account(self) -> str:
        return _compact(self.options.get("CLABE") or self.options.get("IBAN") or "")

    def label(self) -> str:
        return gettext("Bank transfer")

    def hint(self, *, stall_count: int) -> str:
        return ngettext(
            "You have %(count)d day to transfer the amount. The stalls begin when the money is here.",
            "You have %(count)d days to transfer the amount. The stalls begin when the money is here.",
            self.days,
        ) % {"count": self.days}

    def why_not(self, *, amount: int, currency: str) -> str:
        only = self.options.get("CURRENCY")
        if only and only != currency:
            return gettext("Only for amounts in %(currency)s.") % {"currency": only}
        return ""

    def start(self, request: ChargeRequest) -> ChargeFact:
        told = {
            "holder": self.options.get("HOLDER", ""),
            "bank": self.options.get("BANK", ""),
            "clabe" if self.options.get("CLABE") else "iban": self.account,
            "bic": self.options.get("BIC", ""),
            "reference": request.payer_reference,
        }
        return ChargeFact(
            reference=request.reference,
            external_id=request.payer_reference,
            state=ChargeState.ACTION_REQUIRED,
            amount=request.amount,
            currency=request.currency,
            expires_at=request.pay_until,
            instructions={name: value for name, value in told.items() if value},
        )

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        return None

    def check(self) -> list[str]:
        return [*self._wrong_account(), *self._wrong_numbers(), *self._wrong_csv()]

    def _wrong_account(self) -> list[str]:
        found = []
        options = self.options
        if strange := sorted(set(options) - KNOWN):
            found.append(f"OPTIONS has {', '.join(strange)}; it may have {', '.join(sorted(KNOWN))}.")
        for name in ("HOLDER", "BANK"):
            if not isinstance(options.get(name), str) or not options[name].strip():
                found.append(f"{name} must be a text: {{'{name}': '...'}}; shoppers write it into their transfer.")
        accounts = [name for name in ("CLABE", "IBAN") if options.get(name)]
        if len(accounts) != 1:
            found.append("Write one account number: {'CLABE': '18 digits'} or {'IBAN': 'ES..'}, not both.")
        elif not isinstance(options[accounts[0]], str):
            found.append(f"{accounts[0]} must be a text, in quotes: a number loses the zeros in front.")
        elif accounts == ["CLABE"] and not is_clabe(self.account):
            found.append("CLABE must be 18 digits and its last one does not fit: copy it from the bank's contract.")
        elif accounts == ["IBAN"] and not is_iban(self.account):
            found.append("IBAN is not right (its check digits or its length): copy it from the bank's contract.")
        return found

    def _wrong_numbers(self) -> list[str]:
        found = []
        if self.reference_kind not in REFERENCES:
            found.append("REFERENCE must be 'spei' (7 digits, Mexico) or 'rf' (ISO 11649, SEPA).")
        if type(self.tolerance) is not int or self.tolerance < 0:
            found.append("TOLERANCE must be a whole number of minor units: {'TOLERANCE': 100} is 1.00.")
        if type(self.days) is not int or self.days < 1:
            found.append("DAYS must be a whole number of days, 1 or more: {'DAYS': 2}.")
        return found

    def _wrong_csv(self) -> list[str]:
        columns = self.options.get("CSV", {})
        if not isinstance(columns, dict) or set(columns) - set(CSV_COLUMNS):
            return [f"CSV must be a dictionary of column names; its keys are {', '.join(CSV_COLUMNS)}."]
        if columns.get("DECIMAL", "") not in ("", ",", "."):
            return ["CSV['DECIMAL'] must be ',' or '.'."]
        if not all(isinstance(name, str) for name in columns.values()):
            return ["CSV: every column's name must be a text, as it stands in the first line of the bank's file."]
        return []

    @property
    def csv(self) -> dict[str, str]:
        """What the columns of the bank's file are called."""
        return {**CSV_COLUMNS, **self.options.get("CSV", {})}


def _compact(text: str) -> str:
    return "".join(str(text).split()).upper()
