"""In which unit a vendor types an amount: the same when answering and when packing, wherever one unit says both.

Stall order lines hold every measure in the unit of the price. A vendor asked for mangos by the piece counts pieces and
then weighs them; a scale says 1040, not 1.040.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from oscar_marketplace.exceptions import BadNumber
from oscar_marketplace.listings.models import Unit
from oscar_marketplace.measures import say_measure
from oscar_marketplace.money import format_money
from oscar_marketplace.number_input import parse_decimal
from oscar_marketplace.orders.models import StallOrderLine
from oscar_marketplace.stall_area.shelf import currency_sign, plain_price

ONE, THOUSAND = Decimal(1), Decimal(1000)
THOUSANDTH = Decimal("0.001")
SMALLER = {Unit.Kind.WEIGHT: "g", Unit.Kind.VOLUME: "ml"}
#: What people write after a number -> grams, or millilitres.
WRITTEN = {
    Unit.Kind.WEIGHT: {"g": ONE, "gr": ONE, "kg": THOUSAND, "kilo": THOUSAND, "kilos": THOUSAND},
    Unit.Kind.VOLUME: {"ml": ONE, "l": THOUSAND},
}
#: Less than this part of what was asked for looks like kilos typed where grams are asked.
SUSPICIOUSLY_LITTLE = Decimal("0.1")


@dataclass(frozen=True)
class CounterUnit:
    """``whole`` in this unit is ``measure`` in the unit of the price; ``word`` stands beside the field.

    ``base_amount``: grams or millilitres in it, 0 where it is neither. ``currency``: it is money. ``written``: words a
    vendor may type after the number, in grams or millilitres.
    """

    word: str
    whole: Decimal
    measure: Decimal
    is_weighed: bool = False
    currency: str = ""
    base_amount: Decimal = Decimal(0)
    written: Mapping[str, Decimal] = field(default_factory=dict, hash=False)

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

    @property
    def sign(self) -> str:
        """What stands before the field of an amount of money."""
        return currency_sign(self.currency) if self.currency else ""

    def write(self, amount: Decimal) -> str:
        """The number as the field shows it."""
        return plain_price(amount) if self.currency else plain(amount)

    def say(self, amount: Decimal) -> str:
        """``550 g``, ``2 manojos``: the number as it is typed, so that what is read can be typed; ``$20.00``."""
        return format_money(amount, self.currency) if self.currency else f"{plain(amount)} {self.word}"

    def read(self, text: str) -> Decimal:
        """What a vendor typed, in this unit: ``300``, ``300 g``, ``0.3 kg``, ``0,3``, ``½``.

        Raises:
            BadNumber: see :func:`number_input.parse_decimal`.
        """
        word = _written_word(text)
        if word in self.written:
            number = parse_decimal(text.strip()[: -len(word)])
            return (number * self.written[word] / self.base_amount).quantize(THOUSANDTH, ROUND_HALF_UP)
        number = parse_decimal(text)
        # No scale at a market shows less than a gram: a part of one is what people call a part of a kilo.
        return number * THOUSAND if self.base_amount == ONE and number < 1 else number

    def say_typed(self, text: str) -> str:
        """What was typed, in words; as it stands where it is no number."""
        try:
            return self.say(self.read(text))
        except BadNumber:
            return text

    def is_suspiciously_little(self, text: str, amount: Decimal, promised: Decimal) -> bool:
        """Whether the typed ``amount`` looks like kilos where grams are asked; not where its unit stands beside it."""
        is_little = 0 < amount < self.from_measure(promised) * SUSPICIOUSLY_LITTLE
        return self.is_weighed and is_little and _written_word(text) not in self.written


def _written_word(text: str) -> str:
    """The letters at the end of what was typed."""
    return re.search(r"[a-z]*$", text.strip().lower()).group()


def plain(amount: Decimal) -> str:
    """A number without idle zeros: ``1040``, ``0.5``."""
    return format(amount.quantize(THOUSANDTH, ROUND_HALF_UP).normalize(), "f")


def ordered_amount(line: StallOrderLine) -> Decimal:
    """What the shopper picked, in order units (or in money, for goods ordered by amount)."""
    return line.steps * line.step


def unit_to_answer_in(line: StallOrderLine) -> CounterUnit:
    """What the scale shows for goods ordered by weight or volume, else the unit the shopper ordered in."""
    unit = line.order_unit
    if not line.by_amount and unit is not None and unit.kind != Unit.Kind.COUNT:
        return unit_to_pack_in(line)
    return _unit_ordered_in(line)


def unit_to_pack_in(line: StallOrderLine) -> CounterUnit:
    """What the scale shows for goods priced by weight or volume, else the unit the shopper ordered in."""
    unit = line.price_unit
    if line.by_amount or unit is None or unit.kind == Unit.Kind.COUNT:
        return _unit_ordered_in(line)
    word, base_amount = _word(unit, Decimal(2)), unit.base_amount
    # Goods picked by the whole kilo (a sack of potatoes) are spoken of in kilos; what is picked in parts of one, or by
    # the piece, is spoken of in grams: 300, not 0.3.
    if base_amount == THOUSAND and _step_in_base(line) < THOUSAND:
        word, base_amount = SMALLER[unit.kind], ONE
    return CounterUnit(
        word,
        line.ordered_measure * unit.base_amount / base_amount,
        line.ordered_measure,
        is_weighed=True,
        base_amount=base_amount,
        written=WRITTEN[unit.kind],
    )


def _step_in_base(line: StallOrderLine) -> Decimal:
    """Grams or millilitres in a step; 0 for what is counted."""
    unit = line.order_unit
    return line.step * unit.base_amount if unit is not None and unit.base_amount else Decimal(0)


def _unit_ordered_in(line: StallOrderLine) -> CounterUnit:
    whole = ordered_amount(line)
    if line.by_amount:
        return CounterUnit("", whole, line.ordered_measure, currency=line.stall_order.currency)
    return CounterUnit(_word(line.order_unit, whole), whole, line.ordered_measure)


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
        return unit.say(unit.from_measure(measure))
    return say_measure(measure, line.price_unit) if line.price_unit else plain(measure)


def _word(unit: Unit | None, amount: Decimal) -> str:
    if unit is None:
        return ""
    return unit.symbol or (unit.name if amount == 1 else unit.name_plural)
