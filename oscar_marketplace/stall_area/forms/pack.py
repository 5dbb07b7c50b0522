"""Weigh and pack: what goes into the bags of each line, and how many bags there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.form_problems import Problem
from oscar_marketplace.orders.goods_names import GoodsName, name_at_stall
from oscar_marketplace.orders.models import StallOrderLine
from oscar_marketplace.picks import Pick, PickOne
from oscar_marketplace.stall_area.counter_units import (
    CounterUnit,
    plain,
    say_ordered,
    say_wish,
    unit_to_pack_in,
)
from oscar_marketplace.stall_area.forms.order_act import OrderActForm
from oscar_marketplace.stall_area.named_problems import named_problems
from oscar_marketplace.stall_area.number_field import TypedNumberField

MOST_BAGS = 6


@dataclass(frozen=True)
class PackRow:
    """One line to pack. ``question`` is what a second tap would say yes to, ``answer`` the value it sends."""

    line: StallOrderLine
    goods: GoodsName
    ordered: str
    wish: str
    unit: CounterUnit
    limit: str
    is_short: bool
    offered: str
    field: forms.BoundField | None
    question_name: str
    question: str
    answer: str


class PackForm(OrderActForm):
    """Cleans to ``packed``: line id -> measure in the unit of the price, and ``bags``."""

    bags = forms.TypedChoiceField(
        label=_("How many bags?"),
        coerce=int,
        choices=[(str(n), Pick(str(n), icon="bag")) for n in range(1, MOST_BAGS + 1)],
        widget=PickOne,
        initial="1",
        error_messages={"required": _("Say how many bags there are.")},
    )

    def __init__(self, lines: Sequence[StallOrderLine], data=None):
        super().__init__(data)
        self.lines = lines
        self.units = {line.pk: unit_to_pack_in(line) for line in lines}
        self.questions: dict[int, tuple[str, str]] = {}
        for line in self._lines_to_pack():
            self.fields[f"w{line.pk}"] = self._field(line)

    def _lines_to_pack(self) -> list[StallOrderLine]:
        return [line for line in self.lines if line.offered_measure != 0]

    def _field(self, line: StallOrderLine) -> TypedNumberField:
        unit = self.units[line.pk]
        promised = unit.from_measure(line.promised_measure)
        # What has to be weighed starts empty: a prefilled weight would be sent unweighed.
        shown = None if unit.is_weighed and line.is_estimated else promised
        return TypedNumberField(
            label=_what_to_write(unit),
            shown=shown,
            read=unit.read,
            initial=unit.write(shown) if shown is not None else None,
            limit=Decimal(10**8),
            error_messages={"required": _("Write how much you packed.")},
        )

    def clean(self):
        cleaned = super().clean()
        cleaned["packed"] = {line.pk: Decimal(0) for line in self.lines}
        for line in self._lines_to_pack():
            amount = cleaned.get(f"w{line.pk}")
            if amount is not None:
                cleaned["packed"][line.pk] = self._packed(line, amount)
        return cleaned

    def _packed(self, line: StallOrderLine, amount: Decimal) -> Decimal | None:
        unit = self.units[line.pk]
        measure = unit.to_measure(amount)
        if measure > line.most_to_pack:
            return self._over_bound(line, unit, amount)
        if unit.is_suspiciously_little(self._typed(f"w{line.pk}"), amount, line.promised_measure):
            return self._perhaps_kilos(line, unit, amount, measure)
        return measure

    def _over_bound(self, line: StallOrderLine, unit: CounterUnit, amount: Decimal) -> Decimal | None:
        bound = unit.from_measure(line.most_to_pack)
        words = {"over": unit.say(amount - bound), "bound": unit.say(bound)}
        answer = f"gift:{plain(amount)}"
        self.questions[line.pk] = (
            str(_("Yes, charge %(bound)s and give the rest as a gift") % words),
            answer,
        )
        if self._typed(f"c{line.pk}") == answer:
            return line.most_to_pack
        message = _(
            "That is %(over)s over the limit. Take a little out, or %(bound)s are charged and the rest is a gift."
        )
        self.add_error(f"w{line.pk}", ValidationError(message, code="over_bound", params=words))
        return None

    def _perhaps_kilos(self, line, unit: CounterUnit, amount: Decimal, measure: Decimal) -> Decimal | None:
        answer = f"little:{plain(amount)}"
        words = {
            "amount": unit.say(amount),
            "title": name_at_stall(line).text,
            "ordered": unit.say(unit.whole),
            "unit": unit.word,
        }
        self.questions[line.pk] = (str(_("Yes, %(amount)s is right") % words), answer)
        if self._typed(f"c{line.pk}") == answer:
            return measure
        message = _("Only %(amount)s? They asked for %(ordered)s. Write the weight in %(unit)s.")
        self.add_error(f"w{line.pk}", ValidationError(message, code="very_little", params=words))
        return None

    def problems(self) -> list[Problem]:
        """What is wrong, each with the goods it is about."""
        return named_problems(self, {f"w{line.pk}": name_at_stall(line).text for line in self.lines})

    def rows(self) -> list[PackRow]:
        """Every line: those to pack with their field, those there is nothing of with none."""
        # Cleaning is what asks the questions.
        _errors = self.errors
        return [self._row(line) for line in self.lines]

    def _row(self, line: StallOrderLine) -> PackRow:
        unit = self.units[line.pk]
        question, answer = self.questions.get(line.pk, ("", ""))
        return PackRow(
            line=line,
            goods=name_at_stall(line),
            ordered=say_ordered(line),
            wish=say_wish(line),
            unit=unit,
            limit=unit.say(unit.from_measure(line.most_to_pack)),
            is_short=line.offered_measure is not None and line.offered_measure < line.ordered_measure,
            offered=unit.say(unit.from_measure(line.promised_measure)),
            field=self[f"w{line.pk}"] if f"w{line.pk}" in self.fields else None,
            question_name=f"c{line.pk}",
            question=question,
            answer=answer,
        )

    def typed_words(self) -> list[str]:
        """What was weighed, in words, for a page on which it can no longer be sent."""
        typed = [(line, self._typed(f"w{line.pk}")) for line in self._lines_to_pack()]
        return [
            gettext("%(title)s: %(amount)s")
            % {"title": name_at_stall(line).text, "amount": self.units[line.pk].say_typed(text)}
            for line, text in typed
            if text
        ]


def _what_to_write(unit: CounterUnit):
    if unit.is_weighed:
        return _("Real weight")
    return _("For how much") if unit.currency else _("How many go in")
