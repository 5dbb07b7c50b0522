"""What happens on Mercado Pago's own pages: shoppers try, pay, walk to a shop; staff and banks act; it tells us."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from oscar_marketplace.payments.providers.base import RawNotification
from oscar_marketplace.payments.providers.mercadopago_notifications import signature


class TheOtherSide:
    """Mixed into the fake. A ``page`` is the number of a preference, a ``payment`` the number of a payment."""

    # -- shoppers ------------------------------------------------------------------------------------------------------

    def pay(self, page: str, *, fee: str = "3.5") -> str:
        """By card, at once; gives the payment's number."""
        return self._attempt(page, "approved", "accredited", fee=fee)

    def reject(self, page: str, detail: str = "cc_rejected_insufficient_amount") -> str:
        return self._attempt(page, "rejected", detail)

    def hold(self, page: str) -> str:
        """Only set aside: a page cannot be asked for it, but the API can."""
        return self._attempt(page, "authorized", "pending_capture", captured=False)

    def pend_review(self, page: str) -> str:
        return self._attempt(page, "in_process", "pending_review_manual")

    def pend_cash(self, page: str, method: str = "oxxo") -> str:
        """A voucher to be paid at a shop, or a reference for a transfer ("clabe")."""
        kind = "bank_transfer" if method == "clabe" else "ticket"
        detail = "pending_waiting_transfer" if method == "clabe" else "pending_waiting_payment"
        number = self._attempt(page, "pending", detail, method=method, kind=kind)
        lapses = self.pages[page].get("date_of_expiration") or self.at(timedelta(days=3))
        self.payments[number].update(
            date_of_expiration=lapses,
            barcode={"content": f"9999{number}"},
            transaction_details={
                "external_resource_url": f"https://www.mercadopago.com.mx/payments/{number}/ticket",
                "payment_method_reference_id": f"77{number}",
                "financial_institution": method,
            },
        )
        return number

    def pay_cash_late(self, payment: str) -> None:
        self.say(payment, "approved", "accredited")

    def expire(self, payment: str) -> None:
        """Nobody paid the voucher."""
        self.say(payment, "cancelled", "expired")

    def expire_page(self, page: str) -> None:
        self.pages[page]["expiration_date_to"] = self.at(timedelta(seconds=-1))

    def _attempt(self, page, status, detail, *, method="visa", kind="credit_card", fee="0", **more) -> str:
        said = self.pages[page]
        assert not self.page_is_over(said), "nobody can pay on a page that is over"
        excluded = said.get("payment_methods") or {}
        assert {"id": kind} not in excluded.get("excluded_payment_types", [])
        assert {"id": method} not in excluded.get("excluded_payment_methods", [])
        number = str(self.next_number())
        amount = sum(Decimal(str(item["unit_price"])) * item["quantity"] for item in said["items"])
        self.payments[number] = {
            "id": int(number),
            "date_created": self.at(),
            "date_of_expiration": None,
            "currency_id": said["items"][0]["currency_id"],
            "transaction_amount": self.number(amount),
            "transaction_amount_refunded": 0,
            "external_reference": said["external_reference"],
            "metadata": said.get("metadata", {}),
            "collector_id": said["collector_id"],
            "live_mode": self.is_live,
            "payment_method_id": method,
            "payment_type_id": kind,
            "captured": True,
            "fee_details": [
                {"type": "mercadopago_fee", "amount": float(fee), "fee_payer": "collector"},
                {"type": "financing_fee", "amount": 12.34, "fee_payer": "payer"},
            ],
            "transaction_details": {},
            **more,
        }
        self.say(number, status, detail)
        return number

    # -- banks and staff -----------------------------------------------------------------------------------------------

    def say(self, payment: str, status: str, detail: str, **more) -> None:
        """Move a payment, and tell."""
        self.payments[payment].update(status=status, status_detail=detail, **more)
        self.tell(payment)

    def finish_refund(self, refund: int, status: str = "approved") -> None:
        """One that was on its way arrives, or comes back."""
        made = self.refunds[refund]
        if status != "approved":
            payment = self.payments[str(made["payment_id"])]
            left = Decimal(str(payment["transaction_amount_refunded"])) - Decimal(str(made["amount"]))
            payment.update(transaction_amount_refunded=self.number(left))
        made["status"] = status
        self.tell(str(made["payment_id"]))

    # -- notifications -------------------------------------------------------------------------------------------------

    def tell(self, payment: str) -> None:
        """Queue a notification in ``told``; a test delivers, repeats, shuffles or loses it."""
        self.told.append((payment, str(uuid.uuid4()), time.time()))

    def notification(
        self, told=None, *, secret=None, signed_at=None, seconds=False, topic="payment"
    ) -> RawNotification:
        """One of ``told`` (the last one) as it arrives; its time may be another, and in seconds."""
        payment, delivery, at = told or self.told[-1]
        at = at if signed_at is None else signed_at
        at = str(int(at if seconds else at * 1000))
        signed = signature(f"id:{payment.lower()};request-id:{delivery};ts:{at};", secret or self.webhook_secret)
        body = f'{{"action":"payment.updated","type":"payment","data":{{"id":"{payment}"}},"status":"approved"}}'
        return RawNotification(
            endpoint="",
            headers={"x-signature": f"ts={at},v1={signed}", "x-request-id": delivery},
            query={"data.id": payment, "type": topic},
            body=body.encode(),
        )

    def at(self, later: timedelta = timedelta(0)) -> str:
        return (datetime.now(UTC) + later).isoformat(timespec="milliseconds")

    @staticmethod
    def page_is_over(page: dict) -> bool:
        ends = page.get("expiration_date_to")
        return bool(page.get("expires") and ends and datetime.fromisoformat(ends) <= datetime.now(UTC))
