"""Mercado Pago's hosted page (Checkout Pro), paid to the city's account. Cards never reach us.

A charge begins as a page (a "preference") and has its number; each attempt to pay on it is a payment of its own, which
carries our reference. Once one counts, the charge has that payment's number. A refused attempt ends nothing: the page
stays open, and the shopper may try another card.
"""

import logging
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec

from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.translation import gettext

from oscar_marketplace.conf import settings
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
from oscar_marketplace.payments.providers.mercadopago_client import IDEMPOTENCY, ask_mercadopago
from oscar_marketplace.payments.providers.mercadopago_facts import (
    CURRENCIES,
    OPEN,
    decisive,
    from_number,
    is_over,
    moment,
    page_fact,
    payment_fact,
    refund_fact,
    refuse_foreign,
    timestamp,
    to_number,
)
from oscar_marketplace.payments.providers.mercadopago_notifications import hints_in
from oscar_marketplace.payments.providers.mercadopago_options import mistakes_in

logger = logging.getLogger("oscar_marketplace.payments")

PAGE_MINUTES = 60
VOUCHER_HOURS = 48
#: Ways to pay that take hours or days: vouchers paid at a shop, and transfers at a machine or by a bank's page.
DELAYED_TYPES = ("ticket", "atm", "bank_transfer")
CARD = "credit_card"
#: Attempts on one page that are looked at.
MOST_ATTEMPTS = 50
#: How long Mercado Pago surely remembers an idempotency key; a day is said, so this is less.
KEY_HOURS = 20
OVER = {ChargeState.FAILED, ChargeState.CANCELLED, ChargeState.EXPIRED}


