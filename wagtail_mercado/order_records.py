"""The door from staff's screens to what was ordered: to look at, never to change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from oscar_marketplace.markets.models import Market
from oscar_marketplace.money import format_money
from oscar_marketplace.orders.models import Contact, StallOrder
from oscar_marketplace.orders.queries import order_parts
from oscar_marketplace.orders.states import LIVE, StallOrderState
from oscar_marketplace.state_words import STALL_ORDER, state_word
from oscar_marketplace.storefront.order_lines import ShownPart, shown_part
from oscar_marketplace.storefront.order_timeline import timeline
from oscar_marketplace.storefront.times import say_wave
from wagtail_mercado.back_office import history_of, say_in_zone

__all__ = [
    "Contact",
    "OrderRecord",
    "StallOrder",
    "amount_of",
    "contact_for",
    "is_live",
    "market_of",
    "placed_on",
    "placed_words",
    "read_record",
    "stall_order_word",
    "stall_orders_of_register",
    "state_choices",
    "with_number",
]


#: Days that have midnights in every zone; the calendar's own ends have none.
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9000, 1, 1)


def stall_orders_of_register() -> QuerySet:
    """All parts of all orders, newest first, with nothing of who bought them; one statement."""
    return (
        StallOrder.objects.select_related("order", "hand_over__market__operator")
        .defer("order__guest_email")
        .order_by("-pk")
    )


def state_choices() -> list[tuple[str, Any]]:
    """States of a part with their words, in the order in which a part goes through them."""
    return [(state, STALL_ORDER[state].word) for state in StallOrderState.values]


def stall_order_word(part: StallOrder) -> str:
    return str(state_word(part.state, kind="stall_order").word)


def is_live(part: StallOrder) -> bool:
    """Whether it still may reach the shopper, or did."""
    return part.state in LIVE


def amount_of(part: StallOrder) -> str:
    """Tax included: as settled, or as placed until then."""
    return format_money(part.amount_due, part.currency)


def market_of(part: StallOrder) -> Market | str:
    return part.hand_over.market if part.hand_over else ""


def zone_of(part: StallOrder) -> ZoneInfo | None:
    return part.hand_over.market.zone if part.hand_over else None


def placed_words(part: StallOrder) -> str:
    return say_in_zone(part.order.date_placed, zone_of(part))


def with_number(parts: QuerySet, text: str) -> QuerySet:
    """Parts of the order with this number, or the one part whose own number it is; nothing else is searched."""
    number, _dash, sequence = text.strip().rpartition("-")
    wanted = Q(order__number__iexact=text.strip())
    if number and sequence.isascii() and sequence.isdigit() and len(sequence) < 4:
        wanted |= Q(order__number__iexact=number, sequence=int(sequence))
    return parts.filter(wanted)


def placed_on(parts: QuerySet, day: date) -> QuerySet:
    """Stall orders placed on a day, as each market's own calendar has it. Two statements."""
    if not FIRST_DAY <= day <= LAST_DAY:
        return parts.none()
    markets: dict[ZoneInfo, list[int]] = {}
    for market in Market.objects.select_related("operator"):
        markets.setdefault(market.zone, []).append(market.pk)
    wanted = Q(hand_over=None) & _placed_between(day, timezone.get_default_timezone())
    for zone, found in markets.items():
        wanted |= Q(hand_over__market__in=found) & _placed_between(day, zone)
    return parts.filter(wanted)


def _placed_between(day: date, zone) -> Q:
    starts, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    return Q(order__date_placed__gte=starts, order__date_placed__lt=ends)


@dataclass(frozen=True)
class OrderRecord:
    """One part with the others of its order; ``steps`` are the shopper's, ``history`` what was written down."""

    part: StallOrder
    shown: ShownPart
    state: str
    others: list[StallOrder]
    placed: str
    pickup: str
    placed_amount: str
    due_amount: str
    lines: list[dict[str, str]]
    steps: list[dict[str, Any]]
    history: list[dict[str, Any]]


def read_record(part: StallOrder, *, language: str) -> OrderRecord:
    """Everything about a part but who bought it. The number of statements does not depend on lines or parts."""
    now, zone = timezone.now(), zone_of(part)
    parts = list(order_parts(part.order))
    here = next(each for each in parts if each.pk == part.pk)
    shown = shown_part(here, now=now, language=language, can_cancel=False)
    at_market = [each for each in parts if each.hand_over_id == here.hand_over_id]
    charges = [share.charge for share in here.charge_shares.select_related("charge")]
    wave = here.hand_over.wave if here.hand_over else None
    return OrderRecord(
        part=here,
        shown=shown,
        state=stall_order_word(here),
        others=[each for each in parts if each.pk != here.pk],
        placed=placed_words(here),
        pickup=say_wave(wave, zone, now=now) if wave else "",
        placed_amount=format_money(shown.placed, here.currency),
        due_amount=format_money(shown.due, here.currency),
        lines=[_line_words(line, here.currency) for line in shown.lines],
        steps=timeline(at_market, order=here.order, zone=zone, now=now) if zone else [],
        history=history_of(_all_rows(here, charges), zone=zone),
    )


def _all_rows(part: StallOrder, charges: Iterable) -> list:
    return [part, part.order, part.hand_over, *part.decisions.all(), *charges]


def _line_words(line, currency: str) -> dict[str, str]:
    return {
        "name": line.name,
        "note": " · ".join(filter(None, [line.note, line.chip])),
        "amount": format_money(line.amount, currency),
        "old_amount": format_money(line.old_amount, currency),
    }


def contact_for(part: StallOrder, user) -> Contact | None:
    """Name, phone and e-mail of who bought, for those who may see them in Django's admin too.

    A blocked contact is out of sight for all but superusers.
    """
    if not (user.has_perm("oscar_marketplace.view_contact") or user.has_perm("oscar_marketplace.change_contact")):
        return None
    contacts = Contact.objects.filter(order=part.order_id)
    return (contacts if user.is_superuser else contacts.filter(blocked_at=None)).first()
