"""What Stripe's answers mean in our words: amounts, states and facts. Pure: no network, and the SDK is not needed.

Everything is read from plain dictionaries. Stripe's currencies and their limits: https://docs.stripe.com/currencies
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from oscar_marketplace.money import exponent
from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.payments.providers.base import ChargeFact, ProviderRefused, RefundFact

#: Currencies that Stripe counts in whole units, and in thousandths; all others it counts in hundredths. ISK, UGX have
#: no smaller unit any more and are counted in hundredths all the same.
_WHOLE = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
ZERO_DECIMAL = frozenset(_WHOLE.split())
THREE_DECIMAL = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})

#: Least that Stripe charges in a currency, in its own form; it takes no more than eight digits.
LEAST = {
    "AED": 200,
    "AUD": 50,
    "BRL": 50,
    "CAD": 50,
    "CHF": 50,
    "CZK": 1500,
    "DKK": 250,
    "EUR": 50,
    "GBP": 30,
    "HUF": 17500,
    "JPY": 50,
    "MXN": 1000,
    "NOK": 300,
    "NZD": 50,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "USD": 50,
}
MOST = 99_999_999


@dataclass(frozen=True)
class Method:
    """What a way to pay at Stripe can do. ``least`` and ``most`` in Stripe's form of the one currency it takes."""

    captures_later: bool = False
    refunds: bool = True
    is_delayed: bool = False
    currencies: frozenset[str] | None = None
    least: int = 0
    most: int = MOST


#: https://docs.stripe.com/payments/payment-methods/payment-method-support
METHODS = {
    "card": Method(captures_later=True),
    "link": Method(captures_later=True),
    "bancontact": Method(currencies=frozenset({"EUR"})),
    "ideal": Method(currencies=frozenset({"EUR"})),
    "pix": Method(currencies=frozenset({"BRL"})),
    "sepa_debit": Method(is_delayed=True, currencies=frozenset({"EUR"}), most=1_000_000),
    "multibanco": Method(is_delayed=True, currencies=frozenset({"EUR"})),
    "konbini": Method(is_delayed=True, currencies=frozenset({"JPY"}), least=120, most=300_000),
    "boleto": Method(is_delayed=True, refunds=False, currencies=frozenset({"BRL"}), least=500),
    "oxxo": Method(is_delayed=True, refunds=False, currencies=frozenset({"MXN"}), least=1_000, most=1_000_000),
}

_INTENT_STATES = {
    "requires_payment_method": ChargeState.ACTION_REQUIRED,
    "requires_confirmation": ChargeState.ACTION_REQUIRED,
    "requires_action": ChargeState.ACTION_REQUIRED,
    "processing": ChargeState.PROCESSING,
    "requires_capture": ChargeState.AUTHORISED,
    "succeeded": ChargeState.CAPTURED,
    "canceled": ChargeState.CANCELLED,
}
_REFUND_STATES = {
    "succeeded": RefundState.DONE,
    "pending": RefundState.SENT,
    "requires_action": RefundState.SENT,
    "failed": RefundState.FAILED,
    "canceled": RefundState.FAILED,
}
#: Stripe cancels by itself: the hold on the card lapsed, or nobody paid in time.
_LAPSED = frozenset({"automatic", "expired", "abandoned"})
_VOUCHER_KEYS = ("number", "entity", "reference", "hosted_voucher_url")


def _factor(currency: str) -> tuple[int, int]:
    """Stripe's minor units per minor unit of ours, as a fraction."""
    digits = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    ours = -exponent(currency).as_tuple().exponent
    return 10 ** max(digits - ours, 0), 10 ** max(ours - digits, 0)


def to_stripe(amount: int, currency: str) -> int:
    """Our minor units in Stripe's form of the currency.

    Raises:
        ProviderRefused: Stripe cannot say this amount.
    """
    up, down = _factor(currency)
    if amount * up % down:
        raise ProviderRefused(code="invalid_charge_amount")
    return amount * up // down


def from_stripe(amount: int, currency: str) -> int:
    """Inverse of :func:`to_stripe`.

    Raises:
        ProviderRefused: it is finer than our minor unit.
    """
    up, down = _factor(currency)
    if amount * down % up:
        raise ProviderRefused(code="invalid_charge_amount")
    return amount * down // up


