"""Stripe in process, below its own SDK: it keeps state, checks what we send and can fail as networks do.

A provider talks to it with the OPTIONS that :meth:`FakeStripe.options` gives.
No network is used. A request that Stripe would not understand is an ``AssertionError``, because it is a bug of ours.
"""

import copy
import json
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import RLock
from urllib.parse import unquote, urlsplit

import stripe

from oscar_marketplace.test import fake_stripe_objects as shapes
from oscar_marketplace.test.fake_stripe_shopper import TheOtherSide
from oscar_marketplace.test.stripe_contract import complaints, decoded_form, operation_for

#: What may go wrong on the way, for :meth:`FakeStripe.fail`.
FAULTS = ("drop_before", "drop_after", "rate_limit", "server_error", "garbage", "odd_shape", "forbidden")
#: The SDK tries these again, twice: such a fault has to last longer to be seen above it.
TRIED_AGAIN = frozenset({"drop_before", "drop_after", "server_error"})

CAN_CAPTURE_LATER = frozenset({"card", "link"})
NEVER_REFUNDED = frozenset({"oxxo", "boleto"})
ONLY_IN = {"oxxo": "mxn", "sepa_debit": "eur", "boleto": "brl", "konbini": "jpy", "ideal": "eur", "bancontact": "eur"}
MINIMUM = {"mxn": 1000, "eur": 50, "usd": 50, "jpy": 50}
SEARCH_LAGS_SECONDS = 60


