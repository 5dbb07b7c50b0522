"""Writing outbox rows inside the caller's transaction."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from oscar_marketplace.outbox.models import OutboxEvent


def event(topic: str, key: str, *, available_at: datetime | None = None, **payload: Any) -> OutboxEvent:
    """An unsaved outbox row; ``key`` is made unique by the topic before it."""
    return OutboxEvent(topic=topic, key=f"{topic}:{key}", payload=payload, available_at=available_at or timezone.now())


def write(*events: OutboxEvent) -> None:
    """Write events; one that was written before (same key) is left as it is."""
    OutboxEvent.objects.bulk_create(events, ignore_conflicts=True)


def withdraw(topic: str, key: str) -> bool:
    """Take back an event that was not sent yet. Returns whether there was one."""
    deleted, _ = OutboxEvent.objects.filter(key=f"{topic}:{key}", sent_at=None, attempts=0).delete()
    return bool(deleted)
