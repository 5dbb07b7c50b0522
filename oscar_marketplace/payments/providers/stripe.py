"""Stripe's hosted payment page (Checkout). Cards and codes of cards never reach us.

The number we keep of a charge is that of its Checkout Session: it exists from the first answer on, and the payment
intent, which does not, is found through it. Without a number a charge is found by listing, because the list is exact at
once while Stripe's search lags behind; search only finds what is older than a session can live.
"""

import time
from dataclasses import replace
from importlib.util import find_spec

from django.conf import settings as django_settings
from django.utils.translation import gettext

from oscar_marketplace.conf import settings
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.providers.base import (
    BadSignature,
    Capabilities,
    CaptureRequest,
    ChargeFact,
    ChargeRequest,
    Hint,
    NotSupported,
    Provider,
    ProviderRefused,
    ProviderTimeout,
    RawNotification,
    RefundFact,
    RefundRequest,
)
from oscar_marketplace.payments.providers.stripe_client import ask_stripe
from oscar_marketplace.payments.providers.stripe_facts import (
    METHODS,
    charge_fact,
    from_stripe,
    limits,
    reference_of,
    refund_fact,
    to_stripe,
)
from oscar_marketplace.payments.providers.stripe_notifications import hints_in, verified_event
from oscar_marketplace.payments.providers.stripe_options import mistakes_in

#: Stripe asks for at least 30 minutes from its own clock at the time of the last try.
PAGE_MINUTES = 35
#: A session lives 24 hours at most; another hour for clocks that differ.
FIND_WITHIN_SECONDS = 25 * 3600
PAGE_SIZE = 100
#: More sessions than this since yesterday are not leafed through: then nothing is known.
FIND_PAGES = 50
EXPAND = ["payment_intent.latest_charge.balance_transaction"]
#: What the payment page speaks: https://docs.stripe.com/js/appendix/supported_locales
LOCALES = (
    "bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru "
    "sk sl sv th tr vi zh zh-HK zh-TW"
)
#: Disputes that ended without taking anything: https://docs.stripe.com/api/disputes/object
WON = frozenset({"won", "warning_closed", "prevented"})
#: Stripe's words for: it is no longer in the state you think.
MOVED_ON = frozenset({"payment_intent_unexpected_state", "invalid_request_error"})


