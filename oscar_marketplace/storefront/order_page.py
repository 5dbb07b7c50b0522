"""The order page as data: the question first, then paying, picking up, the stalls and the account."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.day_words import say_whole_day
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.money import format_money, from_minor
from oscar_marketplace.orders.cancel import SHOPPER_MAY
from oscar_marketplace.orders.models import Decision, HandOver, OrderCharge, StallOrder
from oscar_marketplace.orders.places import say_place
from oscar_marketplace.orders.queries import order_parts, order_state
from oscar_marketplace.orders.states import LIVE, ChargeState, RefundState, StallOrderState
from oscar_marketplace.payments.instruction_words import transfer_names
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.storefront.order_lines import ShownPart, shown_part
from oscar_marketplace.storefront.order_timeline import timeline
from oscar_marketplace.storefront.page import tel_url
from oscar_marketplace.storefront.shown_language import shown_language
from oscar_marketplace.storefront.times import say_moment, say_wave

S = StallOrderState
#: A charge that may still become money.
UNDER_WAY = {ChargeState.CREATED, ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING}
#: Its shopper has to do something by what we told them.
TO_BE_SENT = {ChargeState.ACTION_REQUIRED, ChargeState.PARTIALLY_PAID}
PAID = {ChargeState.CAPTURED, ChargeState.AUTHORISED}


@dataclass
class OrderFacts:
    """Everything read of an order; the number of statements does not depend on its stalls and lines."""

    order: Any
    parts: list[StallOrder]
    charges: list[Charge]
    extras: list[OrderCharge]
    refunds: list[Refund]
    question: Decision | None
    held_until: datetime | None
    now: datetime

    @property
    def state(self) -> str:
        return order_state(part.state for part in self.parts)

    @property
    def operator(self) -> Operator | None:
        return next((part.stall.operator for part in self.parts if part.stall), None)

    @property
    def zone(self) -> ZoneInfo:
        market = next((part.hand_over.market for part in self.parts if part.hand_over), None)
        if market is not None:
            return market.zone
        return ZoneInfo(self.operator.time_zone) if self.operator else timezone.get_default_timezone()

    @property
    def awaiting(self) -> list[StallOrder]:
        return [part for part in self.parts if part.state == S.AWAITING_PAYMENT]

    @property
    def left_to_pay(self) -> Decimal:
        extras = sum((extra.amount_incl_tax for extra in self.extras), Decimal(0))
        return sum((part.amount_due for part in self.awaiting), extras)


def read_order(order, *, now: datetime) -> OrderFacts:
    return OrderFacts(
        order=order,
        parts=list(order_parts(order)),
        charges=list(Charge.objects.filter(order=order).order_by("pk")),
        extras=list(OrderCharge.objects.filter(order=order)),
        refunds=list(Refund.objects.filter(charge__order=order).order_by("pk")),
        question=Decision.objects.filter(order=order, answered_at=None, decide_by__gt=now).order_by("pk").first(),
        held_until=StockHold.objects.filter(order_line__order=order).aggregate(until=Min("expires_at"))["until"],
        now=now,
    )


def headline(facts: OrderFacts) -> str:
    """What matters most now, as the page's title."""
    if facts.question is not None:
        return _("There is a question for you")
    if facts.state == "awaiting_payment":
        if transfer_words(facts) is not None:
            return _("Your order is waiting for your transfer")
        return _("Your order is waiting for its payment")
    states = {part.state for part in facts.parts}
    if facts.state == "cancelled":
        return _("The time to pay ran out") if states == {S.EXPIRED} else _("Your order was cancelled")
    if facts.state == "completed":
        return _("You picked up your order")
    if states & {S.READY, S.HANDED_OVER} and not states & {S.NEW, S.ACCEPTED, S.PREPARING}:
        return _("Your order is ready to pick up")
    if facts.state == "new":
        return _("We received your order")
    return _("Your order is being prepared")


def placed_words(facts: OrderFacts) -> str:
    """Number and day: ``Order 7KM2Q9XA · Saturday, November 21``."""
    day = say_whole_day(facts.order.date_placed.astimezone(facts.zone))
    return _("Order %(number)s · %(day)s") % {"number": facts.order.number, "day": day}


