"""What Mercado Pago says, in our words: payments, payment pages and refunds as facts in minor units.

A payment is read by its status and its detail together; a pair we do not know is never money.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from oscar_marketplace.money import exponent, from_minor, quantise, to_minor
from oscar_marketplace.orders.states import ChargeState, RefundState
from oscar_marketplace.payments.providers.base import ChargeFact, ProviderRefused, RefundFact, RefundRequest

C = ChargeState
#: An account takes the currency of its country only.
CURRENCIES = {"AR": "ARS", "BR": "BRL", "CL": "CLP", "CO": "COP", "MX": "MXN", "PE": "PEN", "UY": "UYU"}
#: Some countries hold an authorised card for seven days, the others for five.
HELD_DAYS = 5

#: (status, status_detail) -> what it is to us. "*" is any detail.
#: https://www.mercadopago.com/developers/en/docs/checkout-pro/payment-management/payment-status
STATES = {
    ("approved", "accredited"): C.CAPTURED,
    ("approved", "partially_refunded"): C.CAPTURED,
    ("authorized", "pending_capture"): C.AUTHORISED,
    ("in_process", "pending_contingency"): C.PROCESSING,
    ("in_process", "pending_review_manual"): C.PROCESSING,
    ("in_process", "offline_process"): C.PROCESSING,
    ("pending", "pending_contingency"): C.PROCESSING,
    ("pending", "pending_review_manual"): C.PROCESSING,
    ("pending", "pending_waiting_payment"): C.ACTION_REQUIRED,
    ("pending", "pending_waiting_transfer"): C.ACTION_REQUIRED,
    ("pending", "waiting_transfer"): C.ACTION_REQUIRED,
    ("pending", "pending_challenge"): C.ACTION_REQUIRED,
    ("rejected", "*"): C.FAILED,
    ("cancelled", "expired"): C.EXPIRED,
    ("cancelled", "*"): C.CANCELLED,
    # All of it went back: there is nothing to hand goods over for. A charge that is captured stays so.
    ("refunded", "*"): C.CANCELLED,
    # The bank took the money away; what the shop gets back of a lost dispute is there again.
    ("charged_back", "reimbursed"): C.CAPTURED,
}
#: Worth a word for people when it is the state.
SAYS_WHY = {C.FAILED, C.EXPIRED, C.CANCELLED}
#: Money was there once: such a payment stays its charge's, whatever is tried on the same page afterwards.
TOOK_MONEY = {"approved", "in_mediation", "charged_back", "refunded"}
OPEN = {"pending", "in_process", "authorized"}
RANK = ["approved", "in_mediation", "charged_back", "authorized", "in_process", "pending", "refunded", "cancelled"]

REFUND_STATES = {
    "approved": RefundState.DONE,
    "in_process": RefundState.SENT,
    "rejected": RefundState.FAILED,
    "cancelled": RefundState.FAILED,
}


def to_number(minor: int, currency: str) -> int | float:
    """An amount as Mercado Pago's API takes it: a number with the currency's digits."""
    amount = from_minor(minor, currency)
    return int(amount) if exponent(currency) == 1 else float(amount)


def from_number(amount: float, currency: str) -> int:
    """Inverse of :func:`to_number`.

    Raises:
        ValueError, TypeError: it is no amount of the currency.
    """
    if isinstance(amount, bool) or not isinstance(amount, int | float):
        raise TypeError("not a number")
    return to_minor(Decimal(str(amount)), currency)


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def timestamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def refuse_foreign(row: dict, *, collector_id: str, is_live: bool | None) -> None:
    """Let pass only what is of our account and, for a payment (``is_live``), of our mode.

    Raises:
        ProviderRefused
    """
    collector = row["collector_id"] if "collector_id" in row else row["collector"]["id"]
    if not collector_id or str(collector) != collector_id:
        raise ProviderRefused(code="collector_mismatch")
    if is_live is not None and row["live_mode"] is not is_live:
        raise ProviderRefused(code="live_mode_mismatch")


def decisive(payments: Iterable[dict], known: str) -> dict | None:
    """The payment that counts of several attempts at one page; ``known`` is the number our charge has already."""
    for payment in payments:
        if str(payment["id"]) == known and payment["status"] in TOOK_MONEY:
            return payment
    # The first that was paid; of the others the last that was tried.
    order = sorted(payments, key=lambda payment: payment["id"])
    best = min((_rank(payment) for payment in order), default=None)
    same = [payment for payment in order if _rank(payment) == best]
    return None if not same else same[0] if best == 0 else same[-1]


def _rank(payment: dict) -> int:
    return RANK.index(payment["status"]) if payment["status"] in RANK else len(RANK)


def payment_fact(payment: dict) -> ChargeFact:
    """A payment as a fact. Its ``reference`` is the one that the payment names."""
    currency, status, detail = payment["currency_id"], payment["status"], payment["status_detail"]
    state = STATES.get((status, detail)) or STATES.get((status, "*"))
    known = state is not None
    if state == C.CAPTURED and payment.get("captured") is False:
        known, state = False, C.PROCESSING
    state = state or C.PROCESSING
    amount = from_number(payment["transaction_amount"], currency)
    return ChargeFact(
        reference=payment["external_reference"] or "",
        external_id=str(payment["id"]),
        state=state,
        amount=amount,
        currency=currency,
        decline_code=_why(status, detail, known=known, state=state),
        redirect_url=_ticket(payment) if state == C.ACTION_REQUIRED else "",
        captured=amount if state == C.CAPTURED else 0,
        refunded=from_number(payment.get("transaction_amount_refunded") or 0, currency),
        fee=_fee(payment, currency) if state == C.CAPTURED else 0,
        capture_before=_held_until(payment) if state == C.AUTHORISED else None,
        expires_at=moment(payment.get("date_of_expiration")) if state == C.ACTION_REQUIRED else None,
        instructions=_instructions(payment) if state == C.ACTION_REQUIRED else {},
    )


def _why(status: str, detail: str, *, known: bool, state: ChargeState) -> str:
    if not known:
        return f"{status}:{detail}"[:60]
    return str(detail)[:60] if state in SAYS_WHY else ""


def _held_until(payment: dict) -> datetime:
    return moment(payment["date_created"]) + timedelta(days=HELD_DAYS)


def _fee(payment: dict, currency: str) -> int:
    """What Mercado Pago keeps of ours; what the shopper pays for instalments is not in it.

    Rounded: a fee of half a Chilean peso is no reason not to know that we were paid.
    """
    fees = payment.get("fee_details") or []
    kept = sum(Decimal(str(fee["amount"])) for fee in fees if fee.get("fee_payer") == "collector")
    return to_minor(quantise(kept, currency), currency)


def _instructions(payment: dict) -> dict[str, str]:
    """What is shown at the shop's till or typed into the bank's page."""
    details = payment.get("transaction_details") or {}
    found = {
        "method": payment.get("payment_method_id"),
        "url": _ticket(payment),
        "barcode": (details.get("barcode") or payment.get("barcode") or {}).get("content"),
        "reference": details.get("payment_method_reference_id") or details.get("verification_code"),
        "bank": details.get("financial_institution"),
    }
    return {name: str(value) for name, value in found.items() if value}


def _ticket(payment: dict) -> str:
    data = (payment.get("point_of_interaction") or {}).get("transaction_data") or {}
    details = payment.get("transaction_details") or {}
    url = data.get("ticket_url") or details.get("external_resource_url") or ""
    return url if url.startswith("https://") else ""


def is_over(page: dict, *, now: datetime) -> bool:
    """Nobody can begin to pay on a page any more."""
    ends = moment(page.get("expiration_date_to"))
    return bool(page.get("expires")) and ends is not None and ends <= now


def page_fact(page: dict, *, now: datetime, is_live: bool, declined: str = "") -> ChargeFact:
    """A payment page (a "preference") on which nothing was paid; ``declined`` is why the last attempt was not."""
    item = page["items"][0]
    over = is_over(page, now=now)
    url = page["init_point"] if is_live else page.get("sandbox_init_point") or page["init_point"]
    if not url.startswith("https://"):
        raise ValueError("a payment page without https")
    return ChargeFact(
        reference=page["external_reference"] or "",
        external_id=page["id"],
        state=C.EXPIRED if over else C.ACTION_REQUIRED,
        amount=sum(from_number(each["unit_price"], item["currency_id"]) * each["quantity"] for each in page["items"]),
        currency=item["currency_id"],
        decline_code=declined,
        redirect_url="" if over else url,
        expires_at=moment(page.get("expiration_date_to")),
    )


def refund_fact(refund: dict, request: RefundRequest) -> RefundFact:
    """A refund as a fact; refunds name neither their currency nor our key, so both are the request's."""
    state = REFUND_STATES[refund["status"]]
    return RefundFact(
        key=request.key,
        external_id=str(refund["id"]),
        state=state,
        amount=from_number(refund["amount"], request.currency),
        currency=request.currency,
        decline_code=refund["status"] if state == RefundState.FAILED else "",
    )
