"""An order that waits for a transfer, and files of a bank in the little that tests need."""

from django.conf import settings as django_settings

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.ledger.models import LedgerPosting
from oscar_marketplace.payments.bank.import_statement import import_statement
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.models import Charge

#: Right by its control digit, and no bank's.
CLABE = "000000000000000013"
IBAN = "ES9121000418450200051332"
OPTIONS = {"HOLDER": "Ciudad Jacaranda", "BANK": "Banco de prueba", "CLABE": CLABE, "DAYS": 1, "TOLERANCE": 50}
CITY = Actor("city")
HEAD = "date,amount,currency,payer,text,id"


def providers(**options) -> dict:
    """The suite's providers and the transfer."""
    return {
        **django_settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,
        "transfer": {
            "BACKEND": "oscar_marketplace.payments.providers.bank_transfer.BankTransfer",
            "OPTIONS": {**OPTIONS, **options},
        },
    }


def row(amount, text="", *, number="", currency="MXN", day="2026-11-24", payer="ANA RUIZ") -> str:
    return f"{day},{amount},{currency},{payer},{text},{number}"


def statement(*rows: str, head=HEAD) -> bytes:
    return "\n".join([head, *rows]).encode()


def bring(*rows: str, by=CITY, **kwargs):
    """Import a statement of these rows."""
    return import_statement(statement(*rows), account="transfer", by=by, **kwargs)


def balances() -> dict[str, int]:
    """Kind of account -> what it stands at, without those at zero."""
    sums: dict[str, int] = {}
    for kind, amount in LedgerPosting.objects.values_list("account__kind", "amount"):
        sums[kind] = sums.get(kind, 0) + amount
    return {str(kind): amount for kind, amount in sums.items() if amount}


def line_states() -> list[tuple[str, str]]:
    return [(str(line.state), str(line.reason)) for line in BankLine.objects.order_by("pk")]


def the_charge() -> Charge:
    return Charge.objects.get(provider="transfer")
