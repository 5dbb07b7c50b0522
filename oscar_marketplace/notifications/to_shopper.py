"""Letters to the person who ordered, in their language, each with the link to the order's page."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy
from oscar.core.loading import get_model

from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.notifications.letters import Letter
from oscar_marketplace.notifications.recipients import shopper_of
from oscar_marketplace.notifications.words import moment_words, part_words, pick_up_words
from oscar_marketplace.orders.decisions import CANCEL_REST, KEEP, REFUND, REVIVE
from oscar_marketplace.orders.models import Decision, HandOver, StallOrder
from oscar_marketplace.orders.queries import order_parts
from oscar_marketplace.orders.states import LIVE, ChargeState, HandOverState, StallOrderState
from oscar_marketplace.orders.tracking import tracking_url
from oscar_marketplace.payments.instruction_words import transfer_names
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.settle import cash_due

S = StallOrderState
#: Why a part was cancelled, as the shopper is told.
REASONS = {
    "shopper": gettext_lazy("You cancelled it."),
    "rest_after_refusal": gettext_lazy("You cancelled the rest."),
    "nothing_left": gettext_lazy("There was nothing left of it."),
    "no_show": gettext_lazy("Nobody came for it in time."),
}
ANSWERS = {
    KEEP: gettext_lazy("Keep the rest: you pay %(amount)s in all."),
    CANCEL_REST: gettext_lazy("Cancel what no stall has accepted yet: you pay %(amount)s in all."),
    REVIVE: gettext_lazy("Order the same again with the money you paid: %(amount)s."),
    REFUND: gettext_lazy("Give the money back."),
}


def order_placed(payload: dict) -> list[Letter]:
    order = _order(payload)
    parts = list(order_parts(order))
    hand_overs = HandOver.objects.filter(order=order).select_related("market__operator", "wave").order_by("pk")

    def facts() -> dict[str, Any]:
        return {
            "parts": [part_words(part) for part in parts],
            "extras": [
                {"name": charge.name, "amount": format_money(charge.amount_incl_tax, order.currency)}
                for charge in order.order_charges.order_by("pk")
            ],
            "total": format_money(order.total_incl_tax, order.currency),
            "pick_ups": [{"market": each.market, "when": pick_up_words(each)} for each in hand_overs],
            "is_unpaid": any(part.state == S.AWAITING_PAYMENT for part in parts),
            "cash_stalls": sum(cash_due(part) is not None for part in parts),
            "transfer": _transfer_words(order, hand_overs),
        }

    return _to_shopper(order, "order_placed", gettext_lazy("Your order %(number)s"), facts)


def _transfer_words(order, hand_overs: Iterable[HandOver]) -> dict[str, Any] | None:
    """What to write into the transfer that is waited for; None if none is."""
    charge = Charge.objects.filter(order=order, state=ChargeState.ACTION_REQUIRED).order_by("-pk").first()
    told = charge.details.get("instructions") if charge else None
    if not told:
        return None
    market = next((each.market for each in hand_overs), None)
    zone = market.zone if market else timezone.get_default_timezone()
    names = transfer_names()
    return {
        "amount": format_money(from_minor(charge.requested, charge.currency), charge.currency),
        "rows": [{"label": names[name], "value": value} for name, value in told.items() if name in names],
        "until": moment_words(charge.expires_at, zone) if charge.expires_at else "",
    }


def order_expired(payload: dict) -> list[Letter]:
    order = _order(payload)
    if not order.stall_orders.filter(state=S.EXPIRED).exists():
        return []
    return _to_shopper(order, "order_expired", gettext_lazy("Your order %(number)s was not paid in time"))


def order_cut(payload: dict) -> list[Letter]:
    order = _order(payload)
    parts = _parts(payload["stall_orders"], states={S.CANCELLED})
    if not parts:
        return []

    def facts() -> dict[str, Any]:
        return {
            "sellers": [part.seller_name for part in parts],
            "reason": str(REASONS.get(parts[0].reason, "")),
            **_what_is_left(order),
        }

    return _to_shopper(order, "order_cut", gettext_lazy("Your order %(number)s: cancelled"), facts)


def stall_order_refused(payload: dict) -> list[Letter]:
    def facts(part: StallOrder) -> dict[str, Any]:
        return {
            "is_unanswered": part.state == S.UNANSWERED,
            "amount": format_money(part.placed_incl_tax, part.currency),
            **_what_is_left(part.order),
        }

    subject = gettext_lazy("Your order %(number)s: %(seller)s could not fill it")
    return _about_part(payload, "stall_order_refused", subject, facts, states={S.REJECTED, S.UNANSWERED})


def stall_order_shorted(payload: dict) -> list[Letter]:
    def facts(part: StallOrder) -> dict[str, Any]:
        return {"lines": [line for line in part_words(part).lines if line.now or line.is_none]}

    subject = gettext_lazy("Your order %(number)s: %(seller)s has less")
    return _about_part(payload, "stall_order_shorted", subject, facts, states={S.ACCEPTED, S.PREPARING, S.READY})


def stall_order_ready(payload: dict) -> list[Letter]:
    def facts(part: StallOrder) -> dict[str, Any]:
        cash = cash_due(part)
        return {
            "part": part_words(part),
            "bags": part.bags.count(),
            "cash": "" if cash is None else format_money(cash, part.currency),
            **_where(part.hand_over),
        }

    return _about_part(
        payload,
        "stall_order_ready",
        gettext_lazy("Ready to pick up: %(seller)s, order %(number)s"),
        facts,
        states={S.READY},
    )


def hand_over_waiting(payload: dict) -> list[Letter]:
    hand_over = _hand_over(payload)
    if hand_over.state != HandOverState.WAITING:
        return []
    subject = gettext_lazy("Ready to pick up: order %(number)s")
    return _to_shopper(hand_over.order, "hand_over_waiting", subject, lambda: _where(hand_over))


def decision_opened(payload: dict) -> list[Letter]:
    decision = Decision.objects.select_related("order", "stall_order").get(pk=payload["decision"])
    if decision.answered_at is not None:
        return []
    order = decision.order
    zone = _zone(order)

    def facts() -> dict[str, Any]:
        options = [{"code": each["code"], "words": _answer(each, order.currency)} for each in decision.options]
        return {
            "kind": decision.kind,
            "seller": decision.stall_order.seller_name if decision.stall_order else "",
            "is_unanswered": bool(decision.stall_order) and decision.stall_order.state == S.UNANSWERED,
            "options": options,
            "default": next(each["words"] for each in options if each["code"] == decision.default),
            "decide_by": moment_words(decision.decide_by, zone),
        }

    return _to_shopper(order, "decision_opened", gettext_lazy("A question about your order %(number)s"), facts)


def _answer(option: dict, currency: str) -> str:
    return str(ANSWERS[option["code"]]) % {"amount": format_money(Decimal(option["amount"]), currency)}


def _about_part(payload: dict, template: str, subject, facts, *, states: Iterable[str]) -> list[Letter]:
    """A letter about one part, unless it has moved on to another state meanwhile."""
    parts = _parts([payload["stall_order"]], states=states)
    if not parts:
        return []
    part = parts[0]
    return _to_shopper(part.order, template, subject, lambda: {"seller": part.seller_name, **facts(part)})


def _to_shopper(order, template: str, subject, facts=dict) -> list[Letter]:
    def all_facts() -> dict[str, Any]:
        return {"number": order.number, "link": tracking_url(order), **facts()}

    return [Letter(recipient, template, subject, all_facts) for recipient in shopper_of(order)]


def _what_is_left(order) -> dict[str, Any]:
    live = [part for part in order_parts(order) if part.state in LIVE]
    extras = sum(order.order_charges.values_list("amount_incl_tax", flat=True), Decimal(0)) if live else Decimal(0)
    total = sum((part.amount_due for part in live), extras)
    return {"left": [part.seller_name for part in live], "total": format_money(total, order.currency)}


def _where(hand_over: HandOver) -> dict[str, Any]:
    zone = hand_over.market.zone
    return {
        "market": hand_over.market,
        "code": hand_over.code,
        "when": pick_up_words(hand_over),
        "kept_until": moment_words(hand_over.hold_until, zone),
    }


def _zone(order):
    hand_over = HandOver.objects.filter(order=order).select_related("market__operator").order_by("pk").first()
    return hand_over.market.zone


def _order(payload: dict):
    return get_model("order", "Order").objects.get(pk=payload["order"])


def _parts(ids: list[int], *, states: Iterable[str]) -> list[StallOrder]:
    parts = StallOrder.objects.filter(pk__in=ids, state__in=states).order_by("sequence")
    return list(parts.select_related("order", "stall", "hand_over__market__operator", "hand_over__wave"))


def _hand_over(payload: dict) -> HandOver:
    return HandOver.objects.select_related("order", "market__operator", "wave").get(pk=payload["hand_over"])
