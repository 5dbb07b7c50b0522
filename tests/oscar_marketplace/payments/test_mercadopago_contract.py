"""Mercado Pago keeps to what every provider keeps to."""

import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from oscar_marketplace.payments.providers.base import BadSignature
from oscar_marketplace.payments.providers.mercadopago import MercadoPagoProvider
from oscar_marketplace.test.fake_mercadopago import FakeMercadoPago
from oscar_marketplace.test.provider_contract import ProviderContract


class TestMercadoPago(ProviderContract):
    @pytest.fixture
    def provider(self, settings):
        settings.DEBUG = True  # a test token is right
        return MercadoPagoProvider("mp", FakeMercadoPago().options())

    def fake(self, provider):
        return provider.options["HTTP_CLIENT"]

    def page_of(self, provider, fact):
        pages = self.fake(provider).pages.values()
        return next(page["id"] for page in pages if page["external_reference"] == fact.reference)

    def shopper_pays(self, provider, fact):
        self.fake(provider).pay(self.page_of(provider, fact))

    def shopper_is_declined(self, provider, fact):
        self.fake(provider).reject(self.page_of(provider, fact))

    @contextmanager
    def answers_are_lost(self, provider):
        self.fake(provider).fail("drop_after", method="POST")
        yield

    def notification(self, provider, fact, *, age_seconds=0, secret=""):
        return self.fake(provider).notification(secret=secret, signed_at=time.time() - age_seconds)

    def without_secret(self, provider):
        return MercadoPagoProvider("mp", {**provider.options, "WEBHOOK_SECRETS": [""]})

    # Its notifications name a payment by Mercado Pago's number only, and the body is not signed.

    def test_a_notification_names_the_charge_and_is_the_same_when_sent_again(self, provider):
        paid = self.paid(provider)
        raw = self.notification(provider, paid)

        hints = provider.parse_notification(raw)

        assert [(hint.reference, hint.external_id) for hint in hints] == [("", paid.external_id)]
        assert provider.parse_notification(raw) == hints
        assert provider.resolve(hints[0]) == "100023-1"

    def test_a_notification_that_the_provider_did_not_send_is_refused(self, provider):
        paid = self.paid(provider)
        good = self.notification(provider, paid)

        forged = {
            "about another payment": replace(good, query={**good.query, "data.id": "1"}),
            "unsigned": replace(good, headers={}),
            "of another secret": self.notification(provider, paid, secret="of-somebody-else-entirely"),
            "to another endpoint": replace(good, endpoint="elsewhere"),
            "stale": self.notification(provider, paid, age_seconds=6 * 24 * 3600),
            "from the future": self.notification(provider, paid, age_seconds=-3600),
        }

        for what, raw in forged.items():
            with pytest.raises(BadSignature):
                provider.parse_notification(raw)
                pytest.fail(f"a notification that is {what} was believed")


class TestMercadoPagoVoucher(TestMercadoPago):
    """Cash at a shop, paid later."""

    @pytest.fixture
    def provider(self, settings):
        settings.DEBUG = True
        return MercadoPagoProvider("mp", FakeMercadoPago().options(EXCLUDED_TYPES=["credit_card"]))

    def shopper_pays(self, provider, fact):
        fake = self.fake(provider)
        fake.pay_cash_late(fake.pend_cash(self.page_of(provider, fact)))

    def shopper_is_declined(self, provider, fact):
        fake = self.fake(provider)
        fake.expire(fake.pend_cash(self.page_of(provider, fact)))


class TestMercadoPagoInChile(TestMercadoPago):
    """A currency without decimals."""

    currency = "CLP"

    @pytest.fixture
    def provider(self, settings):
        settings.DEBUG = True
        return MercadoPagoProvider("mp", FakeMercadoPago(country="CL", currency="CLP").options())
