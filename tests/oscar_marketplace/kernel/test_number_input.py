from decimal import Decimal as D

import pytest

from oscar_marketplace.exceptions import BadNumber
from oscar_marketplace.number_input import parse_decimal


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("28", "28"),
        ("28.50", "28.50"),
        ("28,50", "28.50"),
        ("$ 28,5", "28.5"),
        (" 1,250.50 ", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1 250,50", "1250.50"),
        ("1,250,000", "1250000"),
        ("0.250", "0.250"),
        (".5", "0.5"),
        ("½", "0.5"),
        ("1½", "1.5"),
        ("1 1/2", "1.5"),
        ("3/4", "0.750"),
    ],
)
def test_reads_what_a_counter_writes(typed, meant):
    assert parse_decimal(typed) == D(meant)


@pytest.mark.parametrize("typed", ["", "  ", "abc", "-5", "1e9", "1/0", "12..5", "x½", "5-3", "٣"])
def test_refuses_what_is_no_number(typed):
    with pytest.raises(BadNumber):
        parse_decimal(typed)


@pytest.mark.parametrize("typed", ["1.250", "1,250", "28.500"])
def test_asks_back_what_can_be_read_in_two_ways(typed):
    with pytest.raises(BadNumber) as refused:
        parse_decimal(typed)

    assert refused.value.code == "ambiguous_number"
