"""How much is kept, to the cent; pure."""

from decimal import Decimal as D

import pytest

from oscar_marketplace.commissions.amount import Kept, kept_of
from oscar_marketplace.commissions.models import StallOrderCommission


def kept(amount, *, currency="MXN", **terms) -> tuple[int, int]:
    defaults = {"kind": "percent", "tax_percent": D(0)}
    found = kept_of(StallOrderCommission(**{**defaults, **terms}), amount, currency=currency)
    assert found.whole == found.fee + found.tax
    return found.fee, found.tax


@pytest.mark.parametrize(
    ("amount", "percent", "fee"),
    [
        (14400, "5", 720),
        (14400, "0", 0),
        (14400, "100", 14400),
        (10, "5", 1),  # 0.5 of a cent: half up
        (9, "5", 0),
        (30, "5", 2),  # 1.5, where half to even would say 2 as well
        (50, "5", 3),  # 2.5, where half to even would say 2
        (12345, "2.75", 339),
    ],
)
def test_a_percentage_is_rounded_half_up_once(amount, percent, fee):
    assert kept(amount, percent=D(percent)) == (fee, 0)


def test_a_percentage_has_a_least_and_a_most():
    bounds = {"percent": D(5), "floor": D("3.00"), "cap": D("20.00")}

    assert kept(4000, **bounds) == (300, 0)
    assert kept(10000, **bounds) == (500, 0)
    assert kept(100000, **bounds) == (2000, 0)


def test_the_tax_is_a_percentage_of_what_is_kept_and_comes_on_top():
    assert kept(14400, percent=D(5), tax_percent=D(16)) == (720, 115)
    assert kept(100000, percent=D(5), cap=D("20.00"), tax_percent=D(16)) == (2000, 320)


def test_a_fixed_amount_is_the_same_for_every_order():
    fixed = {"kind": "fixed", "fixed": D("3.00"), "tax_percent": D(16)}

    assert kept(4000, **fixed) == kept(400000, **fixed) == (300, 48)


def test_never_more_is_kept_than_the_goods_cost_tax_and_all():
    fixed = {"kind": "fixed", "fixed": D("3.00")}

    assert kept(250, **fixed) == (250, 0)
    assert kept(250, **fixed, tax_percent=D(16)) == (216, 34)
    assert kept(200, percent=D(5), floor=D("3.00")) == (200, 0)


@pytest.mark.parametrize("amount", [0, -5])
def test_of_nothing_nothing_is_kept(amount):
    assert kept_of(StallOrderCommission(kind="fixed", fixed=D(3), tax_percent=D(16)), amount, currency="MXN") == Kept()


def test_a_currency_without_cents_is_rounded_to_what_it_has():
    assert kept(1250, percent=D("5"), tax_percent=D(10), currency="JPY") == (63, 6)
