"""In which unit a vendor types an amount: as the shopper said it when answering, as the scale shows it when packing.

Stall order lines hold every measure in the unit of the price. A vendor asked for mangos by the piece counts pieces, and
a scale says 1040, not 1.040.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from oscar_marketplace.listings.models import Unit
from oscar_marketplace.measures import say_measure
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.models import StallOrderLine

THOUSAND = Decimal(1000)
THOUSANDTH = Decimal("0.001")
SMALLER = {Unit.Kind.WEIGHT: "g", Unit.Kind.VOLUME: "ml"}


@dataclass(frozen=True)
class CounterUnit:
    """``whole`` in this unit is ``measure`` in the unit of the price; ``word`` stands beside the field."""

    word: str
    whole: Decimal
    measure: Decimal
    is_weighed: bool = False

    def to_measure(self, typed: Decimal) -> Decimal:
        """What was typed, in the unit of the price; the whole gives exactly the whole."""
        if typed == self.whole:
            return self.measure
        return (typed * self.measure / self.whole).quantize(THOUSANDTH, ROUND_HALF_UP)

    def from_measure(self, measure: Decimal) -> Decimal:
        """A measure of the line in this unit."""
        if measure == self.measure:
            return self.whole
        return (measure * self.whole / self.measure).quantize(THOUSANDTH, ROUND_HALF_UP)

    def say(self, amount: Decimal) -> str:
        """``550 g``, ``2 manojos``: the number as it is typed, so that what is read can be typed."""
        return f"{plain(amount)} {self.word}"


def plain(amount: Decimal) -> str:
    """A number without idle zeros: ``1040``, ``0.5``."""
    return format(amount.quantize(THOUSANDTH, ROUND_HALF_UP).normalize(), "f")


def ordered_amount(line: StallOrderLine) -> Decimal:
    """What the shopper picked, in order units (or in money, for goods ordered by amount)."""
    return line.steps * line.step


def unit_to_answer_in(line: StallOrderLine) -> CounterUnit:
    """The unit the shopper ordered in: "how much is there?" is answered in the words of the question."""
    whole = ordered_amount(line)
    if line.by_amount:
        return CounterUnit(line.stall_order.currency, whole, line.ordered_measure)
    return CounterUnit(_word(line.order_unit, whole), whole, line.ordered_measure)


def unit_to_pack_in(line: StallOrderLine) -> CounterUnit:
    """What the scale shows for goods priced by weight or volume, else the unit the shopper ordered in."""
    unit = line.price_unit
    if line.by_amount or unit is None or unit.kind == Unit.Kind.COUNT:
        return unit_to_answer_in(line)
    if unit.base_amount == THOUSAND:
        return CounterUnit(SMALLER[unit.kind], line.ordered_measure * THOUSAND, line.ordered_measure, is_weighed=True)
    return CounterUnit(_word(unit, Decimal(2)), line.ordered_measure, line.ordered_measure, is_weighed=True)


def say_ordered(line: StallOrderLine) -> str:
    """What was ordered as the shopper said it: ``¾ kg``, ``2 piezas (unos 600 g)``, ``$20.00``."""
    whole = ordered_amount(line)
    if line.by_amount:
        return format_money(whole, line.stall_order.currency)
    if line.order_unit is None:
        return plain(whole)
    said = say_measure(whole, line.order_unit)
    if line.price_unit is None or line.price_unit.kind == line.order_unit.kind:
        return said
    return _("%(amount)s (about %(weight)s)") % {
        "amount": said,
        "weight": say_measure(line.ordered_measure, line.price_unit),
    }


def say_wish(line: StallOrderLine) -> str:
    """How the shopper wants it, in one line: the preparation and their own words."""
    return " · ".join(filter(None, [line.preparation, line.note]))


def say_in_price_unit(line: StallOrderLine, measure: Decimal) -> str:
    """A measure of a line in words: what was offered or packed."""
    if line.by_amount:
        unit = unit_to_answer_in(line)
        return format_money(unit.from_measure(measure), line.stall_order.currency)
    return say_measure(measure, line.price_unit) if line.price_unit else plain(measure)


def _word(unit: Unit | None, amount: Decimal) -> str:
    if unit is None:
        return ""
    return unit.symbol or (unit.name if amount == 1 else unit.name_plural)
