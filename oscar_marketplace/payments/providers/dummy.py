"""A make-believe card payment for the demo and for tests: it can decline, time out and answer late.

Its “bank” is a folder with one JSON file per payment, so that it answers alike from every server process. It is not
for real shops, and a system check says so when ``DEBUG`` is off.
"""

import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings as django_settings
from django.urls import reverse
from django.utils.translation import gettext

from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.payments.providers.base import (
    Capabilities,
    CaptureRequest,
    ChargeFact,
    ChargeRequest,
    NotSupported,
    Provider,
    ProviderRefused,
    ProviderTimeout,
    RefundFact,
    RefundRequest,
)

#: What the person at the make-believe bank may answer.
ANSWERS = ("pay", "decline", "late", "silent")
#: How long the make-believe bank sets money aside.
CAPTURE_WITHIN_SECONDS = 7 * 24 * 3600


class DummyProvider(Provider):
    """OPTIONS: ``DIRECTORY`` of the make-believe bank, ``LATE_SECONDS`` (5), ``START_TIMES_OUT`` (False).

    What it can do besides: ``CAPTURES_LATER``, ``CANCELS``, ``REFUNDS`` (each False). ``LOSES`` (()) names acts, for
    example "refund", that are done and whose answer is lost.
    """

    needs_contact = False

    def capabilities(self, *, currency: str) -> Capabilities:
        return Capabilities(
            captures_later=bool(self.options.get("CAPTURES_LATER")), refunds=bool(self.options.get("REFUNDS"))
        )

    def label(self) -> str:
        return gettext("Card (make-believe)")

    def hint(self, *, stall_count: int) -> str:
        return gettext("For trying out: no card is asked for and no money moves.")

    def start(self, request: ChargeRequest) -> ChargeFact:
        if request.capture_later:
            self._needs("CAPTURES_LATER")
        payment = self._read(request.reference) or {
            "amount": request.amount,
            "currency": request.currency,
            "answer": "",
            "answered_at": None,
            # Without the host, so that a demo works wherever it is served.
            "return_url": urlsplit(request.return_url).path,
            "capture_later": request.capture_later,
        }
        self._write(request.reference, payment)
        if self.options.get("START_TIMES_OUT"):
            # The bank took the request and its answer was lost.
            raise ProviderTimeout()
        self._may_be_lost("start")
        return self._fact(request.reference, payment)

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        payment = self._read(reference)
        if payment is None:
            return None
        if payment["answer"] == "silent":
            raise ProviderTimeout()
        return self._fact(reference, payment)

    def capture(self, request: CaptureRequest) -> ChargeFact:
        self._needs("CAPTURES_LATER")
        payment = self._known(request.reference)
        fact = self._fact(request.reference, payment)
        if fact.state == ChargeState.AUTHORISED and 0 < request.amount <= payment["amount"]:
            payment["captured"] = request.amount
            self._write(request.reference, payment)
        elif (fact.state, fact.captured) != (ChargeState.CAPTURED, request.amount):
            raise ProviderRefused(code="cannot_capture")
        self._may_be_lost("capture")
        return self._fact(request.reference, payment)

    def cancel(self, *, reference: str, external_id: str, key: str) -> ChargeFact:
        self._needs("CANCELS")
        payment = self._known(reference)
        if self._fact(reference, payment).state != ChargeState.CAPTURED:
            payment["answer"] = "cancel"
            self._write(reference, payment)
        self._may_be_lost("cancel")
        return self._fact(reference, payment)

    def refund(self, request: RefundRequest) -> RefundFact:
        self._needs("REFUNDS")
        payment = self._known(request.reference)
        fact = self._fact(request.reference, payment)
        refunds = payment.setdefault("refunds", {})
        known = refunds.get(request.key)
        if known is None:
            if fact.state != ChargeState.CAPTURED or not 0 < request.amount <= fact.captured - fact.refunded:
                raise ProviderRefused(code="cannot_refund")
            refunds[request.key] = request.amount
            self._write(request.reference, payment)
        elif known != request.amount:
            raise ProviderRefused(code="key_of_another_refund")
        self._may_be_lost("refund")
        return self._refund_fact(request.key, payment)

    def fetch_refund(self, request: RefundRequest) -> RefundFact | None:
        self._needs("REFUNDS")
        payment = self._read(request.reference)
        if payment is None or request.key not in payment.get("refunds", {}):
            return None
        return self._refund_fact(request.key, payment)

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
        is_held = payment.get("capture_later") and not payment.get("captured")
        taken = ChargeState.AUTHORISED if is_held else ChargeState.CAPTURED
        state = {
            "": ChargeState.ACTION_REQUIRED,
            "cancel": ChargeState.CANCELLED,
            "pay": taken,
            "decline": ChargeState.FAILED,
            "late": ChargeState.PROCESSING,
            "silent": ChargeState.PROCESSING,
        }[payment["answer"]]
        if payment["answer"] == "late" and time.time() - payment["answered_at"] >= self.options.get("LATE_SECONDS", 5):
            state = taken
        return ChargeFact(
            reference=reference,
            external_id=f"dummy-{reference}",
            state=state,
            amount=payment["amount"],
            currency=payment["currency"],
            decline_code="declined_by_bank" if state == ChargeState.FAILED else "",
            redirect_url=reverse("market:dummy-pay", kwargs={"reference": reference}),
            captured=payment.get("captured", payment["amount"]) if state == ChargeState.CAPTURED else 0,
            refunded=sum(payment.get("refunds", {}).values()),
            capture_before=(
                datetime.fromtimestamp(payment["answered_at"] + CAPTURE_WITHIN_SECONDS, UTC)
                if state == ChargeState.AUTHORISED
                else None
            ),
        )

    def _refund_fact(self, key: str, payment: dict) -> RefundFact:
        return RefundFact(key, f"dummy-{key}", RefundState.DONE, payment["refunds"][key], payment["currency"])

    def _needs(self, option: str) -> None:
        if not self.options.get(option):
            raise NotSupported()

    def _known(self, reference: str) -> dict:
        payment = self._read(reference)
        if payment is None:
            raise ProviderRefused(code="unknown_payment")
        return payment

    def _may_be_lost(self, act: str) -> None:
        # What was asked for is done, and nobody hears of it.
        if act in self.options.get("LOSES", ()):
            raise ProviderTimeout()

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
