"""The providers that come with us keep to the contract."""

from contextlib import contextmanager

import pytest

from oscar_marketplace.payments.providers.cash import CashAtStall
from oscar_marketplace.payments.providers.dummy import DummyProvider
from oscar_marketplace.payments.providers.stripe import StripeProvider
from oscar_marketplace.test.fake_stripe import FakeStripe
from oscar_marketplace.test.provider_contract import ProviderContract


class TestCash(ProviderContract):
    cancels = notifies = remembers = False

    @pytest.fixture
    def provider(self):
        return CashAtStall("cash", {})


class TestDummy(ProviderContract):
    notifies = False
    can = {"CAPTURES_LATER": True, "CANCELS": True, "REFUNDS": True}

    @pytest.fixture
    def provider(self, tmp_path):
        return DummyProvider("dummy", {"DIRECTORY": tmp_path, "I_KNOW_NO_MONEY_MOVES": True, **self.can})

    def shopper_pays(self, provider, fact):
        provider.answer(fact.reference, "pay")

    def shopper_is_declined(self, provider, fact):
        provider.answer(fact.reference, "decline")

    @contextmanager
    def answers_are_lost(self, provider):
        provider.options["LOSES"] = ("start", "capture", "refund", "cancel")
        yield
        provider.options["LOSES"] = ()


class TestDummyAsItComes(TestDummy):
    """Without options it only takes payments, at once."""

    cancels = False
    can = {}


class TestStripe(ProviderContract):
    @pytest.fixture
    def provider(self, settings):
        settings.DEBUG = True  # a test key is right
        return StripeProvider("stripe", FakeStripe().options())

    def fake(self, provider):
        return provider.options["HTTP_CLIENT"]

    def shopper_pays(self, provider, fact):
        self.fake(provider).pay(fact.external_id)

    def shopper_is_declined(self, provider, fact):
        self.fake(provider).decline(fact.external_id)

    @contextmanager
    def answers_are_lost(self, provider):
        self.fake(provider).fail("drop_after", method="POST")
        yield

    def notification(self, provider, fact, *, age_seconds=0, secret=""):
        import time

        fake = self.fake(provider)
        event = next(event for event in fake.events if event["type"] == "payment_intent.succeeded")
        return fake.notification(event, secret=secret or None, signed_at=time.time() - age_seconds)

    def without_secret(self, provider):
        return StripeProvider("stripe", {**provider.options, "WEBHOOK_SECRETS": {"events": [""]}})


class TestStripeVoucher(TestStripe):
    """Cash at OXXO: comes later, is not set aside and does not go back."""

    @pytest.fixture
    def provider(self, settings):
        settings.DEBUG = True
        return StripeProvider("oxxo", FakeStripe().options(METHODS=["oxxo"]))

    def shopper_pays(self, provider, fact):
        self.fake(provider).take_voucher(fact.external_id)
        self.fake(provider).pay_voucher_late(fact.external_id)

    def shopper_is_declined(self, provider, fact):
        self.fake(provider).take_voucher(fact.external_id)
        self.fake(provider).fail_late(fact.external_id, code="payment_intent_payment_attempt_failed")
