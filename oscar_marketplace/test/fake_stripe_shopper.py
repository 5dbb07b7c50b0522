"""What happens at the fake Stripe without us: shoppers pay or do not, time passes, notifications go out."""

import copy
import json
import time
from collections.abc import Iterable

import stripe

from oscar_marketplace.payments.providers.base import RawNotification
from oscar_marketplace.test import fake_stripe_objects as shapes

DEBITS = frozenset({"sepa_debit"})


class TheOtherSide:
    """Acts of the shopper and of time; all take the number of a Checkout Session."""

    def pay(self, session_id: str, *, method: str | None = None) -> dict:
        """The card is taken, or a debit is begun; ends a 3-D Secure question, too. Gives the payment intent."""
        session, intent = self._sent_form(session_id)
        method = method or session["payment_method_types"][0]
        if method in DEBITS:
            intent.update(status="processing", next_action=None)
            session["status"] = "complete"
            self._emit("payment_intent.processing", intent)
        else:
            self._paid(session, intent, method)
        self._emit("checkout.session.completed", session)
        return intent

    def decline(self, session_id: str, *, decline_code: str = "insufficient_funds") -> dict:
        """The bank says no; the page stays open and takes another card."""
        _session, intent = self._sent_form(session_id)
        intent.update(status="requires_payment_method", next_action=None, last_payment_error=_card_error(decline_code))
        self._emit("payment_intent.payment_failed", intent)
        return intent

    def require_3ds(self, session_id: str) -> dict:
        """The bank asks the shopper a question; :meth:`pay` or :meth:`decline` follows."""
        _session, intent = self._sent_form(session_id)
        intent.update(status="requires_action", next_action={"type": "use_stripe_sdk", "use_stripe_sdk": {}})
        self._emit("payment_intent.requires_action", intent)
        return intent

    def take_voucher(self, session_id: str, *, days: int = 3) -> dict:
        """The shopper leaves with a voucher to pay at a counter."""
        session, intent = self._sent_form(session_id)
        method = session["payment_method_types"][0]
        expires = int(time.time()) + days * 24 * 3600
        intent.update(
            status="requires_action", next_action=shapes.voucher(method, intent["id"][3:], expires_after=expires)
        )
        session.update(status="complete", url=None)
        self._emit("payment_intent.requires_action", intent)
        self._emit("checkout.session.completed", session)
        return intent

    def pay_voucher_late(self, session_id: str) -> dict:
        """The voucher, or the debit, is paid at last: also after it should have been over."""
        session, intent = self.objects[session_id], self._intent_of(session_id)
        self._paid(session, intent, session["payment_method_types"][0])
        self._emit("checkout.session.async_payment_succeeded", session)
        return intent

    def fail_late(self, session_id: str, *, code: str = "payment_intent_payment_attempt_expired") -> dict:
        """The voucher ran out, or the debit came back."""
        session, intent = self.objects[session_id], self._intent_of(session_id)
        error = {"type": "invalid_request_error", "code": code, "message": "The payment failed."}
        intent.update(status="requires_payment_method", next_action=None, last_payment_error=error)
        self._emit("payment_intent.payment_failed", intent)
        self._emit("checkout.session.async_payment_failed", session)
        return intent

    def expire(self, session_id: str) -> dict:
        """Nobody paid in time."""
        session = self.objects[session_id]
        assert session["status"] == "open", session["status"]
        session.update(status="expired", url=None)
        if session["payment_intent"]:
            self._cancelled(self.objects[session["payment_intent"]], "expired")
        self._emit("checkout.session.expired", session)
        return session

    def lapse(self, session_id: str) -> dict:
        """What was set aside on the card is free again, because nobody took it in time."""
        intent = self._intent_of(session_id)
        assert intent["status"] == "requires_capture", intent["status"]
        self._cancelled(intent, "automatic")
        return intent

    def dispute(self, session_id: str, amount: int | None = None, *, reason: str = "fraudulent") -> dict:
        """The shopper's bank asks the money back."""
        intent = self._intent_of(session_id)
        charge = self.objects[intent["latest_charge"]]
        charge["disputed"] = True
        made = self._add(shapes.dispute(self._number(), charge, amount or charge["amount_captured"], reason))
        self._emit("charge.dispute.created", made)
        return made

    def end_dispute(self, dispute_id: str, *, won: bool) -> None:
        """The bank decided; the charge says for ever that there was a dispute."""
        dispute = self.objects[dispute_id]
        dispute["status"] = "won" if won else "lost"
        self._emit("charge.dispute.closed", dispute)

    def fail_refund(self, refund_id: str, *, reason: str = "lost_or_stolen_card") -> None:
        """The bank sends a refund back, days later."""
        refund = self.objects[refund_id]
        charge = self.objects[refund["charge"]]
        refund.update(status="failed", failure_reason=reason)
        charge["amount_refunded"] -= refund["amount"]
        self._emit("refund.failed", refund)

    def _sent_form(self, session_id: str) -> tuple[dict, dict]:
        session = self.objects[session_id]
        assert session["status"] == "open", f"the page is {session['status']}"
        if not session["payment_intent"]:
            made = self._add(shapes.intent(self._number(), session, self._intent_data[session_id]))
            session["payment_intent"] = made["id"]
            self._emit("payment_intent.created", made)
        return session, self.objects[session["payment_intent"]]

    def _intent_of(self, session_id: str) -> dict:
        return self.objects[self.objects[session_id]["payment_intent"]]

    def _session_of(self, intent: dict) -> dict:
        return next(each for each in self._of_kind("checkout.session") if each["payment_intent"] == intent["id"])

    def _paid(self, session: dict, intent: dict, method: str) -> None:
        is_manual = intent["capture_method"] == "manual"
        charge = self._add(shapes.charge(self._number(), intent, method, captured=not is_manual))
        intent.update(latest_charge=charge["id"], next_action=None, last_payment_error=None)
        session.update(status="complete", url=None)
        if is_manual:
            intent.update(status="requires_capture", amount_capturable=intent["amount"])
            self._emit("payment_intent.amount_capturable_updated", intent)
            return
        intent.update(status="succeeded", amount_received=intent["amount"])
        session["payment_status"] = "paid"
        self._book(charge)
        self._emit("charge.succeeded", charge)
        self._emit("payment_intent.succeeded", intent)

    def _cancelled(self, intent: dict, reason: str | None) -> None:
        intent.update(status="canceled", cancellation_reason=reason, canceled_at=int(time.time()), amount_capturable=0)
        self._emit("payment_intent.canceled", intent)

    def _book(self, charge: dict) -> None:
        currency = self.settles_in or charge["currency"]
        booked = self._add(shapes.balance_transaction(self._number(), charge, currency=currency))
        charge["balance_transaction"] = booked["id"]

    # Notifications.

    def _emit(self, kind: str, about: dict) -> None:
        about = copy.deepcopy({"livemode": self.livemode, **about})
        made = shapes.event(self._number(), kind, about, api_version=stripe.api_version)
        self.events.append({**made, "livemode": self.livemode})

    def notification(
        self, event: dict, *, secret: str | None = None, signed_at: float | None = None, body: bytes | None = None
    ) -> RawNotification:
        """One event as Stripe signs it (by ``secret``, at ``signed_at``), or another ``body`` under its signature."""
        text = json.dumps(event)
        signed_at = int(time.time() if signed_at is None else signed_at)
        secret = self.webhook_secret if secret is None else secret
        header = stripe.WebhookSignature.generate_signature_header(text, secret, signed_at)
        headers = {"stripe-signature": header, "content-type": "application/json"}
        return RawNotification(self.endpoint, headers, {}, text.encode() if body is None else body)

    def notifications(
        self, *, copies: int = 1, newest_first: bool = False, lost: Iterable[str] = (), signed_at: float | None = None
    ) -> list[RawNotification]:
        """All that happened, as it may arrive: ``copies`` of each, out of order, late, without the ``lost`` kinds."""
        happened = [event for event in self.events if event["type"] not in set(lost)]
        if newest_first:
            happened.reverse()
        return [self.notification(event, signed_at=signed_at) for event in happened for _copy in range(copies)]


def _card_error(decline_code: str) -> dict:
    return {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": decline_code,
        "message": "Your card was declined.",
    }
