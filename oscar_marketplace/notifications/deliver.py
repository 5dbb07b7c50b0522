"""Sends what the outbox holds: each message once to each person, tried again until it goes or is given up.

An event is claimed in a short transaction and sent outside of any. The row of a message is written before its channel
is called: if the process dies in between, it may or may not have gone, and is not sent a second time.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from oscar_marketplace.backends import channels
from oscar_marketplace.conf import settings
from oscar_marketplace.notifications.channels.base import Channel, OutgoingMessage
from oscar_marketplace.notifications.letters import Letter
from oscar_marketplace.notifications.messages import letters_of
from oscar_marketplace.notifications.models import Message
from oscar_marketplace.outbox.models import OutboxEvent

logger = logging.getLogger("oscar_marketplace.notifications")

#: Minutes to wait after each failed try; the last holds for all that follow.
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360)
#: How long a claimed event is left to the process that claimed it.
CLAIM_MINUTES = 5


class DeliveryFailed(Exception):
    """Some messages of an event did not go; those that did are not sent again."""


def events_to_send(*, now: datetime) -> QuerySet[OutboxEvent]:
    """Events whose time has come and that are neither sent nor given up."""
    return OutboxEvent.objects.filter(sent_at=None, dead_at=None, available_at__lte=now)


def send_event(event: OutboxEvent, *, now: datetime | None = None) -> bool:
    """Send the messages of one event; returns whether it is done. Call it outside any transaction.

    A failure puts the event off, or aside as dead after ``OUTBOX_ATTEMPTS`` tries, and is logged.
    """
    now = now or timezone.now()
    claimed = _claim(event, now)
    if claimed is None:
        return False
    try:
        _send_letters(claimed)
    except Exception as problem:  # noqa: BLE001
        # Whatever is wrong with one event (a template, a mail server, a deleted row) must not stop the others.
        _put_off(claimed, problem, now)
        return False
    OutboxEvent.objects.filter(pk=claimed.pk).update(sent_at=timezone.now(), last_error="")
    return True


def _claim(event: OutboxEvent, now: datetime) -> OutboxEvent | None:
    """Take the event for a few minutes, unless another process has it."""
    with transaction.atomic():
        claimed = events_to_send(now=now).select_for_update(skip_locked=True).filter(pk=event.pk).first()
        if claimed is not None:
            claimed.attempts += 1
            claimed.available_at = now + timedelta(minutes=CLAIM_MINUTES)
            claimed.save(update_fields=["attempts", "available_at"])
    return claimed


def _send_letters(event: OutboxEvent) -> None:
    problems = []
    for letter in letters_of(event):
        for channel in channels.all():
            address = channel.address_of(letter.recipient)
            if not address:
                continue
            try:
                _send_once(event, letter, channel, address)
            except Exception as problem:  # noqa: BLE001 (one address that fails must not keep the others waiting)
                logger.warning("event %s to %s: %s", event.pk, letter.recipient.reference, describe(problem))
                problems.append(describe(problem))
    if problems:
        raise DeliveryFailed("; ".join(sorted(set(problems))))


def _send_once(event: OutboxEvent, letter: Letter, channel: Channel, address: str) -> None:
    message, is_new = Message.objects.get_or_create(
        event=event,
        recipient=letter.recipient.reference,
        channel=channel.alias,
        defaults={"template": letter.template, "language": letter.recipient.language},
    )
    if message.state == Message.State.SENT:
        return
    if message.state == Message.State.PENDING and not is_new:
        logger.warning("message %s may have been sent before the process stopped; it is not sent again", message.pk)
        return
    message.state, message.error = Message.State.PENDING, ""
    message.save(update_fields=["state", "error"])
    try:
        subject, body = letter.write()
        channel.send(OutgoingMessage(f"mercado-{message.pk}", address, letter.recipient.language, subject, body))
    except Exception as problem:
        Message.objects.filter(pk=message.pk).update(state=Message.State.FAILED, error=describe(problem))
        raise
    Message.objects.filter(pk=message.pk).update(state=Message.State.SENT, sent_at=timezone.now())


def _put_off(event: OutboxEvent, problem: Exception, now: datetime) -> None:
    change = {"last_error": describe(problem)}
    if event.attempts >= settings.OUTBOX_ATTEMPTS:
        change["dead_at"] = now
        logger.error("outbox event %s (%s) given up after %d tries", event.pk, event.topic, event.attempts)
    else:
        minutes = BACK_OFF_MINUTES[min(event.attempts, len(BACK_OFF_MINUTES)) - 1]
        change["available_at"] = now + timedelta(minutes=minutes)
        logger.warning("outbox event %s (%s) put off: %s", event.pk, event.topic, change["last_error"])
    OutboxEvent.objects.filter(pk=event.pk).update(**change)


def describe(problem: Exception) -> str:
    """What went wrong without what it was about: mail servers repeat addresses in their errors."""
    if isinstance(problem, DeliveryFailed):
        return str(problem)[:300]
    code = getattr(problem, "smtp_code", None) or getattr(problem, "errno", None)
    return type(problem).__name__ + (f" {code}" if code else "")