class MercadoPagoProvider(Provider):
    """OPTIONS: ``ACCESS_TOKEN``, ``COLLECTOR_ID``, ``WEBHOOK_SECRETS`` [secret, ...], ``COUNTRY`` ("MX"),
    ``PUBLIC_KEY``, ``EXCLUDED_TYPES`` and ``EXCLUDED_METHODS`` (Mercado Pago's names), ``PAGE_MINUTES`` (60),
    ``VOUCHER_HOURS`` (48), ``STATEMENT``, ``LABEL``, ``POLLS_ONLY`` (no notifications: the clock asks); for tests only
    ``HTTP_CLIENT``. Vouchers and transfers are left out unless ``EXCLUDED_TYPES`` says otherwise.
    """

    def label(self) -> str:
        return str(self.options.get("LABEL") or gettext("Mercado Pago"))

    def hint(self, *, stall_count: int) -> str:
        if self._is_delayed:
            return gettext(
                "You pay on the page of Mercado Pago and come back here. In cash or by transfer it takes longer, and "
                "the stalls begin when the money is there."
            )
        return gettext("You pay on the page of Mercado Pago and come back here.")

    def capabilities(self, *, currency: str) -> Capabilities:
        # The page takes at once; only payments made otherwise can be set aside.
        return Capabilities(
            refunds=True,
            is_delayed=self._is_delayed,
            currencies=frozenset({self._currency}),
            # Goods are kept for days only where nobody can pay at once: else each page left open would keep them.
            days_to_pay=-(-self._voucher_hours // 24) if self._is_delayed and CARD in self._excluded else 0,
        )

    def why_not(self, *, amount: int, currency: str) -> str:
        if currency != self._currency:
            return gettext("Not for prices in %(currency)s.") % {"currency": currency}
        return ""

    # -- asking for money ----------------------------------------------------------------------------------------------

    def start(self, request: ChargeRequest) -> ChargeFact:
        if request.currency != self._currency or request.capture_later:
            raise NotSupported()
        pages = self._pages(request.reference)
        if pages:
            return self.fetch(reference=request.reference, external_id=pages[-1]["id"])
        try:
            page = self._ask("preference.create", self._page_body(request), key=f"{request.reference}:start")
        except ProviderRefused as refusal:
            if refusal.code != IDEMPOTENCY:
                raise
            # Made before, at another moment or in another language, and not found yet.
            raise ProviderTimeout(code="page_not_listed_yet") from refusal
        with _read_carefully():
            refuse_foreign(page, collector_id=self._collector_id, is_live=None)
            return page_fact(page, now=timezone.now(), is_live=self._is_live)

    def _page_body(self, request: ChargeRequest) -> dict:
        now, back = timezone.now(), request.return_url
        if back.startswith("/"):
            back = settings.SITE_URL.rstrip("/") + back
        ends = now + timedelta(minutes=self.options.get("PAGE_MINUTES", PAGE_MINUTES))
        body = {
            "items": [
                {
                    "id": request.reference,
                    "title": request.description,
                    "quantity": 1,
                    "currency_id": request.currency,
                    "unit_price": to_number(request.amount, request.currency),
                }
            ],
            "external_reference": request.reference,
            "metadata": {"reference": request.reference},
            "back_urls": {"success": back, "pending": back, "failure": back},
            "expires": True,
            "expiration_date_to": timestamp(ends),
        }
        if back.startswith("https://"):
            # Mercado Pago refuses it for a site without.
            body["auto_return"] = "approved"
        if request.email:
            body["payer"] = {"email": request.email}
        if self.options.get("STATEMENT"):
            body["statement_descriptor"] = self.options["STATEMENT"]
        methods = {
            "excluded_payment_types": [{"id": each} for each in self._excluded],
            "excluded_payment_methods": [{"id": each} for each in self.options.get("EXCLUDED_METHODS", ())],
        }
        body["payment_methods"] = {name: ids for name, ids in methods.items() if ids}
        if self._is_delayed:
            last = now + timedelta(hours=self._voucher_hours)
            # Not longer than the goods are kept.
            body["date_of_expiration"] = timestamp(min(last, request.pay_until or last))
        return body

    # -- what became of it ---------------------------------------------------------------------------------------------

    def fetch(self, *, reference: str, external_id: str) -> ChargeFact | None:
        known = external_id if external_id.isdigit() else ""
        payments = self._payments(reference)
        if known and all(str(payment["id"]) != known for payment in payments):
            payment = self._payment(known)
            if payment["external_reference"] != reference:
                # Not about this charge, and the fact says so.
                with _read_carefully():
                    return payment_fact(payment)
            payments.append(payment)
        with _read_carefully():
            chosen = decisive(payments, known)
        fact = self._fact(chosen, payments, known) if chosen else None
        if fact is not None and (fact.state not in OVER or fact.refunded):
            return fact
        return self._on_page(reference, fact)

    def _fact(self, chosen: dict, payments: list[dict], known: str) -> ChargeFact:
        """The chosen payment's fact, asked for anew: the list lags behind."""
        with _read_carefully():
            fact = payment_fact(self._payment(str(chosen["id"])))
            others = [each for each in payments if each["status"] == "approved" and each["id"] != chosen["id"]]
            if not others:
                return fact
            logger.error("charge %s was paid by %d payments", fact.reference, 1 + len(others))
            if fact.external_id != known:
                return fact
            # The charge has the first already: with the second it is more than was asked for, which asks for a person.
            more = sum(from_number(each["transaction_amount"], fact.currency) for each in others)
            return replace(fact, captured=(fact.captured or 0) + more)

    def _on_page(self, reference: str, attempt: ChargeFact | None) -> ChargeFact | None:
        """Nothing was paid: what the page says, if there is one. Where it is over, a refused attempt may not be the
        last word (someone is still typing), so it counts as lapsed: money that comes late is then still ours.
        """
        pages = self._pages(reference)
        if not pages:
            return attempt
        with _read_carefully():
            declined = attempt.decline_code if attempt else ""
            fact = page_fact(pages[-1], now=timezone.now(), is_live=self._is_live, declined=declined)
        if attempt is None or fact.state == ChargeState.ACTION_REQUIRED:
            return fact
        return replace(attempt, state=ChargeState.EXPIRED) if attempt.state == ChargeState.FAILED else attempt

    def resolve(self, hint: Hint) -> str:
        with _read_carefully():
            payment = self._payment(hint.external_id)
            reference, status = payment["external_reference"] or "", payment["status"]
            listed = {str(each["id"]): each["status"] for each in self._payments(reference)} if reference else {}
        if reference and listed.get(hint.external_id) != status:
            # The charge is fetched by its list of payments: not before this one is in it as it is now.
            raise ProviderTimeout(code="not_listed_yet")
        return reference

    # -- taking, giving up ---------------------------------------------------------------------------------------------

    def capture(self, request: CaptureRequest) -> ChargeFact:
        before = self.fetch(reference=request.reference, external_id=request.external_id)
        if before is not None and before.state == ChargeState.CAPTURED:
            if before.captured == request.amount:
                return before
            raise ProviderRefused(code="already_captured")
        if before is None or before.state != ChargeState.AUTHORISED:
            raise NotSupported()
        amount = to_number(request.amount, request.currency)
        taken = self._ask("payment.capture", before.external_id, amount, key=f"{request.key}:capture")
        with _read_carefully():
            # The payment's amount is now what was taken; what was asked for is what was set aside.
            return replace(payment_fact(taken), amount=before.amount)

    def cancel(self, *, reference: str, external_id: str, key: str) -> ChargeFact:
        refused = None
        try:
            self._give_up(reference, key)
        except ProviderRefused as refusal:
            # Paid, or lapsed, between our look and our asking: the fact says which.
            refused = refusal
        fact = self.fetch(reference=reference, external_id=external_id)
        if fact is None:
            raise refused or ProviderRefused(code="not_found")
        if refused and fact.state in {ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING, ChargeState.AUTHORISED}:
            raise refused
        return replace(fact, state=ChargeState.CANCELLED) if fact.state == ChargeState.EXPIRED else fact

    def _give_up(self, reference: str, key: str) -> None:
        """Close the page first, so that no attempt begins behind our back, then call off what is under way."""
        now = timezone.now()
        for page in self._pages(reference):
            with _read_carefully():
                over = is_over(page, now=now)
                items = [{name: item[name] for name in ITEM if name in item} for item in page["items"]]
            if not over:
                body = {"items": items, "expires": True, "expiration_date_to": timestamp(now)}
                self._ask("preference.update", page["id"], body, key=f"{key}:close:{page['id']}")
        for payment in self._payments(reference):
            if payment["status"] in OPEN:
                body = {"status": "cancelled"}
                self._ask("payment.update", str(payment["id"]), body, key=f"{key}:{payment['id']}")

    # -- giving back ---------------------------------------------------------------------------------------------------

    def refund(self, request: RefundRequest) -> RefundFact:
        body = {"amount": to_number(request.amount, request.currency)}
        made = self._ask("refund.create", self._payment_id(request), body, key=f"{request.key}:refund")
        with _read_carefully():
            return refund_fact(made, request)

    def fetch_refund(self, request: RefundRequest) -> RefundFact | None:
        """Mercado Pago keeps no name of ours on a refund. Its number finds it; without one, asking for the same refund
        with the same key gives the one that was made, for as long as the key is remembered.
        """
        payment_id = self._payment_id(request)
        if request.refund_id:
            with _read_carefully():
                return refund_fact(self._ask("refund.get", payment_id, request.refund_id), request)
        with _read_carefully():
            made = self._ask("refund.list_all", payment_id)
            alike = [each for each in made if from_number(each["amount"], request.currency) == request.amount]
            oldest = min((moment(each["date_created"]) for each in alike), default=None)
        if oldest is None:
            return None
        if oldest < timezone.now() - timedelta(hours=KEY_HOURS):
            # One of the same amount may be ours, or another's, and asking again might give back twice.
            logger.error("refund %s: a person has to look at the refunds of payment %s", request.key, payment_id)
            raise ProviderTimeout(code="refund_ambiguous")
        found = self.refund(request)
        with _read_carefully():
            # The answer to a repeated request says how things were then.
            return refund_fact(self._ask("refund.get", payment_id, found.external_id), request)

    def _payment_id(self, request: RefundRequest) -> str:
        if request.external_id.isdigit():
            return request.external_id
        fact = self.fetch(reference=request.reference, external_id=request.external_id)
        if fact is None or not fact.external_id.isdigit():
            raise ProviderRefused(code="not_paid")
        return fact.external_id

    # -- being told ----------------------------------------------------------------------------------------------------

    def parse_notification(self, raw: RawNotification) -> list[Hint]:
        if raw.endpoint not in {"", self.alias}:
            raise BadSignature(code="wrong_endpoint")
        return hints_in(raw, list(self.options.get("WEBHOOK_SECRETS") or []))

    def check(self) -> list[str]:
        if find_spec("mercadopago") is None:
            return ["the package mercadopago is missing: pip install 'wagtail-mercado[mercadopago]'."]
        return mistakes_in(self.options, is_debug=django_settings.DEBUG)

    # -- Mercado Pago --------------------------------------------------------------------------------------------------

    @property
    def _currency(self) -> str:
        # Of a country that is not known it is offered for nothing; the check says which are.
        return CURRENCIES.get(self.options.get("COUNTRY", "MX"), "")

    @property
    def _collector_id(self) -> str:
        return str(self.options.get("COLLECTOR_ID") or "")

    @property
    def _is_live(self) -> bool:
        return not self.options.get("ACCESS_TOKEN", "").startswith("TEST-")

    @property
    def _is_delayed(self) -> bool:
        return not set(self._excluded) >= set(DELAYED_TYPES)

    @property
    def _excluded(self) -> list[str]:
        return list(self.options.get("EXCLUDED_TYPES", DELAYED_TYPES))

    @property
    def _voucher_hours(self) -> int:
        return self.options.get("VOUCHER_HOURS", VOUCHER_HOURS)

    def _payments(self, reference: str) -> list[dict]:
        """The attempts to pay under one of our references, those of another account or mode left out."""
        asked = {"external_reference": reference, "sort": "date_created", "criteria": "desc", "limit": MOST_ATTEMPTS}
        with _read_carefully():
            found = self._ask("payment.search", asked)["results"]
            return [each for each in found if each["external_reference"] == reference and self._is_ours(each)]

    def _is_ours(self, payment: dict) -> bool:
        try:
            refuse_foreign(payment, collector_id=self._collector_id, is_live=self._is_live)
        except ProviderRefused as refusal:
            logger.error("payment %s is not ours: %s", payment["id"], refusal.code)
            return False
        return True

    def _payment(self, payment_id: str) -> dict:
        with _read_carefully():
            payment = self._ask("payment.get", payment_id)
            refuse_foreign(payment, collector_id=self._collector_id, is_live=self._is_live)
            return payment

    def _pages(self, reference: str) -> list[dict]:
        """The pages of one of our references, the one that counts last. More than one is rare: a page whose answer was
        lost and that could not be found at once.
        """
        with _read_carefully():
            found = self._ask("preference.search", {"external_reference": reference})["elements"] or []
            numbers = [each["id"] for each in found if each["external_reference"] == reference]
            pages = [self._ask("preference.get", number) for number in numbers]
            for page in pages:
                refuse_foreign(page, collector_id=self._collector_id, is_live=None)
            now = timezone.now()
            return sorted(pages, key=lambda page: (not is_over(page, now=now), page["date_created"]))

    def _ask(self, operation: str, *arguments, key: str = ""):
        return ask_mercadopago(self.options, operation, *arguments, key=key)


#: What an item may say when a page is written anew.
ITEM = ("id", "title", "quantity", "currency_id", "unit_price")


@contextmanager
def _read_carefully():
    """A shape that we do not know says nothing: neither yes nor no."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise ProviderTimeout(code="odd_answer") from error