def question_words(facts: OrderFacts) -> dict[str, Any] | None:
    """The open question with its options in words and exact amounts."""
    question = facts.question
    if question is None:
        return None
    about = next((part for part in facts.parts if part.pk == question.stall_order_id), None)
    names = {part.pk: part.seller_name for part in facts.parts}
    options = [
        {
            "code": option["code"],
            "title": OPTION_WORDS[option["code"]]() % {"amount": _amount(option, facts)},
            "note": ", ".join(names[pk] for pk in option["parts"] if pk in names),
        }
        for option in question.options
    ]
    default = next(option["title"] for option in options if option["code"] == question.default)
    return {
        "pk": question.pk,
        "title": _question_title(question, about),
        "options": options,
        "until": say_moment(question.decide_by, facts.zone, now=facts.now),
        "default": default,
    }


def _question_title(question: Decision, about: StallOrder | None) -> str:
    if question.kind == Decision.Kind.REVIVE:
        return _("Your payment came after the goods went back to the shelf. What shall we do?")
    stall = about.seller_name if about else ""
    return _("%(stall)s cannot fill your order. What shall we do with the rest?") % {"stall": stall}


OPTION_WORDS = {
    "keep": lambda: _("Keep the rest: %(amount)s in all"),
    "cancel_rest": lambda: _("Cancel what no stall has accepted yet: %(amount)s in all"),
    "revive": lambda: _("Get me the goods again: %(amount)s"),
    "refund": lambda: _("Give me my money back"),
}


def _amount(option: dict[str, Any], facts: OrderFacts) -> str:
    return format_money(Decimal(option["amount"]), facts.order.currency)


def payment_words(facts: OrderFacts) -> dict[str, Any] | None:
    """Where paying stands while something is left to pay; None when nothing is."""
    if not facts.awaiting:
        return None
    last = facts.charges[-1] if facts.charges else None
    words = {"until": say_moment(facts.held_until, facts.zone, now=facts.now) if facts.held_until else ""}
    if last is None:
        return {**words, "tone": "wait", "text": _("Your payment was not started yet."), "is_open": True}
    if last.is_unknown or last.state == ChargeState.PROCESSING:
        text = _("We are waiting to hear from the payment service. You do not need to pay again.")
        return {**words, "tone": "wait", "text": text, "is_open": False}
    if last.state == ChargeState.FAILED:
        text = _("Your payment was declined. Nothing was charged. You can try again or pay another way.")
        return {**words, "tone": "bad", "text": text, "is_open": True}
    if (transfer := transfer_words(facts)) is not None:
        text = _("Transfer %(amount)s to this account.") % {"amount": transfer["amount"]}
        if last.received:
            text = _("%(came)s came, %(amount)s is still missing. Transfer the rest with the same reference.") % {
                "came": format_money(from_minor(last.received, last.currency), last.currency),
                "amount": transfer["amount"],
            }
        return {**words, "tone": "wait", "text": text, "is_open": False, "transfer": transfer}
    return {**words, "tone": "wait", "text": _("Your payment is not finished yet."), "is_open": True}


def transfer_words(facts: OrderFacts) -> dict[str, Any] | None:
    """What to write into the transfer that is waited for, row by row; None if none is."""
    last = facts.charges[-1] if facts.charges else None
    told = last.details.get("instructions") if last else None
    if not told or not facts.awaiting or last.state not in TO_BE_SENT:
        return None
    amount = format_money(from_minor(last.requested - last.received, last.currency), last.currency)
    names = transfer_names()
    rows = [{"label": names[name], "value": value} for name, value in told.items() if name in names]
    return {"amount": amount, "rows": rows, "until": say_moment(last.expires_at, facts.zone, now=facts.now)}


def hand_over_cards(facts: OrderFacts, *, token: str) -> list[dict[str, Any]]:
    """One card a market: code, where and when, how far it is."""
    by_id: dict[int, tuple[HandOver, list[StallOrder]]] = {}
    for part in facts.parts:
        if part.hand_over is not None:
            by_id.setdefault(part.hand_over_id, (part.hand_over, []))[1].append(part)
    return [_hand_over_card(hand_over, parts, facts, token) for hand_over, parts in by_id.values()]


