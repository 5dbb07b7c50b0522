"""Goods, amounts and times in the words of the active language, ready to be put into a message."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from babel.core import UnknownLocaleError
from babel.dates import format_datetime
from django.urls import reverse
from django.utils import formats, translation
from django.utils.translation import gettext as _

from oscar_marketplace.conf import settings
from oscar_marketplace.measures import say_measure
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.goods_names import NAMED_BY, name_at_stall
from oscar_marketplace.orders.models import HandOver, StallOrder, StallOrderLine
from oscar_marketplace.orders.places import say_place


@dataclass(frozen=True)
class LineWords:
    """One line of a stall order. ``now`` is what there is of it where that is another amount than ``ordered``."""

    title: str
    ordered: str
    now: str
    is_none: bool
    amount: str
    wish: str


@dataclass(frozen=True)
class PartWords:
    """One stall's part."""

    seller: str
    where: str
    total: str
    lines: list[LineWords]


def line_words(line: StallOrderLine, currency: str, *, title: str = "") -> LineWords:
    """``title``: what the goods are called, where not as the shopper bought them."""
    there_is = line.offered_measure if line.packed_measure is None else line.packed_measure
    is_other = there_is is not None and there_is != line.ordered_measure
    return LineWords(
        title=title or line.title,
        ordered=ordered_words(line, currency),
        now=_say(there_is, line.price_unit) if is_other and there_is else "",
        is_none=is_other and not there_is,
        amount=format_money(line.amount, currency),
        wish=" · ".join(filter(None, [line.preparation, line.note])),
    )


def ordered_words(line: StallOrderLine, currency: str) -> str:
    """What was picked, as the shopper picked it: ``¾ kg``, ``2 pieces``, ``$20.00``."""
    amount = line.step * line.steps
    return format_money(amount, currency) if line.by_amount else _say(amount, line.order_unit)


def _say(measure: Decimal, unit) -> str:
    return say_measure(measure, unit) if unit else f"{measure.normalize():f}"


def part_words(part: StallOrder, *, at_stall: bool = False) -> PartWords:
    """``at_stall``: the goods as the stall calls them, not as the shopper bought them."""
    lines = part.lines.select_related("order_unit", "price_unit", *([NAMED_BY] if at_stall else [])).order_by("pk")
    return PartWords(
        seller=part.seller_name,
        where=say_place(part),
        total=format_money(part.amount_due, part.currency),
        lines=[line_words(line, part.currency, title=name_at_stall(line).text if at_stall else "") for line in lines],
    )


def moment_words(moment: datetime | None, zone) -> str:
    """``Saturday 21, 12:00`` in the market's zone, as it stands inside a sentence: ``sábado 21, 12:00``."""
    if moment is None:
        return ""
    try:
        # Django capitalises days in es-MX, as for a heading; Unicode CLDR does as people write.
        locale = translation.to_locale(translation.get_language() or "en")
        return format_datetime(moment, "EEEE d, H:mm", tzinfo=zone, locale=locale)
    except UnknownLocaleError:
        return formats.date_format(moment.astimezone(zone), "l j, G:i")


def pick_up_words(hand_over: HandOver | None) -> str:
    """When the shopper comes: ``Saturday 21, 12:00 – 14:00``; empty where no time was chosen."""
    if hand_over is None or hand_over.wave is None:
        return ""
    zone, wave = hand_over.market.zone, hand_over.wave
    return _("%(start)s – %(end)s") % {
        "start": moment_words(wave.starts_at, zone),
        "end": formats.date_format(wave.ends_at.astimezone(zone), "G:i"),
    }


def stall_order_url(part: StallOrder) -> str:
    """Whole address of the stall's page for this order; its members sign in there."""
    path = reverse("stall:order", kwargs={"slug": part.stall.slug, "pk": part.pk})
    return settings.SITE_URL.rstrip("/") + path
