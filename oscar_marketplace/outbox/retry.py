"""Messages that were given up, tried anew once somebody has mended what stopped them."""

from django.db import transaction
from django.utils import timezone

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.outbox.models import OutboxEvent


def try_again(event: OutboxEvent, *, by: Actor) -> OutboxEvent:
    """Let the next tick try an event that was given up, with all its tries. Locks the event.

    Messages of it that were sent are not sent again. An event that is not given up is left as it is.
    """
    with transaction.atomic():
        event = OutboxEvent.objects.select_for_update().get(pk=event.pk)
        if event.dead_at is not None:
            event.dead_at, event.attempts, event.available_at = None, 0, timezone.now()
            event.save(update_fields=["dead_at", "attempts", "available_at"])
            record("try_again", event, by=by)
    return event
