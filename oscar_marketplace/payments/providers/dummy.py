"""A make-believe card payment for the demo and for tests: it can decline, time out and answer late.

Its “bank” is a folder with one JSON file per payment, so that it answers alike from every server process. It is not
for real shops, and a system check says so when ``DEBUG`` is off.
"""

import json
import os
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.urls import reverse
from django.utils.translation import gettext

from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.providers.base import ChargeFact, ChargeRequest, Provider, ProviderTimeout

#: What the person at the make-believe bank may answer.
ANSWERS = ("pay", "decline", "late", "silent")


class DummyProvider(Provider):
    """OPTIONS: ``DIRECTORY`` of the make-believe bank, ``LATE_SECONDS`` (5), ``START_TIMES_OUT`` (False)."""

    needs_contact = False

    def label(self) -> str:
        return gettext("Card (make-believe)")

    def hint(self, *, stall_count: int) -> str:
        return gettext("For trying out: no card is asked for and no money moves.")

    def start(self, request: ChargeRequest) -> ChargeFact:
        payment = self._read(request.reference) or {
            "amount": request.amount,
            "currency": request.currency,
            "answer": "",
            "answered_at": None,
            # Without the host, so that a demo works wherever it is served.
            "return_url": urlsplit(request.return_url).path,
        }
        self._write(request.reference, payment)
        if self.options.get("START_TIMES_OUT"):
            # The bank took the request and its answer was lost.
            raise ProviderTimeout()
        return self._fact(request.reference, payment)

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        payment = self._read(reference)
        if payment is None:
            return None
        if payment["answer"] == "silent":
            raise ProviderTimeout()
        return self._fact(reference, payment)

    def answer(self, reference: str, answer: str) -> str | None:
        """What the person at the bank pressed; returns where the shopper goes back to, None for an unknown payment."""
        payment = self._read(reference)
        if payment is None or answer not in ANSWERS:
            return None
        if payment["answer"] in {"", "silent", "late"}:
            payment["answer"], payment["answered_at"] = answer, time.time()
            self._write(reference, payment)
        return payment["return_url"]

    def payment(self, reference: str) -> dict | None:
        """The bank's record, for its page."""
        return self._read(reference)

    def _fact(self, reference: str, payment: dict) -> ChargeFact:
        state = {
            "": ChargeState.ACTION_REQUIRED,
            "pay": ChargeState.CAPTURED,
            "decline": ChargeState.FAILED,
            "late": ChargeState.PROCESSING,
            "silent": ChargeState.PROCESSING,
        }[payment["answer"]]
        if payment["answer"] == "late" and time.time() - payment["answered_at"] >= self.options.get("LATE_SECONDS", 5):
            state = ChargeState.CAPTURED
        return ChargeFact(
            reference=reference,
            external_id=f"dummy-{reference}",
            state=state,
            amount=payment["amount"],
            currency=payment["currency"],
            decline_code="declined_by_bank" if state == ChargeState.FAILED else "",
            redirect_url=reverse("market:dummy-pay", kwargs={"reference": reference}),
        )

    @property
    def _directory(self) -> Path:
        return Path(self.options.get("DIRECTORY", Path(tempfile.gettempdir()) / "mercado-dummy-bank"))

    def _path(self, reference: str) -> Path:
        # References are ours (letters, digits, dashes); anything else is not a payment.
        name = "".join(c for c in reference if c.isalnum() or c == "-")
        return self._directory / f"{name}.json"

    def _read(self, reference: str) -> dict | None:
        try:
            return json.loads(self._path(reference).read_text())
        except FileNotFoundError:
            return None

    def _write(self, reference: str, payment: dict) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        target = self._path(reference)
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps(payment))
        temporary.replace(target)

    def check(self) -> list[str]:
        if not django_settings.DEBUG and not self.options.get("I_KNOW_NO_MONEY_MOVES"):
            return [
                "the dummy provider takes no money: leave it out of OSCAR_MARKETPLACE_PAYMENT_PROVIDERS, or write "
                "{'I_KNOW_NO_MONEY_MOVES': True} in its OPTIONS for a public demo."
            ]
        return []
