"""An order at three stalls that is paid in cash at each, or by the make-believe card."""

import pytest

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, placed_parts

SHOPPER = Actor("shopper")


@pytest.fixture
def listings(three_stalls):
    goods = [("Jitomate", "32.00"), ("Queso", "144.00"), ("Tortillas", "26.00")]
    return [
        factories.make_listing(stall=stall, title=title, price=price, stock=20)
        for stall, (title, price) in zip(three_stalls, goods, strict=True)
    ]


@pytest.fixture
def vendors(three_stalls):
    return [member_of(stall) for stall in three_stalls]


@pytest.fixture
def unpaid(listings):
    return placed_parts([(listing, 4) for listing in listings])


@pytest.fixture
def parts(unpaid):
    """Promised in cash: new at each stall."""
    start_payment(unpaid[0].order, provider="cash", by=SHOPPER)
    return [StallOrder.objects.get(pk=part.pk) for part in unpaid]


@pytest.fixture
def stock():
    def of(listing):
        record = fresh(listing.stockrecord)
        return record.num_in_stock, record.num_allocated

    return of


@pytest.fixture
def charge_states():
    return lambda: list(Charge.objects.order_by("pk").values_list("state", flat=True))
