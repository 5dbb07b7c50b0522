"""One stall's part of an order in words: what was asked for, what there was, what it costs now."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from oscar_marketplace.measures import say_measure
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.models import StallOrder, StallOrderLine
from oscar_marketplace.orders.places import say_place
from oscar_marketplace.orders.states import RELEASED, StallOrderState


@dataclass(frozen=True)
class ShownOrderLine:
    """``old_amount`` is what was agreed where it is no longer what is paid; ``chip`` says that something is missing."""

    name: str
    icon: str
    hue: str
    note: str
    amount: Decimal | None
    old_amount: Decimal | None
    chip: str


@dataclass(frozen=True)
class ShownPart:
    """A stall's part. ``placed`` and ``due`` are amounts, tax included."""

    part: StallOrder
    state: str
    place: str
    language: str
    lines: list[ShownOrderLine]
    placed: Decimal
    due: Decimal
    can_cancel: bool


def shown_state(part: StallOrder, *, now: datetime) -> str:
    """The state a shopper is told: a refusal that may still be taken back has not been said yet."""
    may_be_taken_back = part.undo_until is not None and part.undo_until > now and part.undo_state
    if part.state == StallOrderState.REJECTED and may_be_taken_back:
        return part.undo_state
    return part.state


def shown_part(part: StallOrder, *, now: datetime, language: str, can_cancel: bool) -> ShownPart:
    state = shown_state(part, now=now)
    is_off = state in RELEASED
    return ShownPart(
        part=part,
        state=state,
        place=say_place(part),
        language=language,
        lines=[_line(line, part.currency, is_off=is_off) for line in part.lines.all()],
        placed=part.placed_incl_tax,
        due=Decimal(0) if is_off else part.amount_due,
        can_cancel=can_cancel,
    )


def _line(line: StallOrderLine, currency: str, *, is_off: bool) -> ShownOrderLine:
    amount = Decimal(0) if is_off else line.amount
    has_changed = amount != line.placed_incl_tax
    words = [_measure_words(line, currency), line.preparation, line.note]
    return ShownOrderLine(
        name=line.title,
        icon=line.icon,
        hue=line.hue,
        note=" · ".join(filter(None, words)),
        amount=None if has_changed and not amount else amount,
        old_amount=line.placed_incl_tax if has_changed else None,
        chip=pgettext("goods", "Ran short") if _is_short(line) and not is_off else "",
    )


def _is_short(line: StallOrderLine) -> bool:
    there_is = line.offered_measure if line.packed_measure is None else line.packed_measure
    if there_is is None:
        return False
    # A few grams less than asked for are what scales show, not a shortage.
    return there_is < line.ordered_measure * (Decimal("0.9") if line.is_estimated else 1)


def _measure_words(line: StallOrderLine, currency: str) -> str:
    asked = _asked(line, currency)
    if line.price_unit is None:
        return asked
    if line.packed_measure is not None:
        return _packed_words(line, asked)
    if line.offered_measure is not None and line.offered_measure < line.ordered_measure:
        offered = say_measure(line.offered_measure, line.price_unit)
        if not line.offered_measure:
            return _("You asked for %(asked)s, there was none") % {"asked": asked}
        return _("You asked for %(asked)s, the stall has %(offered)s") % {"asked": asked, "offered": offered}
    return _("%(asked)s, to be weighed") % {"asked": asked} if line.is_estimated else asked


def _packed_words(line: StallOrderLine, asked: str) -> str:
    if not line.packed_measure:
        return _("You asked for %(asked)s, there was none") % {"asked": asked}
    if line.packed_measure == line.ordered_measure:
        return asked
    words = {"asked": asked, "packed": say_measure(line.packed_measure, line.price_unit)}
    if line.is_estimated:
        return _("You asked for %(asked)s, it weighed %(packed)s") % words
    return _("You asked for %(asked)s, there was %(packed)s") % words


def _asked(line: StallOrderLine, currency: str) -> str:
    amount = line.step * line.steps
    if line.by_amount:
        return format_money(amount, currency)
    return say_measure(amount, line.order_unit) if line.order_unit else str(line.steps)
