"""The answer to an order: for each line there is, less or none."""

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
from oscar_marketplace.stall_area.counter_units import CounterUnit, say_ordered, say_wish, unit_to_answer_in
from oscar_marketplace.stall_area.forms.order_act import OrderActForm
from oscar_marketplace.stall_area.named_problems import named_problems
from oscar_marketplace.stall_area.number_field import TypedNumberField

YES, LESS, NO = "yes", "less", "no"
CHOICES = [
    (YES, _("There is")),
    (LESS, _("Less")),
    (NO, _("There is none")),
]


@dataclass(frozen=True)
class AnswerRow:
    """One line as ``components/answer_line.html`` draws it."""

    line: StallOrderLine
    goods: GoodsName
    name: str
    amount_name: str
    measure: str
    wish: str
    unit: CounterUnit
    answer: str
    amount: str
    error: str


class AnswerForm(OrderActForm):
    """Cleans to ``offers``: line id -> what there is of it, in the unit of the price; None when there is nothing."""

    def __init__(self, lines: Sequence[StallOrderLine], data=None):
        super().__init__(data)
        self.lines = lines
        self.units = {line.pk: unit_to_answer_in(line) for line in lines}
        for line in lines:
            self.fields[f"l{line.pk}"] = forms.ChoiceField(
                choices=CHOICES,
                error_messages=dict.fromkeys(["required", "invalid_choice"], _("Say whether there is any.")),
            )
            self.fields[f"a{line.pk}"] = TypedNumberField(required=False, read=self.units[line.pk].read)

    def clean(self):
        cleaned = super().clean()
        offers = {line.pk: self._offer(line, cleaned) for line in self.lines}
        cleaned["offers"] = offers if any(offers.values()) else None
        return cleaned

    def _offer(self, line: StallOrderLine, cleaned) -> Decimal | None:
        answer = cleaned.get(f"l{line.pk}")
        name = f"a{line.pk}"
        if answer == YES:
            # What stands in a field nobody is asked for does not count, readable or not.
            self._errors.pop(name, None)
            return line.ordered_measure
        if answer == NO:
            self._errors.pop(name, None)
            return Decimal(0)
        if answer != LESS or name in self.errors:
            return None
        unit = self.units[line.pk]
        amount = cleaned.get(name)
        words = {"ordered": say_ordered(line)}
        if amount is None:
            self._refuse(name, _("Write how much there is."), "missing", words)
        elif amount == 0:
            self._refuse(name, _("If there is nothing left, choose “There is none”."), "nothing", words)
        elif amount >= unit.whole:
            self._refuse(name, _("They asked for %(ordered)s. Write less, or choose “There is”."), "not_less", words)
        elif unit.is_suspiciously_little(self._typed(name), amount, line.ordered_measure):
            words |= {"amount": unit.say(amount), "larger": unit.say(unit.whole)}
            message = _("Only %(amount)s? They asked for %(larger)s. If it is right, write “%(amount)s”.")
            self._refuse(name, message, "very_little", words)
        else:
            return unit.to_measure(amount)
        return None

    def _refuse(self, name: str, message, code: str, words: dict) -> None:
        self.add_error(name, ValidationError(message, code=code, params=words))

    def problems(self) -> list[Problem]:
        """What is wrong, each with the goods it is about."""
        titles = {f"{letter}{line.pk}": name_at_stall(line).text for line in self.lines for letter in "al"}
        return named_problems(self, titles)

    def rows(self) -> list[AnswerRow]:
        """The lines with what was answered so far."""
        return [
            AnswerRow(
                line=line,
                goods=name_at_stall(line),
                name=f"l{line.pk}",
                amount_name=f"a{line.pk}",
                measure=say_ordered(line),
                wish=say_wish(line),
                unit=self.units[line.pk],
                answer=self._typed(f"l{line.pk}"),
                amount=self._typed(f"a{line.pk}"),
                error=" ".join(self.errors.get(f"a{line.pk}", [])) if self.is_bound else "",
            )
            for line in self.lines
        ]

    def typed_words(self) -> list[str]:
        """What was answered, in words, for a page on which it can no longer be sent."""
        labels = dict(CHOICES)
        said = []
        for line in self.lines:
            answer = self._typed(f"l{line.pk}")
            if answer not in labels:
                continue
            words = {"title": name_at_stall(line).text, "answer": labels[answer]}
            if answer == LESS:
                words["amount"] = self.units[line.pk].say_typed(self._typed(f"a{line.pk}"))
                said.append(gettext("%(title)s: %(answer)s, %(amount)s") % words)
            else:
                said.append(gettext("%(title)s: %(answer)s") % words)
        return said
