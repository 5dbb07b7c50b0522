"""The shopper answers a question, or its time runs out. The first answer wins."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import SYSTEM, Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.orders.act import lock_goods
from oscar_marketplace.orders.cancel import cancel_parts
from oscar_marketplace.orders.decisions import CANCEL_REST, KEEP, REFUND, REVIVE, close, options_now
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.revive import revive_parts
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.payments.settle import release_promise


class AlreadyAnswered(NotAllowed):
    """Somebody was faster, or the time is over; ``params["answer"]`` is what holds."""

    code = "already_answered"
    message = _("This question was already answered.")


class AmountsChanged(NotAllowed):
    """What the shopper saw no longer holds; the question has the new amounts."""

    code = "amounts_changed"
    message = _("The amounts changed in the meantime. Please look again.")


def answer_decision(
    decision: Decision, *, answer: str, by: Actor, channel: str, now: datetime | None = None
) -> Decision:
    """Give the answer ``answer`` (an option's code) and do what it says. The same answer twice is once.

    One transaction; locks stock and stall orders before the question.

    Raises:
        AlreadyAnswered: by another answer, or the time is over.
        AmountsChanged: a stall answered meanwhile; nothing was done.
        NotAllowed: ``bad_answer``, not one of the options.
        OutOfStock, CannotPlace: the goods cannot be had again; the question stays open.
    """
    now = now or timezone.now()
    with transaction.atomic():
        parts = _lock_parts(decision.order_id)
        question = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if question.answered_at is not None and question.answer == answer:
            return question
        if question.answered_at is not None or now >= question.decide_by:
            raise AlreadyAnswered(answer=question.answer or question.default)
        if answer not in {option["code"] for option in question.options}:
            raise NotAllowed(_("Choose one of the answers."), code="bad_answer")
        changed = _refresh(question)
        if not changed:
            _close(question, answer=answer, by=by, channel=channel, now=now)
            DOES[answer](question, parts, by, now)
    if changed:
        raise AmountsChanged()
    return question


def _refresh(question: Decision) -> bool:
    """Whether the amounts the shopper saw no longer hold; the new ones are written."""
    if question.kind != Decision.Kind.REST_AFTER_REFUSAL:
        return False
    options = options_now(question.order_id)
    if question.options == options:
        return False
    question.options = options
    question.save(update_fields=["options"])
    return True


def decisions_due(*, now: datetime) -> QuerySet[Decision]:
    """Open questions whose time is over."""
    return Decision.objects.filter(answered_at=None, decide_by__lte=now)


def decide_by_default(decision: Decision, *, now: datetime | None = None) -> bool:
    """The time is over: what was announced holds. Returns whether it was still open."""
    now = now or timezone.now()
    with transaction.atomic():
        parts = _lock_parts(decision.order_id)
        question = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk)
        if question.answered_at is not None or now < question.decide_by:
            return False
        _close(question, answer=question.default, by=SYSTEM, channel="clock", now=now)
        DOES[question.default](question, parts, SYSTEM, now)
    return True


def _lock_parts(order_id: int) -> list[StallOrder]:
    ids = list(StallOrder.objects.filter(order_id=order_id).order_by("pk").values_list("pk", flat=True))
    lock_goods(ids)
    return list(StallOrder.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)))


def _close(question: Decision, *, answer: str, by: Actor, channel: str, now: datetime) -> None:
    close(question, answer=answer, by=by.role, channel=channel, now=now)
    record("answer_decision", question, by=by, answer=answer, channel=channel)


def _cancel_rest(question: Decision, parts: list[StallOrder], by: Actor, now: datetime) -> None:
    unanswered = [part for part in parts if part.state == StallOrderState.NEW]
    if unanswered:
        cancel_parts(
            unanswered,
            by=by,
            reason=Decision.Kind.REST_AFTER_REFUSAL,
            now=now,
            settle=partial(release_promise, by=by),
        )


def _revive(question: Decision, parts: list[StallOrder], by: Actor, now: datetime) -> None:
    revive_parts([part for part in parts if part.state == StallOrderState.EXPIRED], by=by, now=now)


def _refund(question: Decision, parts: list[StallOrder], by: Actor, now: datetime) -> None:
    """Marks the money that came too late as owed to the shopper, for a person to give back."""
    for part in parts:
        if part.state == StallOrderState.EXPIRED:
            release_promise(part, by=by)


def _keep(question: Decision, parts: list[StallOrder], by: Actor, now: datetime) -> None:
    """Nothing changes: the rest goes on."""


DOES = {KEEP: _keep, CANCEL_REST: _cancel_rest, REVIVE: _revive, REFUND: _refund}
