"""A provider in memory that sets aside, takes, gives back and notifies, and whose answers can be lost."""

import hashlib
import hmac
import json
from dataclasses import replace

from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.payments.providers.base import (
    BadSignature,
    Capabilities,
    ChargeFact,
    Hint,
    Provider,
    ProviderRefused,
    ProviderTimeout,
    RefundFact,
)

SECRET = b"paper"


class Paper:
    """What the bank has on paper. ``lose``: operations whose next answer is lost after they were done."""

    def __init__(self):
        self.facts: dict[str, ChargeFact] = {}
        self.refunds: dict[str, RefundFact] = {}
        self.lose: list[str] = []
        self.refuse: dict[str, str] = {}
        self.calls: list[tuple] = []

    def did(self, *call):
        self.calls.append(call)
        if call[0] in self.refuse:
            refusal = ProviderRefused()
            refusal.code = self.refuse[call[0]]
            raise refusal

    def answer(self, operation, fact):
        if operation in self.lose:
            self.lose.remove(operation)
            raise ProviderTimeout()
        return fact

    def number_of(self, operation) -> int:
        return sum(call[0] == operation for call in self.calls)


PAPER = Paper()


def sign(body: bytes) -> str:
    return hmac.new(SECRET, body, hashlib.sha256).hexdigest()


class PaperBank(Provider):
    """OPTIONS: ``LATER`` (sets aside first, True), ``REFUNDS`` (True), ``FEE`` in minor units (0)."""

    def capabilities(self, *, currency):
        return Capabilities(captures_later=self.options.get("LATER", True), refunds=self.options.get("REFUNDS", True))

    def label(self):
        return "Paper"

    def start(self, request):
        PAPER.did("start", request)
        state = ChargeState.AUTHORISED if request.capture_later else ChargeState.CAPTURED
        fact = ChargeFact(
            request.reference,
            f"paper-{request.reference}",
            state,
            request.amount,
            request.currency,
            fee=0 if request.capture_later else self.options.get("FEE", 0),
        )
        fact = PAPER.facts.setdefault(request.reference, fact)
        return PAPER.answer("start", fact)

    def fetch(self, *, reference, external_id):
        return PAPER.answer("fetch", PAPER.facts.get(reference))

    def capture(self, request):
        PAPER.did("capture", request)
        fact = PAPER.facts[request.reference]
        if fact.state == ChargeState.AUTHORISED:
            assert 0 < request.amount <= fact.amount
            fact = replace(fact, state=ChargeState.CAPTURED, captured=request.amount, fee=self.options.get("FEE", 0))
            PAPER.facts[request.reference] = fact
        return PAPER.answer("capture", fact)

    def cancel(self, *, reference, external_id, key):
        PAPER.did("cancel", reference)
        fact = PAPER.facts[reference]
        if fact.state != ChargeState.CAPTURED:
            fact = PAPER.facts[reference] = replace(fact, state=ChargeState.CANCELLED)
        return PAPER.answer("cancel", fact)

    def refund(self, request):
        PAPER.did("refund", request)
        fact = RefundFact(request.key, f"back-{request.key}", RefundState.DONE, request.amount, request.currency)
        known = PAPER.refunds.setdefault(request.key, fact)
        charge = PAPER.facts[request.reference]
        taken = charge.amount if charge.captured is None else charge.captured
        assert sum(r.amount for r in PAPER.refunds.values() if r.key.startswith(request.reference)) <= taken
        return PAPER.answer("refund", known)

    def fetch_refund(self, request):
        PAPER.did("fetch_refund", request)
        return PAPER.answer("fetch_refund", PAPER.refunds.get(request.key))

    def parse_notification(self, raw):
        if not hmac.compare_digest(raw.headers.get("paper-signature", ""), sign(raw.body)):
            raise BadSignature()
        said = json.loads(raw.body)
        return [Hint(said["id"], reference=said["reference"])]
