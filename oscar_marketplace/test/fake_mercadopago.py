"""Mercado Pago in process, below its own SDK: it keeps state, checks what we send and can fail as networks do.

A provider talks to it with the OPTIONS that :meth:`FakeMercadoPago.options` gives. No network is used. A request that
Mercado Pago would not understand is an ``AssertionError``, because it is a bug of ours.
"""

import copy
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from threading import RLock
from urllib.parse import unquote, urlsplit

import requests
from mercadopago.errors import MPServerError
from mercadopago.http import HttpClient

from oscar_marketplace.test.fake_mercadopago_shopper import TheOtherSide
from oscar_marketplace.test.mercadopago_contract import complaints, operation_for

#: What may go wrong on the way, for :meth:`FakeMercadoPago.fail`.
FAULTS = ("drop_before", "drop_after", "rate_limit", "server_error", "garbage", "odd_shape")
DIGITS = {"CLP": 0}
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass
class Refusal(Exception):
    """An error answer of the API."""

    status: int
    error: str
    cause: int = 0

    def answer(self) -> dict:
        cause = [{"code": self.cause, "description": self.error}] if self.cause else []
        return {"message": self.error, "error": self.error, "status": self.status, "cause": cause}


@dataclass
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    query: dict
    body: dict
    headers: dict[str, str]
    timeout: float | None


