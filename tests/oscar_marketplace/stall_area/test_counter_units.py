"""What a vendor types and what a line holds: the same amount in two units, exact where it is the whole."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscar_marketplace.stall_area.counter_units import CounterUnit, plain

amounts = st.decimals("0.001", "9999", places=3)


@given(whole=amounts, measure=amounts)
def test_the_whole_is_the_whole_both_ways(whole, measure):
    unit = CounterUnit("g", whole, measure)

    assert unit.to_measure(whole) == measure
    assert unit.from_measure(measure) == whole


@given(whole=st.decimals("0.25", "99", places=2), part=st.integers(1, 99))
def test_grams_are_kilos_to_the_gram(whole, part):
    unit = CounterUnit("g", whole * 1000, whole)
    grams = (whole * 1000 * part / 100).quantize(D(1))

    assert unit.to_measure(grams) == (grams / 1000).quantize(D("0.001"))


@pytest.mark.parametrize(
    ("number", "text"), [("1040.000", "1040"), ("0.500", "0.5"), ("100", "100"), ("0", "0"), ("2.0005", "2.001")]
)
def test_a_number_is_written_without_idle_zeros(number, text):
    assert plain(D(number)) == text
