"""Questions to the shopper: what may be answered, at what amount, and what holds without an answer.

An option is ``{"code", "amount", "parts"}``: the amount (a string, order currency, tax included) is what the shopper
pays in all if it is chosen; ``parts`` are the stall orders it is about.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction

from oscar_marketplace.orders.models import Decision, OrderCharge, StallOrder
from oscar_marketplace.orders.states import LIVE, StallOrderState
from oscar_marketplace.outbox.write import event, write

KEEP, CANCEL_REST = "keep", "cancel_rest"
REVIVE, REFUND = "revive", "refund"
ZERO = Decimal("0.00")


def rest_options(parts: Iterable[StallOrder], *, charges: Decimal) -> list[dict]:
    """The options after a refusal, with exact amounts. ``charges``: delivery, service and the like.

    Keep what is left, or cancel what no stall has accepted yet. Where nothing is left, the charges fall away too.
    """
    live = [part for part in parts if part.state in LIVE]
    unanswered = [part for part in live if part.state == StallOrderState.NEW]
    kept = [part for part in live if part not in unanswered]
    return [
        {"code": KEEP, "amount": _total(live, charges), "parts": [part.pk for part in live]},
        {"code": CANCEL_REST, "amount": _total(kept, charges), "parts": [part.pk for part in unanswered]},
    ]


def _total(parts: list[StallOrder], charges: Decimal) -> str:
    return str(sum((part.amount_due for part in parts), charges) if parts else ZERO)


def options_now(order_id: int) -> list[dict]:
    """:func:`rest_options` of an order as it is."""
    parts = StallOrder.objects.filter(order_id=order_id).order_by("pk")
    charges = OrderCharge.objects.filter(order_id=order_id).values_list("amount_incl_tax", flat=True)
    return rest_options(parts, charges=sum(charges, ZERO))


def open_rest_decision(row: StallOrder, *, now: datetime) -> Decision | None:
    """Ask what to do with the rest after ``row`` was refused, and tell the shopper.

    None if no other stall's answer is outstanding, or if the question is open already (its amounts are refreshed).
    Runs in the caller's transaction.
    """
    is_open = refresh_rest_decision(row.order_id, now=now)
    options = options_now(row.order_id)
    if is_open or not options[1]["parts"]:
        return None
    return _open(
        Decision(
            order_id=row.order_id,
            stall_order=row,
            kind=Decision.Kind.REST_AFTER_REFUSAL,
            options=options,
            default=KEEP,
            decide_by=now + timedelta(minutes=row.stall.operator.decide_minutes),
        )
    )


def open_revive_decision(parts: list[StallOrder], *, now: datetime) -> Decision | None:
    """Ask what to do with money that came after its goods went back to the shelf. None if it is asked already."""
    amount = str(sum((part.placed_incl_tax for part in parts), ZERO))
    ids = [part.pk for part in parts]
    return _open(
        Decision(
            order_id=parts[0].order_id,
            kind=Decision.Kind.REVIVE,
            options=[
                {"code": REVIVE, "amount": amount, "parts": ids},
                {"code": REFUND, "amount": str(ZERO), "parts": ids},
            ],
            default=REFUND,
            decide_by=now + timedelta(minutes=parts[0].stall.operator.decide_minutes),
        )
    )


def _open(decision: Decision) -> Decision | None:
    """Write it, unless one of its kind is open (a constraint says so)."""
    try:
        with transaction.atomic():
            decision.save()
    except IntegrityError:
        return None
    write(event("decision_opened", str(decision.pk), decision=decision.pk))
    return decision


def refresh_rest_decision(order_id: int, *, now: datetime) -> bool:
    """Bring the amounts of an open question up to date; close it once no stall's answer is outstanding.

    Returns whether there was one. Locks it. Runs in the caller's transaction, after the stall orders are written.
    """
    question = (
        Decision.objects.select_for_update(of=("self",))
        .filter(order_id=order_id, kind=Decision.Kind.REST_AFTER_REFUSAL, answered_at=None)
        .first()
    )
    if question is None:
        return False
    question.options = options_now(order_id)
    if question.options[1]["parts"] or _may_be_undone(order_id):
        question.save(update_fields=["options"])
    else:
        close(question, answer=question.default, by="system", channel="moot", now=now)
    return True


def _may_be_undone(order_id: int) -> bool:
    """Whether a refusal may still turn into an open answer again."""
    refused = StallOrder.objects.filter(order_id=order_id, state=StallOrderState.REJECTED, released_at=None)
    return refused.exists()


def close(question: Decision, *, answer: str, by: str, channel: str, now: datetime) -> None:
    """Write the answer to a question that the caller has locked."""
    question.answer, question.answered_at = answer, now
    question.answered_by, question.channel = by, channel
    question.save(update_fields=["options", "answer", "answered_at", "answered_by", "channel"])