class FakeMercadoPago(TheOtherSide, HttpClient):
    """The API for one account (more by :meth:`open_account`); its pages' shoppers are in :class:`TheOtherSide`."""

    def __init__(self, *, country: str = "MX", currency: str = "MXN", live: bool = False, collector_id: int = 700001):
        self.country, self.currency, self.is_live, self.collector_id = country, currency, live, collector_id
        self.token = f"{'APP_USR' if live else 'TEST'}-made-up-for-tests-{collector_id}"
        self.webhook_secret = "made-up-for-tests-only"
        self.accounts = {self.token: collector_id}
        self.pages: dict[str, dict] = {}
        self.payments: dict[str, dict] = {}
        self.refunds: dict[int, dict] = {}
        self.sent: list[Sent] = []
        self.told: list[tuple[str, str, float]] = []
        #: What a new refund is at first.
        self.refund_status = "approved"
        #: Numbers that the lists do not show yet.
        self.unlisted: set[str] = set()
        self._owners: dict[str, int] = {}
        self._answers: dict[tuple, tuple] = {}
        self._faults: list[list] = []
        self._count = 0
        self._lock = RLock()

    def options(self, **others) -> dict:
        """OPTIONS of a provider that talks to this Mercado Pago."""
        return {
            "ACCESS_TOKEN": self.token,
            "COLLECTOR_ID": str(self.collector_id),
            "COUNTRY": self.country,
            "WEBHOOK_SECRETS": [self.webhook_secret],
            "HTTP_CLIENT": self,
            **others,
        }

    def open_account(self, collector_id: int) -> str:
        """Somebody else's account; gives its token."""
        token = f"TEST-made-up-for-tests-{collector_id}"
        self.accounts[token] = collector_id
        return token

    # -- what a test may do to the line and to the clock ---------------------------------------------------------------

    def fail(self, kind: str, *, path: str = "", method: str = "", times: int = 1) -> None:
        """Let the next ``times`` requests to a path with ``path`` in it go wrong."""
        assert kind in FAULTS, kind
        self._faults.append([kind, path, method, times])

    def forget_keys(self) -> None:
        """A day later: idempotency keys are no longer known."""
        self._answers.clear()

    def number_of(self, method: str, path: str) -> int:
        """How many requests of a method came to a path that ends so."""
        return sum(sent.method == method and sent.path.endswith(path) for sent in self.sent)

    # -- the line ------------------------------------------------------------------------------------------------------

    def request(self, method, url, maxretries=None, retry_on=None, backoff_factor=None, **kwargs):
        with self._lock:
            return self._request(method, url, **kwargs)

    def _request(self, method, url, *, headers, params=None, data=None, timeout=None):
        parts = urlsplit(url)
        assert f"{parts.scheme}://{parts.netloc}" == "https://api.mercadopago.com", f"a request went to {parts.netloc}"
        assert timeout, "a request without a timeout may hang for ever"
        body = json.loads(data) if data else {}
        found = operation_for(method, parts.path)
        assert found, f"{method} {parts.path} is no operation the fake knows"
        operation, numbers = found
        wrong = complaints(operation, params or {}, body)
        assert not wrong, f"{method} {parts.path}: {'; '.join(wrong)}"
        sent = Sent(method, parts.path, params or {}, body, dict(headers), timeout)
        self.sent.append(sent)
        fault = self._fault(method, parts.path)
        if fault == "drop_before":
            raise requests.ConnectionError("made up: it never arrived")
        if fault in {"rate_limit", "server_error"}:
            return self._busy(method, 429 if fault == "rate_limit" else 503)
        status, answer = self._answer(operation, sent, [unquote(number) for number in numbers])
        if fault == "drop_after":
            raise requests.ReadTimeout("made up: it was done, and the answer is lost")
        if fault == "garbage":
            # As the SDK's own client does with a body that is no JSON.
            raise MPServerError(status, {"message": "Invalid JSON in response body", "error": "invalid_response"})
        return {"status": status, "response": [None] if fault == "odd_shape" else json.loads(json.dumps(answer))}

    def _busy(self, method: str, status: int) -> dict:
        if method == "POST":
            return {"status": status, "response": {"message": "busy", "error": "busy", "status": status}}
        # The SDK's client tried again by itself and gave up.
        raise requests.exceptions.RetryError(f"too many {status} error responses")

    def _fault(self, method: str, path: str) -> str:
        for fault in self._faults:
            kind, in_path, of_method, times = fault
            if times and in_path in path and of_method in {"", method}:
                fault[3] -= 1
                return kind
        return ""

    def _answer(self, operation, sent: Sent, numbers: list[str]) -> tuple[int, dict | list]:
        token = sent.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.accounts:
            return 401, Refusal(401, "unauthorized").answer()
        key = sent.headers.get("x-idempotency-key", "")
        asked = (sent.method, sent.path, json.dumps(sent.body, sort_keys=True))
        if sent.method != "GET":
            assert UUID.fullmatch(key), "an idempotency key has to be a UUID"
            if (token, key) in self._answers:
                first, status, answer = self._answers[token, key]
                if first != asked:
                    return 409, Refusal(409, "idempotency_key_already_used").answer()
                return status, copy.deepcopy(answer)
        try:
            status, answer = 201 if sent.method == "POST" else 200, self._do(operation, token, sent, numbers)
        except Refusal as refusal:
            # A refusal is not remembered: the same key may be tried when the cause is gone.
            return refusal.status, refusal.answer()
        if sent.method != "GET":
            self._answers[token, key] = (asked, status, copy.deepcopy(answer))
        return status, answer

    def _do(self, operation, token: str, sent: Sent, numbers: list[str]):
        handlers = {
            ("POST", "/checkout/preferences"): self._create_page,
            ("GET", "/checkout/preferences/search"): self._search_pages,
            ("GET", "/checkout/preferences/{}"): self._get_page,
            ("PUT", "/checkout/preferences/{}"): self._update_page,
            ("GET", "/v1/payments/search"): self._search_payments,
            ("GET", "/v1/payments/{}"): self._get_payment,
            ("PUT", "/v1/payments/{}"): self._update_payment,
            ("POST", "/v1/payments/{}/refunds"): self._refund,
            ("GET", "/v1/payments/{}/refunds"): self._list_refunds,
            ("GET", "/v1/payments/{}/refunds/{}"): self._get_refund,
        }
        return handlers[operation](self.accounts[token], sent, *numbers)

    # -- pages ---------------------------------------------------------------------------------------------------------

    def _create_page(self, collector: int, sent: Sent) -> dict:
        for item in sent.body["items"]:
            self.check_digits(item["unit_price"], item["currency_id"])
            if item["currency_id"] != self.currency:
                raise Refusal(400, "invalid_currency")
        if sent.body.get("auto_return") and not sent.body["back_urls"]["success"].startswith("https://"):
            raise Refusal(400, "invalid_auto_return")
        number = f"{collector}-page-{self.next_number()}"
        link = f"https://{{}}.mercadopago.com.mx/checkout/v1/redirect?pref_id={number}"
        page = {
            **copy.deepcopy(sent.body),
            "id": number,
            "collector_id": collector,
            "date_created": self.at(),
            "init_point": link.format("www"),
            "sandbox_init_point": link.format("sandbox"),
        }
        self.pages[number] = page
        self._owners[number] = collector
        return page

    def _search_pages(self, collector: int, sent: Sent) -> dict:
        found = [
            {name: page[name] for name in ("id", "external_reference", "date_created", "collector_id")}
            for page in self.pages.values()
            if page["external_reference"] == sent.query["external_reference"] and page["id"] not in self.unlisted
            if self._owners[page["id"]] == collector
        ]
        return {"elements": found, "total": len(found), "next_offset": len(found)}

    def _get_page(self, collector: int, sent: Sent, number: str) -> dict:
        if number not in self.pages or self._owners[number] != collector:
            raise Refusal(404, "not_found")
        return self.pages[number]

    def _update_page(self, collector: int, sent: Sent, number: str) -> dict:
        page = self._get_page(collector, sent, number)
        page.update(copy.deepcopy(sent.body))
        return page

    # -- payments ------------------------------------------------------------------------------------------------------

    def _search_payments(self, collector: int, sent: Sent) -> dict:
        found = [
            payment
            for number, payment in self.payments.items()
            if payment["external_reference"] == sent.query["external_reference"] and number not in self.unlisted
        ]
        found = found[::-1] if sent.query["criteria"] == "desc" else found
        return {"results": found, "paging": {"total": len(found), "limit": 50, "offset": 0}}

    def _get_payment(self, collector: int, sent: Sent, number: str) -> dict:
        if number not in self.payments or collector != self.collector_id:
            raise Refusal(404, "not_found", 2000)
        return self.payments[number]

    def _update_payment(self, collector: int, sent: Sent, number: str) -> dict:
        payment = self._get_payment(collector, sent, number)
        if "status" in sent.body:
            if payment["status"] not in {"pending", "in_process", "authorized"}:
                raise Refusal(400, "invalid_state", 2018)
            self.say(number, "cancelled", "by_collector")
            return payment
        amount = sent.body["transaction_amount"]
        self.check_digits(amount, payment["currency_id"])
        if payment["status"] != "authorized":
            raise Refusal(400, "invalid_state", 2018)
        if Decimal(str(amount)) > Decimal(str(payment["transaction_amount"])):
            raise Refusal(400, "amount_too_high", 2072)
        self.say(number, "approved", "accredited", captured=True, transaction_amount=amount)
        return payment

    # -- refunds -------------------------------------------------------------------------------------------------------

    def _refund(self, collector: int, sent: Sent, number: str) -> dict:
        payment = self._get_payment(collector, sent, number)
        self.check_digits(sent.body["amount"], payment["currency_id"])
        amount = Decimal(str(sent.body["amount"]))
        before = Decimal(str(payment["transaction_amount_refunded"]))
        whole = Decimal(str(payment["transaction_amount"]))
        if payment["status"] != "approved":
            raise Refusal(400, "invalid_state", 2063)
        if before + amount > whole:
            raise Refusal(400, "amount_exceeds", 2018)
        made = {
            "id": self.next_number(),
            "payment_id": payment["id"],
            "amount": self.number(amount),
            "metadata": {},
            "unique_sequence_number": None,
            "date_created": self.at(),
            "status": self.refund_status,
        }
        self.refunds[made["id"]] = made
        payment["transaction_amount_refunded"] = self.number(before + amount)
        is_all = before + amount == whole
        status = ("refunded", "refunded") if is_all else ("approved", "partially_refunded")
        self.say(number, *status)
        return made

    def _list_refunds(self, collector: int, sent: Sent, number: str) -> list[dict]:
        payment = self._get_payment(collector, sent, number)
        return [refund for refund in self.refunds.values() if refund["payment_id"] == payment["id"]]

    def _get_refund(self, collector: int, sent: Sent, number: str, refund: str) -> dict:
        found = [each for each in self._list_refunds(collector, sent, number) if str(each["id"]) == refund]
        if not found:
            raise Refusal(404, "not_found")
        return found[0]

    # -- numbers -------------------------------------------------------------------------------------------------------

    def next_number(self) -> int:
        self._count += 1
        return 90000 + self._count

    def number(self, amount: Decimal) -> int | float:
        return float(amount) if DIGITS.get(self.currency, 2) else int(amount)

    @staticmethod
    def check_digits(amount: int | float, currency: str) -> None:
        digits = DIGITS.get(currency, 2)
        exact = Decimal(str(amount))
        assert exact == exact.quantize(Decimal(1).scaleb(-digits)), f"{amount} is finer than {currency} is"
        assert digits or isinstance(amount, int), f"{amount}: {currency} has no decimals"
