from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscar_marketplace import money


def test_rounds_half_up_to_the_currency():
    assert money.quantise(D("1.005"), "MXN") == D("1.01")
    assert money.quantise(D("1.5"), "JPY") == D("2")


def test_minor_units_and_back():
    assert money.to_minor(D("28.50"), "MXN") == 2850
    assert money.from_minor(2850, "MXN") == D("28.50")


def test_an_amount_finer_than_a_cent_is_refused():
    with pytest.raises(ValueError, match="finer"):
        money.to_minor(D("1.005"), "MXN")


def test_allocate_gives_odd_cents_to_the_largest_remainder_and_ties_to_the_first():
    assert money.allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert money.allocate(-100, [1, 1, 1]) == [-34, -33, -33]
    assert money.allocate(5, [D("0.5"), D("0.1")]) == [4, 1]


def test_allocate_cannot_split_by_nothing():
    with pytest.raises(ValueError, match="nothing to split by"):
        money.allocate(1, [0, 0])
    assert money.allocate(0, [0, 0]) == [0, 0]


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=30))
def test_parts_always_sum_to_the_whole(total, weights):
    if not sum(weights):
        return
    parts = money.allocate(total, weights)

    assert sum(parts) == total
    assert all(part * total >= 0 for part in parts)


@pytest.mark.parametrize(("language", "said"), [("es-mx", "$1,234.50"), ("en", "$1,234.50"), ("es", "$1,234.50")])
def test_pesos_are_written_as_at_the_counter(language, said):
    from django.utils import translation

    with translation.override(language):
        assert money.format_money(D("1234.5"), "MXN") == said


def test_a_language_the_formatter_does_not_know_still_shows_the_amount():
    from django.utils import translation

    with translation.override("nah"):
        assert "28.50" in money.format_money(D("28.5"), "MXN").replace(",", ".")
