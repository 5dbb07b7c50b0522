"""A bank on paper and a Stripe beside the providers of the tests; an order at three stalls, partly of weighed goods."""

from datetime import timedelta

import pytest
from django.conf import settings as django_settings

from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, member_of, placed_parts
from tests.oscar_marketplace.payments import paper_bank
from tests.oscar_marketplace.payments.bank_world import providers
from tests.oscar_marketplace.payments.stripe_shop import ShopAtStripe

pytest.register_assert_rewrite("oscar_marketplace.test.provider_contract")


@pytest.fixture
def paper(settings, monkeypatch):
    """The bank's paper; ``paper.open(**options)`` sets its options."""
    whole = paper_bank.Paper()
    monkeypatch.setattr(paper_bank, "PAPER", whole)

    def open_bank(**options):
        settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
            **django_settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,
            "paper": {"BACKEND": "tests.oscar_marketplace.payments.paper_bank.PaperBank", "OPTIONS": options},
        }

    whole.open = open_bank
    open_bank()
    return whole


@pytest.fixture
def vendors(three_stalls):
    return [member_of(stall) for stall in three_stalls]


@pytest.fixture
def parts(market, three_stalls):
    """Unpaid: tomatoes 32.00, cheese 144.00 (weighed, at most 158.40), tortillas 26.00."""
    goods = [("Jitomate", "32.00"), ("Queso", "144.00"), ("Tortillas", "26.00")]
    listings = [
        factories.make_listing(stall=stall, title=title, price=price, stock=20, is_estimated=title == "Queso")
        for stall, (title, price) in zip(three_stalls, goods, strict=True)
    ]
    return placed_parts([(listing, 4) for listing in listings])


@pytest.fixture
def shop():
    """A shop at the double of Stripe."""
    return ShopAtStripe()


@pytest.fixture
def shop_with():
    """The same with OPTIONS."""
    return ShopAtStripe


@pytest.fixture
def transfers(settings):
    """The transfer is offered."""
    settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = providers()


@pytest.fixture
def unpaid_order(transfers, market, three_stalls):
    """Picked up in two days, nothing asked for yet."""
    return order_at(three_stalls, factories.make_wave(market, starts_in=timedelta(days=2)))


@pytest.fixture
def waiting(unpaid_order):
    """The order's shopper chose the transfer; returns the charge."""
    start_payment(unpaid_order, provider="transfer", by=SHOPPER)
    return unpaid_order.marketplace_charges.get()


def order_at(stalls, wave):
    listings = [
        factories.make_listing(stall=stall, price=price, stock=20)
        for stall, price in zip(stalls, ["32.49", "144.00", "26.00"], strict=True)
    ]
    return factories.place([(listing, 4) for listing in listings], waves=[wave])
