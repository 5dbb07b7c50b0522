"""A file of the make-believe bank, ready to be imported: a transfer of an order that waits, and two lines of others."""

import csv
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from oscar_marketplace.models import Charge
from oscar_marketplace.money import from_minor
from oscar_marketplace.orders.states import ChargeState

COLUMNS = ["date", "amount", "currency", "payer", "text", "id"]


def write_bank_file(now: datetime) -> Path | None:
    """Write the file for the demo's orders that wait for a transfer; None if none does."""
    waiting = Charge.objects.filter(provider="transfer", state=ChargeState.ACTION_REQUIRED)
    waiting = list(waiting.filter(bank_reference__isnull=False).select_related("bank_reference").order_by("pk"))
    if not waiting:
        return None
    day = timezone.localdate(now).isoformat()
    rows = [
        [
            day,
            from_minor(each.requested, each.currency),
            each.currency,
            "LUIS",
            f"SPEI {each.bank_reference}",
            each.pk,
        ]
        for each in waiting
    ]
    rows.append([day, "150.00", waiting[0].currency, "ALGUIEN", "jitomates", f"{day}-1"])
    rows.append([day, "-11.60", waiting[0].currency, "BANCO DE PRUEBA", "comision", f"{day}-2"])
    path = Path(settings.VAR_DIR) / "bank-movements.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *rows])
    return path
