"""A slip of the finger never makes another right reference or account number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscar_marketplace.payments.bank.references import references_in
from oscar_marketplace.payments.check_digits import (
    is_clabe,
    is_iban,
    is_rf_reference,
    is_spei_reference,
    rf_reference,
    spei_reference,
)

spei_numbers = st.integers(100_000, 999_999)
rf_numbers = st.integers(0, 10**10 - 1)


def slips(reference: str, *, start: int = 0):
    """Every text that one wrong digit or one swap of neighbours makes of the digits from ``start`` on."""
    for at in range(start, len(reference)):
        for digit in "0123456789":
            if digit != reference[at]:
                yield reference[:at] + digit + reference[at + 1 :]
    for at in range(start, len(reference) - 1):
        if reference[at] != reference[at + 1]:
            yield reference[:at] + reference[at + 1] + reference[at] + reference[at + 2 :]


@given(spei_numbers)
def test_every_slip_in_a_spei_reference_is_noticed(number):
    reference = spei_reference(number)

    assert len(reference) == 7
    assert is_spei_reference(reference)
    assert [slip for slip in slips(reference) if is_spei_reference(slip)] == []


@given(rf_numbers)
def test_every_slip_in_an_rf_reference_is_noticed(number):
    reference = rf_reference(number)

    assert is_rf_reference(reference)
    assert [slip for slip in slips(reference, start=2) if is_rf_reference(slip)] == []


def test_the_example_of_iso_11649():
    assert rf_reference(5_390_075_470) == "RF" + rf_reference(5_390_075_470)[2:4] + "5390075470"
    assert is_rf_reference("RF185390075470") is False


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("032180000118359719", True),
        ("002010077777777771", True),
        ("032180000118359718", False),
        ("03218000011835971", False),
        ("03218000011835971A", False),
    ],
)
def test_the_control_digit_of_a_clabe(number, right):
    assert is_clabe(number) is right


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("ES9121000418450200051332", True),
        ("DE89370400440532013000", True),
        ("ES9121000418450200051333", False),
        ("ES912100041845020005133", False),
        ("es9121000418450200051332", False),
    ],
)
def test_the_check_digits_of_an_iban(number, right):
    assert is_iban(number) is right


@given(spei_numbers, st.sampled_from(["{}", "PAGO {} MERCADO", "REF:000{}", "pedido {}.", "a{}b", "12345678 {}"]))
def test_a_spei_reference_is_found_in_what_banks_make_of_it(number, words):
    reference = spei_reference(number)

    assert references_in(words.format(reference)) == [reference]
    assert references_in(words.format(f"{reference[:3]} {reference[3:]}")) in ([reference], [])


@given(rf_numbers, st.sampled_from(["{}", "PAGO {} MERCADO", "REF/{}/EUR", "pedido {}."]))
def test_an_rf_reference_is_found_in_groups_of_four_and_in_small_letters(number, words):
    reference = rf_reference(number)
    in_groups = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4)).lower()

    assert reference in references_in(words.format(reference))
    assert reference in references_in(words.format(in_groups))


@given(spei_numbers)
def test_digits_within_a_longer_number_are_no_reference(number):
    reference = spei_reference(number)

    assert references_in(f"CLABE 99{reference}99999 TEL{reference}55") == []
