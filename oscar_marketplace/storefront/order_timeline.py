"""How far the parts of one market are, as the few steps a shopper cares about."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import LIVE, StallOrderState
from oscar_marketplace.storefront.order_lines import shown_state
from oscar_marketplace.storefront.times import say_moment

S = StallOrderState
ANSWERED = LIVE - {S.NEW}
PACKED = {S.READY, S.HANDED_OVER, S.DELIVERED, S.COMPLETED}
FETCHED = {S.DELIVERED, S.COMPLETED}


def timeline(parts: list[StallOrder], *, order, zone: ZoneInfo, now: datetime) -> list[dict[str, Any]]:
    """Events for ``components/timeline.html``; nothing for parts that were all called off."""
    states = {part.pk: shown_state(part, now=now) for part in parts}
    live = [part for part in parts if states[part.pk] in LIVE]
    if not live:
        return []
    steps = [(_("We received your order"), True, "", say_moment(order.date_placed, zone, now=now))]
    for words, done in ((_answer_words(len(live)), ANSWERED), (_packing_words(), PACKED), (_fetching_words(), FETCHED)):
        missing = [part.seller_name for part in live if states[part.pk] not in done]
        steps.append((words[not missing], not missing, _still_missing(missing, live), ""))
    return _events(steps)


def _answer_words(n: int) -> tuple[str, str]:
    """What is said before and after it is done."""
    before = ngettext("The stall answers", "The %(n)d stalls answer", n)
    return before % {"n": n}, ngettext("The stall accepted", "The %(n)d stalls accepted", n) % {"n": n}


def _packing_words() -> tuple[str, str]:
    return _("Packing your bags"), _("Your bags are packed")


def _fetching_words() -> tuple[str, str]:
    return _("You pick them up"), _("You picked them up")


def _still_missing(missing: list[str], live: list[StallOrder]) -> str:
    # With all of them missing the list says nothing that the step does not.
    if not missing or len(missing) == len(live):
        return ""
    return _("Still to come: %(stalls)s") % {"stalls": get_text_list(missing, _("and"))}


def _events(steps: list[tuple[str, bool, str, str]]) -> list[dict[str, Any]]:
    current = next((n for n, (_text, is_done, _note, _time) in enumerate(steps) if not is_done), None)
    return [
        {
            "text": text,
            "is_done": is_done,
            "is_current": n == current,
            "note": note if n == current else "",
            "time": time,
        }
        for n, (text, is_done, note, time) in enumerate(steps)
    ]
