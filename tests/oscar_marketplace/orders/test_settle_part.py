"""Final amounts: lines sum to the part, packed as ordered keeps the cents, nothing is negative (property tests)."""

from decimal import ROUND_HALF_UP
from decimal import Decimal as D

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.orders.settle_part import final_amounts, packed_steps, settle_amounts
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import new_parts

cents = st.integers(500, 39999).map(lambda n: D(n) / 100)
grams = st.integers(1, 20000).map(lambda n: D(n) / 1000)
rates = st.sampled_from([D(0), D("0.04"), D("0.10"), D("0.16"), D("0.21")])


def cent(amount):
    return amount.quantize(D("0.01"), ROUND_HALF_UP)


@st.composite
def lines(draw):
    """A line as it is placed: price x measure less a discount, with its tax taken out."""
    price, ordered, rate = draw(cents), draw(grams), draw(rates)
    gross = cent(price * ordered)
    discount = cent(gross * D(draw(st.integers(0, 100))) / 100)
    incl = gross - discount
    return StallOrderLine(
        price=price,
        tax_rate=rate,
        steps=draw(st.integers(1, 200)),
        ordered_measure=ordered,
        placed_incl_tax=incl,
        placed_excl_tax=cent(incl / (1 + rate)),
        placed_discount=discount,
    )


@given(lines())
def test_packed_as_ordered_costs_what_it_cost(line):
    assert final_amounts(line, line.ordered_measure, currency="MXN") == (line.placed_incl_tax, line.placed_excl_tax)


@given(lines(), grams)
def test_amounts_are_whole_cents_never_negative_and_never_above_the_price(line, packed):
    incl, excl = final_amounts(line, packed, currency="MXN")

    assert incl == cent(incl) and excl == cent(excl)
    assert 0 <= excl <= incl <= cent(line.price * packed)


@given(lines())
def test_nothing_packed_costs_nothing(line):
    assert final_amounts(line, D(0), currency="MXN") == (0, 0)


def test_the_discount_follows_the_measure():
    line = StallOrderLine(
        price=D("100.00"),
        tax_rate=D("0.16"),
        ordered_measure=D(1),
        placed_incl_tax=D("90.00"),
        placed_excl_tax=D("77.59"),
        placed_discount=D("10.00"),
    )

    assert final_amounts(line, D("0.755"), currency="MXN") == (D("67.95"), D("58.58"))


def test_a_currency_without_cents_is_rounded_to_its_own():
    line = StallOrderLine(price=D(333), tax_rate=D(0), ordered_measure=D(2), placed_discount=D(0))

    assert final_amounts(line, D("1.5"), currency="JPY") == (D(500), D(500))


@pytest.mark.parametrize(
    ("packed", "steps"), [("1", 4), ("0.75", 3), ("0.751", 4), ("0.001", 1), ("0", 0), ("1.100", 4)]
)
def test_begun_steps_are_used_up_whole_and_never_more_than_promised(packed, steps):
    line = StallOrderLine(steps=4, ordered_measure=D(1), packed_measure=D(packed))

    assert packed_steps(line) == steps


@pytest.mark.django_db
def test_the_part_is_the_sum_of_its_lines():
    stall = factories.make_stall()
    listings = [
        factories.make_listing(stall=stall, title=f"Cosa {n}", price=price, tax_rate=rate, is_estimated=True)
        for n, (price, rate) in enumerate([("32.49", "0"), ("19.99", "0.16"), ("7.77", "0.16")])
    ]
    [part] = new_parts([(listing, 7) for listing in listings])
    part_lines = list(part.lines.all())

    @settings(max_examples=40, deadline=None)
    @given(st.lists(grams, min_size=3, max_size=3))
    def sums(packed):
        settle_amounts(part, part_lines, {line.pk: measure for line, measure in zip(part_lines, packed, strict=True)})
        part.save()

        stored = StallOrder.objects.get(pk=part.pk)
        rows = list(stored.lines.all())
        assert stored.final_incl_tax == sum(row.final_incl_tax for row in rows)
        assert stored.final_excl_tax == sum(row.final_excl_tax for row in rows)
        assert [row.final_incl_tax for row in rows] == [cent(row.price * row.packed_measure) for row in rows]

    sums()