def limits(methods: list[str], currency: str) -> tuple[int, int]:
    """Least and most that ``methods`` take, in our minor units, rounded inwards."""
    known = [METHODS[method] for method in methods if method in METHODS] or [Method()]
    least = max(min(method.least for method in known), LEAST.get(currency, 1))
    most = max(method.most for method in known)
    up, down = _factor(currency)
    return -(-least * down // up), most * down // up


def charge_fact(session: dict) -> ChargeFact:
    """A Checkout Session, with its payment intent and latest charge expanded, as a fact."""
    intent = session.get("payment_intent") or {}
    charge = intent.get("latest_charge") or {}
    currency = (intent.get("currency") or session["currency"]).upper()
    state = _state(session, intent)
    voucher = _voucher(intent) if state == ChargeState.ACTION_REQUIRED else {}
    received = intent.get("amount_received") or 0
    return ChargeFact(
        reference=reference_of(session, intent),
        external_id=session["id"],
        state=state,
        amount=from_stripe(intent["amount"] if intent else session["amount_total"], currency),
        currency=currency,
        decline_code=_decline_code(intent) if state == ChargeState.FAILED else "",
        redirect_url=_next_page(session, voucher) if state == ChargeState.ACTION_REQUIRED else "",
        captured=from_stripe(received, currency),
        refunded=from_stripe(_given_back(charge), currency),
        fee=_fee(charge, currency),
        capture_before=_capture_before(charge) if state == ChargeState.AUTHORISED else None,
        expires_at=_expires_at(session, voucher) if state == ChargeState.ACTION_REQUIRED else None,
        instructions={key: str(voucher[key]) for key in _VOUCHER_KEYS if voucher.get(key)},
    )


def refund_fact(refund: dict, key: str) -> RefundFact:
    currency = refund["currency"].upper()
    state = _REFUND_STATES[refund["status"]]
    return RefundFact(
        key=key,
        external_id=refund["id"],
        state=state,
        amount=from_stripe(refund["amount"], currency),
        currency=currency,
        decline_code=(refund.get("failure_reason") or refund["status"]) if state == RefundState.FAILED else "",
    )


def reference_of(session: dict, intent: dict) -> str:
    """Our name for the charge as Stripe has it; where session and intent differ, the intent's: it moves the money."""
    of_intent = (intent.get("metadata") or {}).get("reference")
    return of_intent or (session.get("metadata") or {}).get("reference") or session.get("client_reference_id") or ""


def _state(session: dict, intent: dict) -> ChargeState:
    if not intent:
        # Stripe makes the intent when the shopper sends the form.
        return ChargeState.EXPIRED if session["status"] == "expired" else ChargeState.ACTION_REQUIRED
    state = _INTENT_STATES[intent["status"]]
    if state == ChargeState.CANCELLED:
        lapsed = session["status"] == "expired" or intent.get("cancellation_reason") in _LAPSED
        return ChargeState.EXPIRED if lapsed else ChargeState.CANCELLED
    if state != ChargeState.ACTION_REQUIRED or session["status"] == "open":
        # After a decline the page is still open and takes another card.
        return state
    if session["status"] == "expired":
        return ChargeState.EXPIRED
    if intent["status"] == "requires_payment_method":
        lapsed = _decline_code(intent) == "payment_intent_payment_attempt_expired"
        return ChargeState.EXPIRED if lapsed else ChargeState.FAILED
    return state


def _decline_code(intent: dict) -> str:
    error = intent.get("last_payment_error") or {}
    return error.get("decline_code") or error.get("code") or ""


def _voucher(intent: dict) -> dict:
    """Number and page of a voucher to pay at a counter, under whatever name the method gives it."""
    action = intent.get("next_action") or {}
    details = action.get(action.get("type") or "")
    is_voucher = isinstance(details, dict) and "hosted_voucher_url" in details
    return details if is_voucher else {}


def _next_page(session: dict, voucher: dict) -> str:
    url = voucher.get("hosted_voucher_url") or session.get("url") or ""
    return url if url.startswith("https://") else ""


def _expires_at(session: dict, voucher: dict) -> datetime | None:
    moment = voucher.get("expires_after") or voucher.get("expires_at") or session.get("expires_at")
    return _moment(moment)


def _capture_before(charge: dict) -> datetime | None:
    details = charge.get("payment_method_details") or {}
    return _moment((details.get("card") or {}).get("capture_before"))


def _given_back(charge: dict) -> int:
    """What went back. Stripe books the rest of a smaller capture as a refund, too; that was never taken."""
    if not charge.get("captured"):
        return 0
    return max(charge["amount_refunded"] - (charge["amount"] - charge["amount_captured"]), 0)


def _fee(charge: dict, currency: str) -> int:
    """What Stripe keeps; 0 until it says so, or if it keeps it in another currency than the charge's."""
    booked = charge.get("balance_transaction")
    if not isinstance(booked, dict) or booked["currency"].upper() != currency:
        return 0
    up, down = _factor(currency)
    return booked["fee"] * down // up


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