@dataclass
class Refusal(Exception):
    """An error answer of the API."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    type: str = "invalid_request_error"
    decline_code: str | None = None

    def answer(self) -> dict:
        told = {"type": self.type, "message": self.message, "code": self.code, "param": self.param}
        return {"error": {**told, "decline_code": self.decline_code}}


@dataclass
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    params: dict
    headers: dict[str, str]


class FakeStripe(TheOtherSide, stripe.HTTPClient):
    """Stripe's API; what shoppers do there is in :class:`TheOtherSide`."""

    name = "fake"

    def __init__(self, *, livemode: bool = False, account: str = "acct_city", endpoint: str = "events"):
        super().__init__()
        self.livemode, self.account, self.endpoint = livemode, account, endpoint
        self.secret_key = f"sk_{'live' if livemode else 'test'}_made_up_for_tests"
        self.webhook_secret = "whsec_made_up_for_tests"
        self.settles_in: str | None = None
        self.sent: list[Sent] = []
        self.events: list[dict] = []
        self.objects: dict[str, dict] = {}
        self._intent_data: dict[str, dict] = {}
        self._answers: dict[str, tuple[str, str, bytes, int]] = {}
        self._faults: list[list] = []
        self._count = 0
        self._lock = RLock()

    def options(self, **others) -> dict:
        """OPTIONS of a provider that talks to this Stripe."""
        return {
            "SECRET_KEY": self.secret_key,
            "WEBHOOK_SECRETS": {self.endpoint: [self.webhook_secret]},
            "HTTP_CLIENT": self,
            **others,
        }

    # What a test may do to the line and to the clock.

    def fail(self, kind: str, *, path: str = "", method: str = "", times: int = 0) -> None:
        """Let the next ``times`` requests to a path with ``path`` in it go wrong; 0 is one call with all its tries."""
        assert kind in FAULTS, kind
        self._faults.append([kind, path, method, times or (3 if kind in TRIED_AGAIN else 1)])

    def forget_keys(self) -> None:
        """A day later: idempotency keys are no longer known."""
        self._answers.clear()

    # The API.

    def request(self, method, url, headers, post_data=None):
        with self._lock:
            return self._request(method.upper(), url, dict(headers or {}), post_data)

    def close(self) -> None:
        pass

    def _sleep_time_seconds(self, num_retries: int) -> float:
        return 0

    def _request(self, method: str, url: str, headers: dict, post_data) -> tuple[bytes, int, dict]:
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == "https://api.stripe.com", f"a request went to {parts.netloc}"
        params = decoded_form((post_data or "") if method == "POST" else parts.query)
        found = operation_for(method, parts.path)
        assert found, f"{method} {parts.path} is no operation the fake knows"
        operation, number = found[0], unquote(found[1])
        wrong = complaints(operation, params)
        assert not wrong, f"{method} {parts.path}: {'; '.join(wrong)}"
        assert headers["Stripe-Version"] == stripe.api_version
        self.sent.append(Sent(method, parts.path, params, headers))

        fault = self._fault_for(method, parts.path)
        if fault == "drop_before":
            raise stripe.APIConnectionError("connection refused", should_retry=True)
        if fault == "rate_limit":
            return self._packed(Refusal(429, "Too many requests", "rate_limit").answer(), 429)
        if fault == "forbidden":
            return self._packed(Refusal(403, "The restricted key does not have the permission for this").answer(), 403)
        key = headers.get("Idempotency-Key", "") if method == "POST" else ""
        body = post_data or ""
        if fault == "server_error":
            answer = self._packed(Refusal(500, "Something went wrong", type="api_error").answer(), 500)
        else:
            answer = self._answered(operation, number, params, headers, key, body)
        if key and answer[1] in {200, 402, 500} and key not in self._answers:
            # A failure of theirs is kept under the key as well: the same request fails alike for a day.
            self._answers[key] = (parts.path, body, answer[0], answer[1])
        if fault == "drop_after":
            raise stripe.APIConnectionError("connection reset", should_retry=True)
        if fault in {"garbage", "odd_shape"}:
            return {"garbage": b"<html>Bad gateway</html>", "odd_shape": b"[]"}[fault], 200, answer[2]
        return answer

    def _answered(self, operation, number, params, headers, key, body) -> tuple[bytes, int, dict]:
        try:
            if headers.get("Authorization") != f"Bearer {self.secret_key}":
                raise Refusal(401, "Invalid API Key provided")
            known = self._answers.get(key)
            if known:
                if known[:2] != (self.sent[-1].path, body):
                    text = "Keys for idempotent requests can only be used with the parameters of their first use."
                    raise Refusal(400, text, type="idempotency_error")
                return known[2], known[3], {"Request-Id": "req_again", "Idempotent-Replayed": "true"}
            return self._packed(self._expanded(_HANDLERS[operation](self, number, params), params), 200)
        except Refusal as refusal:
            return self._packed(refusal.answer(), refusal.status)

    def _packed(self, answer: dict, status: int) -> tuple[bytes, int, dict]:
        return (
            json.dumps(answer).encode(),
            status,
            {"Request-Id": self._number("req_"), "Content-Type": "application/json"},
        )

    def _fault_for(self, method: str, path: str) -> str | None:
        for fault in self._faults:
            kind, part, only, times = fault
            if times and part in path and only in {"", method}:
                fault[3] -= 1
                return kind
        return None

    def _number(self, prefix: str = "") -> str:
        self._count += 1
        return f"{prefix}{self._count:06d}"

    def _add(self, thing: dict) -> dict:
        self.objects[thing["id"]] = thing
        return thing

    def _get(self, number: str, kind: str) -> dict:
        thing = self.objects.get(number)
        if thing is None or thing["object"] != kind:
            raise Refusal(404, f"No such {kind}: '{number}'", "resource_missing", "id")
        return thing

    def _expanded(self, answer: dict, params: dict) -> dict:
        answer = copy.deepcopy(answer)
        for path in params.get("expand", []):
            nodes = [answer]
            for name in path.split("."):
                for node in nodes:
                    if isinstance(node.get(name), str):
                        node[name] = copy.deepcopy(self.objects[node[name]])
                nodes = [each for node in nodes for each in _as_list(node.get(name)) if isinstance(each, dict)]
        return answer

    def _page(self, things: Iterable[dict], params: dict, url: str) -> dict:
        newest_first = sorted(things, key=lambda thing: (thing["created"], thing["id"]), reverse=True)
        ids = [thing["id"] for thing in newest_first]
        begin = ids.index(params["starting_after"]) + 1 if "starting_after" in params else 0
        limit = int(params.get("limit", 10))
        if not 1 <= limit <= 100:
            raise Refusal(400, "This value must be between 1 and 100", "parameter_invalid_integer", "limit")
        page = newest_first[begin : begin + limit]
        return {"object": "list", "data": page, "has_more": len(ids) > begin + limit, "url": url}

    def _of_kind(self, kind: str) -> list[dict]:
        return [thing for thing in self.objects.values() if thing["object"] == kind]

    def _create_session(self, _number: str, params: dict) -> dict:
        item = _one_line_item(params)
        currency, amount = (
            item["price_data"]["currency"],
            int(item["price_data"]["unit_amount"]) * int(item["quantity"]),
        )
        _check_amount(amount, currency)
        methods = params.get("allowed_payment_method_types", ["card"])
        if not any(ONLY_IN.get(method, currency) == currency for method in methods):
            raise Refusal(400, f"No payment method for {currency}", "payment_method_invalid_parameter")
        data = params.get("payment_intent_data", {})
        if data.get("capture_method") == "manual" and not set(methods) <= CAN_CAPTURE_LATER:
            raise Refusal(
                400, "These payment methods do not support manual capture", "payment_method_invalid_parameter"
            )
        in_minutes = (int(params.get("expires_at", time.time() + 3600)) - time.time()) / 60
        if not 30 <= in_minutes <= 24 * 60:
            raise Refusal(
                400, "The `expires_at` timestamp must be between 30 minutes and 24 hours away", param="expires_at"
            )
        made = shapes.session(self._number(), params, amount=amount, currency=currency, livemode=self.livemode)
        self._intent_data[made["id"]] = data
        return self._add(made)

    def _list_sessions(self, _number: str, params: dict) -> dict:
        since = int(params.get("created", {}).get("gte", 0))
        found = [
            each
            for each in self._of_kind("checkout.session")
            if each["created"] >= since
            and params.get("payment_intent", each["payment_intent"]) == each["payment_intent"]
            and params.get("status", each["status"]) == each["status"]
        ]
        return self._page(found, params, "/v1/checkout/sessions")

    def _expire_session(self, number: str, _params: dict) -> dict:
        session = self._get(number, "checkout.session")
        if session["status"] != "open":
            raise Refusal(400, f'Only Checkout Sessions with a status in ["open"] can be expired: {session["status"]}')
        self.expire(number)
        return session

    def _search_intents(self, _number: str, params: dict) -> dict:
        wanted = re.fullmatch(r"metadata\['(\w+)'\]:'((?:[^'\\]|\\.)*)'", params["query"])
        if not wanted:
            raise Refusal(400, "We were unable to parse your search query", param="query")
        value = re.sub(r"\\(.)", r"\1", wanted[2])
        before = time.time() - SEARCH_LAGS_SECONDS
        found = [
            each
            for each in self._of_kind("payment_intent")
            if each["metadata"].get(wanted[1]) == value and each["created"] <= before
        ]
        return {**self._page(found, params, "/v1/payment_intents/search"), "object": "search_result", "next_page": None}

    def _capture_intent(self, number: str, params: dict) -> dict:
        intent = self._get(number, "payment_intent")
        if intent["status"] != "requires_capture":
            raise _unexpected_state(intent)
        amount = int(params.get("amount_to_capture", intent["amount_capturable"]))
        if not 0 < amount <= intent["amount_capturable"]:
            raise Refusal(400, "The amount could not be captured", "amount_too_large", "amount_to_capture")
        charge = self.objects[intent["latest_charge"]]
        charge.update(captured=True, amount_captured=amount)
        charge["payment_method_details"].get("card", {}).pop("capture_before", None)
        if amount < charge["amount"]:
            # Stripe books the rest, which was never taken, as a refund of the charge.
            rest = charge["amount"] - amount
            charge["amount_refunded"] += rest
            self._add(shapes.refund(self._number(), charge, amount=rest, metadata={}))
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        self._session_of(intent)["payment_status"] = "paid"
        self._book(charge)
        self._emit("charge.captured", charge)
        self._emit("payment_intent.succeeded", intent)
        return intent

    def _cancel_intent(self, number: str, params: dict) -> dict:
        intent = self._get(number, "payment_intent")
        if intent["status"] in {"succeeded", "canceled", "processing"}:
            raise _unexpected_state(intent)
        if self._session_of(intent)["status"] == "open":
            raise Refusal(400, "You cannot cancel the PaymentIntent of an open Checkout Session: expire it", param="id")
        self._cancelled(intent, params.get("cancellation_reason"))
        return intent

    def _create_refund(self, _number: str, params: dict) -> dict:
        intent = self._get(params["payment_intent"], "payment_intent")
        charge = self.objects.get(intent["latest_charge"])
        if charge is None or not charge["captured"]:
            raise Refusal(
                400, "This PaymentIntent does not have a successful charge to refund.", "charge_not_refundable"
            )
        if charge["payment_method_details"]["type"] in NEVER_REFUNDED:
            raise Refusal(400, "Charges made with this payment method cannot be refunded", "charge_not_refundable")
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(params.get("amount", left))
        if not left:
            raise Refusal(400, "Charge has already been refunded.", "charge_already_refunded")
        if not 0 < amount <= left:
            raise Refusal(400, f"Refund amount ({amount}) is greater than unrefunded amount ({left})", None, "amount")
        refund = self._add(shapes.refund(self._number(), charge, amount=amount, metadata=params.get("metadata", {})))
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._emit("refund.created", refund)
        self._emit("charge.refunded", charge)
        return refund

    def _list_disputes(self, _number: str, params: dict) -> dict:
        wanted = params.get("payment_intent")
        found = [each for each in self._of_kind("dispute") if wanted in {None, each["payment_intent"]}]
        return self._page(found, params, "/v1/disputes")

    def _list_refunds(self, _number: str, params: dict) -> dict:
        wanted = params.get("payment_intent")
        found = [each for each in self._of_kind("refund") if wanted in {None, each["payment_intent"]}]
        return self._page(found, params, "/v1/refunds")


