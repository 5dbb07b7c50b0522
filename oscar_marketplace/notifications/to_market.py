"""Letters to stalls and to the desk. They never hold the shopper's name, phone, e-mail or code."""

from typing import Any

from django.utils.translation import gettext_lazy

from oscar_marketplace.notifications.letters import Letter
from oscar_marketplace.notifications.recipients import desk_of, members_of
from oscar_marketplace.notifications.words import moment_words, part_words, pick_up_words, stall_order_url
from oscar_marketplace.orders.hand_over_state import NO_SHOW
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.states import StallOrderState

S = StallOrderState
#: Why a part was cancelled, as the stall is told.
REASONS = {
    "shopper": gettext_lazy("The shopper cancelled it."),
    "rest_after_refusal": gettext_lazy("Another stall could not fill its part, and the shopper cancelled the rest."),
    "nothing_left": gettext_lazy("There was nothing left of it at the stall."),
    NO_SHOW: gettext_lazy("Nobody came for it in time."),
}


def stall_order_new(payload: dict) -> list[Letter]:
    def facts(part: StallOrder) -> dict[str, Any]:
        zone = part.hand_over.market.zone if part.hand_over else None
        return {
            "part": part_words(part, at_stall=True),
            "is_accepted": part.state != S.NEW,
            "accept_by": moment_words(part.accept_by, zone) if part.state == S.NEW else "",
            "ready_by": moment_words(part.ready_by, zone),
            "market": part.hand_over.market if part.hand_over else None,
            "when": pick_up_words(part.hand_over),
        }

    subject = gettext_lazy("New order %(short_number)s: %(total)s")
    return _to_stall(payload, "stall_order_new", subject, facts, states={S.NEW, S.ACCEPTED, S.PREPARING, S.READY})


def part_cancelled(payload: dict) -> list[Letter]:
    def facts(part: StallOrder) -> dict[str, Any]:
        return {"reason": str(REASONS.get(part.reason, ""))}

    return _to_stall(
        payload, "part_cancelled", gettext_lazy("Order %(short_number)s was cancelled"), facts, states={S.CANCELLED}
    )


def desk_code_locked(payload: dict) -> list[Letter]:
    hand_over = HandOver.objects.select_related("order", "market__operator").get(pk=payload["hand_over"])

    def facts() -> dict[str, Any]:
        return {
            "number": hand_over.order.number,
            "market": hand_over.market.name,
            "until": moment_words(hand_over.locked_until, hand_over.market.zone),
        }

    subject = gettext_lazy("Wrong pick-up codes for order %(number)s at %(market)s")
    return [Letter(recipient, "desk_code_locked", subject, facts) for recipient in desk_of(hand_over.market.operator)]


def _to_stall(payload: dict, template: str, subject, facts, *, states) -> list[Letter]:
    """A letter to everybody at the stall about its part, unless it has moved on meanwhile."""
    parts = StallOrder.objects.filter(pk=payload["stall_order"], state__in=states, stall__isnull=False)
    part = parts.select_related("order", "stall", "hand_over__market__operator", "hand_over__wave").first()
    if part is None:
        return []

    def all_facts() -> dict[str, Any]:
        return {
            "short_number": part.short_number,
            "total": part_words(part).total,
            "link": stall_order_url(part),
            **facts(part),
        }

    return [Letter(recipient, template, subject, all_facts) for recipient in members_of(part.stall)]
