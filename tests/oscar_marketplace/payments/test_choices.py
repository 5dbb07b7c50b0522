"""What the payment step offers: each way says what it means for weighed and missing goods, or why it is not offered."""

from dataclasses import replace
from decimal import Decimal as D

import pytest

from oscar_marketplace.payments.choices import payment_choices
from oscar_marketplace.payments.providers.base import Capabilities
from tests.oscar_marketplace.payments import paper_bank


def offered(*, amount="50.00", currency="MXN", most=None):
    rows = payment_choices(amount=D(amount), currency=currency, stall_count=2, most=most)
    return {row.alias: row for row in rows}


@pytest.mark.parametrize(
    ("options", "most", "words"),
    [
        ({}, D("54.20"), "At most $54.20 is set aside; what your goods weigh when packed is taken."),
        ({}, None, "It is set aside now and taken when your goods are packed."),
        ({"LATER": False}, None, "You pay now; what weighs less or is not to be had goes back the way you paid."),
        (
            {"LATER": False, "REFUNDS": False},
            D("54.20"),
            "You pay now; what weighs less or is not to be had is given back to you at the market.",
        ),
    ],
)
def test_it_says_what_becomes_of_what_weighs_less(paper, options, most, words):
    paper.open(**options)

    assert offered(most=most)["paper"].hint == words


def test_cash_says_nothing_of_it_for_it_is_paid_at_the_counter(paper):
    assert offered()["cash"].hint == "You pay at 2 stalls when you pick up."


@pytest.mark.parametrize(
    ("limits", "asked", "why"),
    [
        ({"currencies": frozenset({"EUR"})}, {}, "It does not take MXN."),
        ({"least": 10_000}, {}, "Only from $100.00."),
        ({"most": 4_000}, {}, "Only up to $40.00."),
        ({"most": 5_300}, {"most": D("54.20")}, "Only up to $53.00."),
        ({"most": 5_420, "least": 5_000}, {"most": D("54.20")}, ""),
    ],
)
def test_out_of_its_bounds_it_is_not_offered_and_says_why(paper, monkeypatch, limits, asked, why):
    can = replace(Capabilities(captures_later=True), **limits)
    monkeypatch.setattr(paper_bank.PaperBank, "capabilities", lambda self, *, currency: can)

    assert offered(**asked)["paper"].why_not == why