def _as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def _one_line_item(params: dict) -> dict:
    if params.get("mode") != "payment" or not params.get("success_url"):
        raise Refusal(400, "You must provide mode and success_url", "parameter_missing", "success_url")
    for name in ("success_url", "cancel_url"):
        if not params.get(name, "https://").startswith(("https://", "http://")):
            raise Refusal(400, "Not a valid URL", "url_invalid", name)
    items = params.get("line_items") or []
    if len(items) != 1:
        raise Refusal(400, "You must provide line_items", "parameter_missing", "line_items")
    return items[0]


def _check_amount(amount: int, currency: str) -> None:
    if not re.fullmatch("[a-z]{3}", currency):
        raise Refusal(400, f"Invalid currency: {currency}", param="line_items[0][price_data][currency]")
    if amount < MINIMUM.get(currency, 1):
        raise Refusal(400, "The amount is below the minimum", "amount_too_small", "amount")
    if amount > 99_999_999:
        raise Refusal(400, "The amount is above the maximum", "amount_too_large", "amount")
    step = {"isk": 100, "ugx": 100, "kwd": 10, "bhd": 10, "jod": 10, "omr": 10, "tnd": 10}.get(currency, 1)
    if amount % step:
        raise Refusal(400, f"Amounts in {currency} must be divisible by {step}", "invalid_charge_amount")