class StripeProvider(Provider):
    """OPTIONS: ``SECRET_KEY``, ``WEBHOOK_SECRETS`` {endpoint: [secret, ...]}, ``METHODS`` (["card"]), ``LABEL``,
    ``PUBLISHABLE_KEY``, ``ACCOUNT`` (refuse any other), ``POLLS_ONLY`` (no notifications: the clock asks).

    For tests only: ``HTTP_CLIENT`` and ``BASE_URL``.
    """

    def label(self) -> str:
        if self.options.get("LABEL"):
            return str(self.options["LABEL"])
        if self._methods == ["oxxo"]:
            return gettext("Cash at OXXO")
        return gettext("Card or account") if set(self._methods) - {"card", "link"} else gettext("Card")

    def hint(self, *, stall_count: int) -> str:
        if self.capabilities(currency="").is_delayed:
            return gettext("You pay later, and the stalls begin when the money is there.")
        return gettext("You pay on the page of Stripe and come back here.")

    def capabilities(self, *, currency: str) -> Capabilities:
        known = [METHODS[method] for method in self._methods if method in METHODS]
        least, most = limits(self._methods, currency) if currency else (1, None)
        limited = [method.currencies for method in known]
        return Capabilities(
            captures_later=any(method.captures_later for method in known),
            refunds=all(method.refunds for method in known),
            is_delayed=any(method.is_delayed for method in known),
            currencies=None if None in limited else frozenset().union(*limited),
            least=least,
            most=most,
        )

    def why_not(self, *, amount: int, currency: str) -> str:
        can = self.capabilities(currency=currency)
        if can.currencies is not None and currency not in can.currencies:
            return gettext("Not for prices in %(currency)s.") % {"currency": currency}
        if amount < can.least:
            return gettext("Only from %(least)s.") % {"least": format_money(from_minor(can.least, currency), currency)}
        if can.most is not None and amount > can.most:
            most = format_money(from_minor(can.most, currency), currency)
            return gettext("Only for orders of up to %(most)s.") % {"most": most}
        return ""

    def start(self, request: ChargeRequest) -> ChargeFact:
        params = self._session_params(request)
        try:
            session, is_old_answer = ask_stripe(
                self.options, "checkout.sessions.create", params, _key(request.reference, "start")
            )
        except ProviderRefused as refusal:
            if refusal.code != "idempotency_error":
                raise
            # Asked for before, in another language or at another moment: that one is the charge.
            session, is_old_answer = self._find(request.reference), False
            if session is None:
                # There is one, and it cannot be found: least of all was it refused.
                raise ProviderTimeout(code="idempotency_error") from refusal
        if is_old_answer:
            # It says how things were then.
            session = self._retrieve(session["id"])
        return self._fact(session)

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        session = self._session(reference, external_id)
        return None if session is None else self._fact(session)

    def capture(self, request: CaptureRequest) -> ChargeFact:
        if not self.capabilities(currency=request.currency).captures_later:
            raise NotSupported()
        session = self._session(request.reference, request.external_id)
        done = self._capture_done(session, request)
        if done is not None:
            return done
        params = {"amount_to_capture": to_stripe(request.amount, request.currency)}
        params["expand"] = ["latest_charge.balance_transaction"]
        intent_id = session["payment_intent"]["id"]
        try:
            intent = self._ask("payment_intents.capture", intent_id, params, _key(request.key, "capture"))
        except ProviderRefused as refusal:
            if refusal.code != "payment_intent_unexpected_state":
                raise
            done = self._capture_done(self._retrieve(session["id"]), request)
            if done is None:
                raise
            return done
        return self._fact({**session, "payment_intent": intent})

    def _capture_done(self, session: dict | None, request: CaptureRequest) -> ChargeFact | None:
        """The fact if exactly this was captured already, None if it can be captured."""
        if session is None:
            raise ProviderRefused(code="resource_missing")
        fact = self._fact(session)
        if fact.state == ChargeState.AUTHORISED:
            return None
        if fact.state == ChargeState.CAPTURED and fact.captured == request.amount:
            return fact
        raise ProviderRefused(code="payment_intent_unexpected_state")

    def cancel(self, *, reference: str, external_id: str, key: str) -> ChargeFact:
        session = self._session(reference, external_id)
        if session is None:
            raise ProviderRefused(code="resource_missing")
        try:
            self._give_up(session, key)
        except ProviderRefused as refusal:
            # Paid, or lapsed, between our look and our asking: the fact says which.
            if refusal.code not in MOVED_ON:
                raise
        fact = self._fact(self._retrieve(session["id"]))
        return replace(fact, state=ChargeState.CANCELLED) if fact.state == ChargeState.EXPIRED else fact

    def _give_up(self, session: dict, key: str) -> None:
        intent = session.get("payment_intent")
        if session["status"] == "open":
            self._ask("checkout.sessions.expire", session["id"], {}, _key(key, "expire"))
        elif intent and intent["status"] not in {"succeeded", "canceled"}:
            params = {"cancellation_reason": "requested_by_customer"}
            self._ask("payment_intents.cancel", intent["id"], params, _key(key, "cancel"))

    def refund(self, request: RefundRequest) -> RefundFact:
        if not self.capabilities(currency=request.currency).refunds:
            raise NotSupported()
        intent_id = self._intent_id(request)
        known = self._refund_of(intent_id, request.key)
        if known is not None:
            # Stripe forgets idempotency keys after a day; the refund itself stays.
            fact = refund_fact(known, request.key)
            if (fact.amount, fact.currency) != (request.amount, request.currency):
                raise ProviderRefused(code="idempotency_error")
            return fact
        params = {
            "payment_intent": intent_id,
            "amount": to_stripe(request.amount, request.currency),
            "metadata": {"reference": request.reference, "refund": request.key},
        }
        made = self._ask("refunds.create", params, _key(request.key, "refund"))
        return refund_fact(made, request.key)

    def fetch_refund(self, request: RefundRequest) -> RefundFact | None:
        known = self._refund_of(self._intent_id(request), request.key)
        return None if known is None else refund_fact(known, request.key)

    def parse_notification(self, raw: RawNotification) -> list[Hint]:
        event = verified_event(raw, self.options.get("WEBHOOK_SECRETS", {}).get(raw.endpoint) or [])
        if event.get("livemode") is not self._is_live:
            raise BadSignature(code="livemode_mismatch")
        account = event.get("account")
        if account and account != self.options.get("ACCOUNT"):
            # Of an account connected to ours: none of our charges.
            return []
        try:
            return hints_in(event, self.alias)
        except (AttributeError, KeyError, TypeError) as error:
            raise BadSignature(code="odd_json") from error

    def resolve(self, hint: Hint) -> str:
        """Disputes, and refunds made on Stripe's own pages, name the payment intent only."""
        fact = self.fetch(reference="", external_id=hint.external_id) if hint.external_id.startswith("pi_") else None
        return fact.reference if fact else ""

    def check(self) -> list[str]:
        if find_spec("stripe") is None:
            return ["the package stripe is missing: pip install 'wagtail-mercado[stripe]'."]
        return mistakes_in(self.options, is_debug=django_settings.DEBUG)

    @property
    def _methods(self) -> list[str]:
        return list(self.options.get("METHODS") or ["card"])

    @property
    def _is_live(self) -> bool:
        return "_live_" in self.options.get("SECRET_KEY", "")

    def _session_params(self, request: ChargeRequest) -> dict:
        can = self.capabilities(currency=request.currency)
        if can.currencies is not None and request.currency not in can.currencies:
            raise NotSupported()
        if request.capture_later and not can.captures_later:
            raise NotSupported()
        ours = {"reference": request.reference, "provider": self.alias}
        methods = [m for m in self._methods if not request.capture_later or METHODS[m].captures_later]
        back = request.return_url
        if back.startswith("/"):
            back = settings.SITE_URL.rstrip("/") + back
        intent = {"metadata": ours, "description": request.description}
        if request.capture_later:
            intent["capture_method"] = "manual"
        params = {
            "mode": "payment",
            "client_reference_id": request.reference,
            "metadata": ours,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.currency.lower(),
                        "unit_amount": to_stripe(request.amount, request.currency),
                        "product_data": {"name": request.description},
                    },
                }
            ],
            "payment_intent_data": intent,
            "allowed_payment_method_types": methods,
            # The shopper pays what the order says, in its currency.
            "adaptive_pricing": {"enabled": False},
            "success_url": back,
            "cancel_url": back,
            "expires_at": int(time.time()) + PAGE_MINUTES * 60,
            "locale": locale_for(request.language),
        }
        if request.email:
            params["customer_email"] = request.email
        return params

    def _fact(self, session: dict) -> ChargeFact:
        if session["livemode"] is not self._is_live:
            raise ProviderRefused(code="livemode_mismatch")
        try:
            fact = charge_fact(session)
            charge = (session.get("payment_intent") or {}).get("latest_charge") or {}
            return replace(fact, disputed=self._disputed(session, fact.currency)) if charge.get("disputed") else fact
        except (AttributeError, KeyError, TypeError) as error:
            # A shape or a state of a later API than ours says nothing.
            raise ProviderTimeout(code="odd_answer") from error

    def _disputed(self, session: dict, currency: str) -> int:
        """What banks ask back or took for good; the charge itself says only that there ever was a dispute."""
        found = self._ask("disputes.list", {"payment_intent": session["payment_intent"]["id"], "limit": PAGE_SIZE})
        return from_stripe(sum(each["amount"] for each in found["data"] if each["status"] not in WON), currency)

    def _session(self, reference: str, external_id: str) -> dict | None:
        if external_id.startswith("pi_"):
            return self._session_of_intent(external_id)
        return self._retrieve(external_id) if external_id else self._find(reference)

    def _retrieve(self, session_id: str) -> dict | None:
        if session_id.startswith("cs_live_" if not self._is_live else "cs_test_"):
            raise ProviderRefused(code="livemode_mismatch")
        try:
            return self._ask("checkout.sessions.retrieve", session_id, {"expand": EXPAND})
        except ProviderRefused as refusal:
            if refusal.code == "resource_missing":
                return None
            raise

    def _find(self, reference: str) -> dict | None:
        """The session of one of our references; of several (keys are forgotten after a day), the newest."""
        params = {"limit": PAGE_SIZE, "created": {"gte": int(time.time()) - FIND_WITHIN_SECONDS}}
        for _number in range(FIND_PAGES):
            page = self._ask("checkout.sessions.list", params)
            for session in page["data"]:
                if reference_of(session, {}) == reference:
                    return self._retrieve(session["id"])
            if not page["has_more"]:
                return self._find_older(reference)
            params = {**params, "starting_after": page["data"][-1]["id"]}
        raise ProviderTimeout(code="too_many_sessions")

    def _find_older(self, reference: str) -> dict | None:
        quoted = reference.replace("\\", "\\\\").replace("'", "\\'")
        query = {"query": f"metadata['reference']:'{quoted}'", "limit": 1}
        found = self._ask("payment_intents.search", query)["data"]
        return self._session_of_intent(found[0]["id"]) if found else None

    def _session_of_intent(self, intent_id: str) -> dict | None:
        params = {"payment_intent": intent_id, "limit": 1}
        found = self._ask("checkout.sessions.list", params)["data"]
        return self._retrieve(found[0]["id"]) if found else None

    def _intent_id(self, request: RefundRequest) -> str:
        session = self._session(request.reference, request.external_id)
        intent = session and session.get("payment_intent")
        if not intent:
            raise ProviderRefused(code="resource_missing")
        return intent["id"]

    def _refund_of(self, intent_id: str, key: str) -> dict | None:
        params = {"payment_intent": intent_id, "limit": PAGE_SIZE}
        while True:
            page = self._ask("refunds.list", params)
            for refund in page["data"]:
                if (refund.get("metadata") or {}).get("refund") == key:
                    return refund
            if not page["has_more"]:
                return None
            params = {**params, "starting_after": page["data"][-1]["id"]}

    def _ask(self, operation: str, *arguments) -> dict:
        return ask_stripe(self.options, operation, *arguments)[0]


def _key(ours: str, op: str) -> dict:
    return {"idempotency_key": f"{ours}:{op}"}


def locale_for(language: str) -> str:
    """The payment page's nearest language: Mexico's Spanish is Latin America's; if unknown, the browser's."""
    if language.lower().startswith("es-") and language.lower() != "es-es":
        return "es-419"
    known = {locale.lower(): locale for locale in LOCALES.split()}
    return known.get(language.lower()) or known.get(language.lower().split("-")[0]) or "auto"
