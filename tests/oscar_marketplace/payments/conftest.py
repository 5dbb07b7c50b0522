"""An order of 202.49 that is to be paid by a transfer."""

from datetime import timedelta

import pytest

from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.payments.bank_world import providers


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
