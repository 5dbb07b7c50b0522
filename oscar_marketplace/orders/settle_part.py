"""What a stall order comes to in the end: amounts of what was packed, and what becomes of the counted stock."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, Decimal

from oscar_marketplace.listings.allocate import consume, give_back
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.listings.price import measure_amount
from oscar_marketplace.money import quantise, without_tax
from oscar_marketplace.orders.models import StallOrder, StallOrderLine

NOTHING = Decimal("0.00")


def final_amounts(line: StallOrderLine, packed: Decimal, *, currency: str) -> tuple[Decimal, Decimal]:
    """Amount of ``packed`` price units of a line, with and without tax.

    Packed as ordered, it costs what it cost when it was placed, to the cent. Else the price of the packed measure
    less the discount in proportion, rounded half up, never below zero.
    """
    if packed == line.ordered_measure:
        return line.placed_incl_tax, line.placed_excl_tax
    discount = NOTHING
    if line.placed_discount and line.ordered_measure:
        discount = quantise(line.placed_discount * packed / line.ordered_measure, currency)
    incl_tax = max(measure_amount(line.price, packed, currency) - discount, NOTHING)
    return incl_tax, without_tax(incl_tax, line.tax_rate, currency)


def settle_amounts(row: StallOrder, lines: Iterable[StallOrderLine], packed: Mapping[int, Decimal]) -> None:
    """Write what was packed (line pk -> measure) and what it costs; the part is the sum of its lines.

    Saves the lines; the caller saves ``row``.
    """
    lines = list(lines)
    for line in lines:
        line.packed_measure = packed[line.pk]
        line.final_incl_tax, line.final_excl_tax = final_amounts(line, line.packed_measure, currency=row.currency)
    StallOrderLine.objects.bulk_update(lines, ["packed_measure", "final_incl_tax", "final_excl_tax"])
    row.final_incl_tax = sum((line.final_incl_tax for line in lines), NOTHING)
    row.final_excl_tax = sum((line.final_excl_tax for line in lines), NOTHING)


def packed_steps(line: StallOrderLine) -> int:
    """Steps of counted stock that were packed, rounded up; never more than were promised."""
    if not line.ordered_measure or line.packed_measure is None:
        return line.steps
    exact = line.packed_measure * line.steps / line.ordered_measure
    return min(line.steps, int(exact.to_integral_value(ROUND_CEILING)))


def take_goods(row: StallOrder, *, now: datetime) -> None:
    """The packed goods left the counter for good: use up their stock and give back what was not packed. Once.

    The stock was locked before ``row``.
    """
    if row.released_at is not None:
        return
    lines = {line.order_line_id: line for line in row.lines.all() if line.order_line_id}
    consume({pk: packed_steps(line) for pk, line in lines.items()})
    give_back(dict.fromkeys(lines))
    row.released_at = now


def release_goods(row: StallOrder, *, now: datetime) -> None:
    """Nothing of this part reaches the shopper: it costs nothing, and its goods are free unless they were used up.

    The stock was locked before ``row``.
    """
    if row.released_at is None:
        order_lines = row.lines.filter(order_line__isnull=False).values_list("order_line", flat=True)
        give_back(dict.fromkeys(order_lines))
        StockHold.objects.filter(order_line__stall_order_line__stall_order=row).delete()
        row.released_at = now
    row.lines.update(final_incl_tax=NOTHING, final_excl_tax=NOTHING)
    row.final_incl_tax = row.final_excl_tax = NOTHING
