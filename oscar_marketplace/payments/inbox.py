"""Notifications of providers: verified and kept at once, acted on by the tick. What they say is never believed."""

import hashlib
import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from oscar_marketplace.backends import payment_providers
from oscar_marketplace.payments.inbox_models import ProviderNotification
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.providers.base import Hint, ProviderRefused, ProviderTimeout, RawNotification
from oscar_marketplace.payments.refund_models import Refund
from oscar_marketplace.payments.refunds import send_refund
from oscar_marketplace.payments.settle import fetch_and_apply

logger = logging.getLogger("oscar_marketplace.payments")

State = ProviderNotification.State
#: A notification may be faster than our own commit of the charge it is about.
TRY_AGAIN_AFTER = timedelta(seconds=20)
ATTEMPTS = 10


def receive(provider: str, raw: RawNotification) -> int:
    """Keep what a notification is about; the same one again is kept once. Returns how many hints were new.

    Raises:
        BadSignature, NotSupported: nothing is written.
    """
    hints = payment_providers[provider].parse_notification(raw)
    if not hints:
        return 0
    digest = hashlib.sha256(raw.body).hexdigest()
    rows = [
        ProviderNotification(
            provider=provider,
            event_id=hint.event_id[:128],
            endpoint=raw.endpoint[:40],
            reference=hint.reference[:64],
            external_id=hint.external_id[:128],
            sha256=digest,
        )
        for hint in hints
    ]
    with transaction.atomic(durable=True):
        known = ProviderNotification.objects.filter(provider=provider, event_id__in=[row.event_id for row in rows])
        known = set(known.values_list("event_id", flat=True))
        # Between looking and writing another process may have kept it: the constraint decides, and it is no error.
        ProviderNotification.objects.bulk_create(
            [row for row in rows if row.event_id not in known], ignore_conflicts=True
        )
    return len(rows) - len(known)


def notifications_due(*, now: datetime, limit: int = 200) -> list[int]:
    """Pks of what waits to be looked at, the oldest first."""
    due = ProviderNotification.objects.filter(state=State.NEW, next_try_at__lte=now)
    return list(due.order_by("pk").values_list("pk", flat=True)[:limit])


def act_on(notification_id: int, *, now: datetime | None = None) -> bool:
    """Ask the provider about the charge that a notification names, and apply its answer. Returns whether there is one.

    No transaction is open while the provider is asked. Twice is once: the answer is what counts, not the notification.
    """
    now = now or timezone.now()
    row = ProviderNotification.objects.get(pk=notification_id)
    if row.state != State.NEW:
        return False
    charge = _charge_of(row) or _charge_by_asking(row)
    if charge is None:
        _later(row, now)
        return False
    fetch_and_apply(charge.pk)
    for refund_id in Refund.objects.filter(charge=charge, state="sent").values_list("pk", flat=True):
        send_refund(refund_id)
    ProviderNotification.objects.filter(pk=row.pk).update(state=State.DONE, done_at=now, attempts=row.attempts + 1)
    return True


def _charge_of(row: ProviderNotification) -> Charge | None:
    wanted = Q(reference=row.reference) if row.reference else Q()
    if row.external_id:
        wanted |= Q(external_id=row.external_id)
    return Charge.objects.filter(wanted, provider=row.provider).order_by("-pk").first() if wanted else None


def _charge_by_asking(row: ProviderNotification) -> Charge | None:
    """Some providers name a payment only by a number of theirs: what it is about is asked, and kept."""
    if row.reference or not row.external_id:
        return None
    hint = Hint(row.event_id, external_id=row.external_id)
    try:
        row.reference = payment_providers[row.provider].resolve(hint)[:64]
    except (ProviderTimeout, ProviderRefused) as trouble:
        logger.warning(
            "notification %s of %s: not known what it is about: %s", row.event_id, row.provider, trouble.code
        )
        return None
    if not row.reference:
        return None
    ProviderNotification.objects.filter(pk=row.pk).update(reference=row.reference)
    return _charge_of(row)


def _later(row: ProviderNotification, now: datetime) -> None:
    attempts = row.attempts + 1
    is_over = attempts >= ATTEMPTS
    if is_over:
        logger.warning("notification %s of %s is about no charge of ours", row.event_id, row.provider)
    ProviderNotification.objects.filter(pk=row.pk).update(
        attempts=attempts,
        next_try_at=now + TRY_AGAIN_AFTER * 2 ** min(attempts, 8),
        state=State.UNKNOWN if is_over else State.NEW,
    )