def _unexpected_state(intent: dict) -> Refusal:
    return Refusal(400, f"The PaymentIntent is {intent['status']}", "payment_intent_unexpected_state")


_HANDLERS: dict[tuple[str, str], Callable] = {
    ("GET", "/v1/account"): lambda fake, _number, _params: {"id": fake.account, "object": "account"},
    ("POST", "/v1/checkout/sessions"): FakeStripe._create_session,
    ("GET", "/v1/checkout/sessions"): FakeStripe._list_sessions,
    ("GET", "/v1/checkout/sessions/{id}"): lambda fake, number, _params: fake._get(number, "checkout.session"),
    ("POST", "/v1/checkout/sessions/{id}/expire"): FakeStripe._expire_session,
    ("GET", "/v1/payment_intents/search"): FakeStripe._search_intents,
    ("GET", "/v1/payment_intents/{id}"): lambda fake, number, _params: fake._get(number, "payment_intent"),
    ("POST", "/v1/payment_intents/{id}/capture"): FakeStripe._capture_intent,
    ("POST", "/v1/payment_intents/{id}/cancel"): FakeStripe._cancel_intent,
    ("POST", "/v1/refunds"): FakeStripe._create_refund,
    ("GET", "/v1/disputes"): FakeStripe._list_disputes,
    ("GET", "/v1/refunds"): FakeStripe._list_refunds,
    ("GET", "/v1/refunds/{id}"): lambda fake, number, _params: fake._get(number, "refund"),
}