def _hand_over_card(hand_over: HandOver, parts: list[StallOrder], facts: OrderFacts, token: str) -> dict[str, Any]:
    market = hand_over.market
    has_code = any(part.state in LIVE for part in parts)
    return {
        "market": market,
        "language": shown_language(market, "name", written_in=market.operator.language),
        "state": hand_over.state,
        "code": hand_over.code if has_code else "",
        "qr_url": reverse("market:order-code", args=[token, hand_over.pk]),
        "when": say_wave(hand_over.wave, market.zone, now=facts.now) if hand_over.wave else "",
        "is_desk": hand_over.kind == HandOver.Kind.DESK,
        "places": [_place_row(part, facts) for part in parts if part.state in LIVE],
        # Before it is paid nothing is on its way.
        "events": [] if facts.awaiting else timeline(parts, order=facts.order, zone=market.zone, now=facts.now),
        "is_expected": has_code or any(part.state == S.AWAITING_PAYMENT for part in parts),
        "when_words": _when_words(hand_over, facts),
        "phone": market.phone,
        "phone_url": tel_url(market.phone),
    }


def _place_row(part: StallOrder, facts: OrderFacts) -> dict[str, str]:
    is_promised = any(charge.state == ChargeState.PROMISED for charge in facts.charges)
    amount = format_money(part.amount_due, part.currency)
    return {
        "stall": part.seller_name,
        "place": say_place(part),
        "due": _("you pay %(amount)s there") % {"amount": amount} if is_promised and part.amount_due else "",
    }


def _when_words(hand_over: HandOver, facts: OrderFacts) -> str:
    zone = hand_over.market.zone
    if hand_over.wave is None:
        return ""
    when = say_wave(hand_over.wave, zone, now=facts.now)
    if hand_over.hold_until is None:
        return when
    until = say_moment(hand_over.hold_until, zone, now=facts.now)
    return _("%(when)s; your bags are kept until %(until)s") % {"when": when, "until": until}


def shown_parts(facts: OrderFacts) -> list[ShownPart]:
    only_whole = len(facts.awaiting) > 1
    return [
        shown_part(
            part,
            now=facts.now,
            language=shown_language(part.stall, "name", written_in=part.stall.language) if part.stall else "",
            can_cancel=part.state in SHOPPER_MAY and not only_whole and len(facts.parts) > 1,
        )
        for part in facts.parts
    ]


def account(facts: OrderFacts, parts: list[ShownPart]) -> dict[str, Any]:
    """The account as placed and as it is now; one column while nothing has changed."""
    rows = [(part.part.seller_name, part.language, part.placed, part.due) for part in parts]
    nothing_left = facts.state == "cancelled"
    for extra in facts.extras:
        due = Decimal(0) if nothing_left else extra.amount_incl_tax
        rows.append((extra.name, "", extra.amount_incl_tax, due))
    placed, due = (sum((row[n] for row in rows), Decimal(0)) for n in (2, 3))
    has_changed = any(row[2] != row[3] for row in rows)
    shown = slice(2, 4) if has_changed else slice(2, 3)
    return {
        "columns": [_("Stall"), _("Ordered"), _("Now")] if has_changed else [],
        "rows": [{"label": row[0], "language": row[1], "amounts": row[shown]} for row in rows],
        "total": {"label": _("Total"), "amounts": (placed, due) if has_changed else (placed,)},
        "paid": _paid_words(facts, due),
        "refunds": [_refund_words(refund) for refund in facts.refunds if refund.state != RefundState.REQUESTED],
    }


def _refund_words(refund: Refund) -> str:
    """What becomes of money that goes back; one that waits for approval is not promised yet."""
    amount = {"amount": format_money(from_minor(refund.amount, refund.currency), refund.currency)}
    if refund.state == RefundState.DONE and refund.way != Refund.Way.PROVIDER:
        return _("%(amount)s was given back to you.") % amount
    if refund.state in {RefundState.SENT, RefundState.DONE}:
        return _("%(amount)s went back the way you paid. Your bank may take some days to show it.") % amount
    if refund.state == RefundState.APPROVED:
        return _("%(amount)s goes back to you the way you paid.") % amount
    return _("The market owes you %(amount)s. Ask there how you would like to have it back.") % amount


def _paid_words(facts: OrderFacts, due: Decimal) -> str:
    states = {charge.state for charge in facts.charges}
    amount = format_money(due, facts.order.currency)
    if ChargeState.PROMISED in states and due:
        return _("You pay when you pick up: %(amount)s in all, to each stall its part.") % {"amount": amount}
    if ChargeState.AUTHORISED in states:
        most = sum(charge.authorised for charge in facts.charges if charge.state == ChargeState.AUTHORISED)
        most = format_money(from_minor(most, facts.order.currency), facts.order.currency)
        text = _("Set aside on your card: %(most)s at most. What your goods weigh when packed is taken.")
        return text % {"most": most}
    if states & PAID:
        return _("Paid.")
    return ""
