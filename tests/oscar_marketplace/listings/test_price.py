from decimal import Decimal as D

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from oscar_marketplace.listings.models import Listing, Unit
from oscar_marketplace.listings.price import line_amount, step_measure
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.stalls.models import Stall

KILO = Unit(pk=1, code="kg", kind="weight", base_amount=D(1000), name="kilo", name_plural="kilos")
GRAM = Unit(pk=2, code="g", kind="weight", base_amount=D(1), name="gram", name_plural="grams")
PIECE = Unit(pk=3, code="piece", kind="count", name="piece", name_plural="pieces")
BUNCH = Unit(pk=4, code="bunch", kind="count", name="bunch", name_plural="bunches")
STALL = Stall(operator=Operator(currency="MXN", country="MX"))


def listing(price, *, price_unit=KILO, order_unit=KILO, step="0.25", **kwargs) -> Listing:
    return Listing(stall=STALL, price=D(price), price_unit=price_unit, order_unit=order_unit, step=D(step), **kwargs)


def test_four_quarters_cost_exactly_one_kilo():
    assert line_amount(listing("32.49"), 4) == D("32.49")
    assert line_amount(listing("32.49"), 1) == D("8.12")


@given(st.integers(500, 39999))
def test_a_kilo_in_any_steps_costs_the_price_per_kilo(cents):
    price = D(cents) / 100
    for step, steps in [("0.25", 4), ("0.1", 10), ("0.5", 2), ("0.125", 8), ("1", 1)]:
        assert line_amount(listing(price, step=step), steps) == price
    assert line_amount(listing(price, order_unit=GRAM, step="50"), 20) == price


def test_pieces_priced_by_weight_use_their_typical_weight():
    mango = listing("48.00", order_unit=PIECE, step="1", typical_weight_g=350)

    assert step_measure(mango) == D("0.35")
    assert line_amount(mango, 2) == D("33.60")


def test_by_amount_costs_the_amount():
    cilantro = listing("12.00", price_unit=BUNCH, order_unit=BUNCH, step="20", by_amount=True)

    assert line_amount(cilantro, 2) == D("40.00")


def test_units_that_cannot_be_converted_say_what_to_write():
    with pytest.raises(ValidationError, match="typical weight of one bunch"):
        line_amount(listing("48.00", order_unit=BUNCH, step="1"), 1)
