"""Stripe's objects in the shapes of its API of 2026-10-28: sessions, payment intents, charges, refunds, events."""

import time
from typing import Any


def session(number: str, params: dict, *, amount: int, currency: str, livemode: bool) -> dict[str, Any]:
    now = int(time.time())
    return {
        "id": f"cs_{'live' if livemode else 'test'}_{number}",
        "object": "checkout.session",
        "adaptive_pricing": {"enabled": params.get("adaptive_pricing", {}).get("enabled") != "false"},
        "amount_subtotal": amount,
        "amount_total": amount,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "cancel_url": params.get("cancel_url"),
        "client_reference_id": params.get("client_reference_id"),
        "created": now,
        "currency": currency,
        "customer": None,
        "customer_details": None,
        "customer_email": params.get("customer_email"),
        "expires_at": int(params.get("expires_at", now + 24 * 3600)),
        "livemode": livemode,
        "locale": params.get("locale"),
        "metadata": params.get("metadata", {}),
        "mode": params["mode"],
        "payment_intent": None,
        "payment_method_types": params.get("allowed_payment_method_types", ["card"]),
        "payment_status": "unpaid",
        "status": "open",
        "success_url": params.get("success_url"),
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"https://checkout.stripe.com/c/pay/cs_{number}",
    }


def intent(number: str, of_session: dict, data: dict) -> dict[str, Any]:
    return {
        "id": f"pi_{number}",
        "object": "payment_intent",
        "amount": of_session["amount_total"],
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": data.get("capture_method", "automatic"),
        "created": int(time.time()),
        "currency": of_session["currency"],
        "customer": None,
        "description": data.get("description"),
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": of_session["livemode"],
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "payment_method": None,
        "payment_method_types": of_session["payment_method_types"],
        "processing": None,
        "receipt_email": None,
        "status": "requires_payment_method",
        "transfer_group": None,
    }


def charge(number: str, of_intent: dict, method: str, *, captured: bool) -> dict[str, Any]:
    details: dict[str, Any] = {"type": method, method: {}}
    if method == "card":
        details["card"] = {"brand": "visa", "country": "MX", "funding": "credit", "last4": "4242"}
        if not captured:
            details["card"]["capture_before"] = int(time.time()) + 7 * 24 * 3600
    return {
        "id": f"ch_{number}",
        "object": "charge",
        "amount": of_intent["amount"],
        "amount_captured": of_intent["amount"] if captured else 0,
        "amount_refunded": 0,
        "balance_transaction": None,
        "captured": captured,
        "created": int(time.time()),
        "currency": of_intent["currency"],
        "description": of_intent["description"],
        "disputed": False,
        "failure_code": None,
        "failure_message": None,
        "livemode": of_intent["livemode"],
        "metadata": dict(of_intent["metadata"]),
        "paid": True,
        "payment_intent": of_intent["id"],
        "payment_method_details": details,
        "refunded": False,
        "status": "succeeded",
        "transfer_group": None,
    }


def balance_transaction(number: str, of_charge: dict, *, currency: str) -> dict[str, Any]:
    amount = of_charge["amount_captured"]
    fee = amount * 36 // 1000
    return {
        "id": f"txn_{number}",
        "object": "balance_transaction",
        "amount": amount,
        "created": int(time.time()),
        "currency": currency,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{"amount": fee, "currency": currency, "description": "Stripe fees", "type": "stripe_fee"}],
        "net": amount - fee,
        "source": of_charge["id"],
        "status": "pending",
        "type": "charge",
    }


def refund(number: str, of_charge: dict, *, amount: int, metadata: dict) -> dict[str, Any]:
    return {
        "id": f"re_{number}",
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": of_charge["id"],
        "created": int(time.time()),
        "currency": of_charge["currency"],
        "metadata": metadata,
        "payment_intent": of_charge["payment_intent"],
        "reason": None,
        "receipt_number": None,
        "status": "succeeded",
    }


def dispute(number: str, of_charge: dict, amount: int, reason: str) -> dict[str, Any]:
    return {
        "id": f"dp_{number}",
        "object": "dispute",
        "amount": amount,
        "charge": of_charge["id"],
        "created": int(time.time()),
        "currency": of_charge["currency"],
        "is_charge_refundable": False,
        "metadata": {},
        "payment_intent": of_charge["payment_intent"],
        "reason": reason,
        "status": "needs_response",
    }


def voucher(method: str, number: str, *, expires_after: int) -> dict[str, Any]:
    """The next action of a payment at a counter."""
    kind = f"{method}_display_details"
    url = f"https://payments.stripe.com/{method}/voucher/{number}"
    return {
        "type": kind,
        kind: {"expires_after": expires_after, "hosted_voucher_url": url, "number": f"1234{number}".ljust(14, "0")},
    }


def event(number: str, kind: str, about: dict, *, api_version: str) -> dict[str, Any]:
    return {
        "id": f"evt_{number}",
        "object": "event",
        "api_version": api_version,
        "created": int(time.time()),
        "data": {"object": about},
        "livemode": about.get("livemode", False),
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
