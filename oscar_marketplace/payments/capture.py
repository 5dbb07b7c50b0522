"""Take what was set aside: once, when every part of the charge is packed, or before the provider lets go of it.

The amount is committed before the provider is asked, so that asking again, after a crash or a lost answer, asks for the
same with the same key.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from oscar_marketplace.audit.record import SYSTEM, record
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.money import to_minor
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import CaptureRequest, ChargeFact, ProviderRefused, ProviderTimeout
from oscar_marketplace.payments.settle import apply_fact

logger = logging.getLogger("oscar_marketplace.payments")

S = StallOrderState
#: How long before the provider lets go of what is set aside it is taken, packed or not.
CAPTURE_MARGIN = timedelta(hours=12)
#: Parts that left the stall's hands, whose amount is final.
GONE = frozenset({S.HANDED_OVER, S.DELIVERED, S.COMPLETED, S.RETURNED})


def charges_to_capture(*, now: datetime) -> list[int]:
    """Pks of what is set aside and may be due; :func:`capture_charge` looks closer. What asked for a person waits."""
    set_aside = Charge.objects.filter(state=ChargeState.AUTHORISED, needs_review=False)
    return list(set_aside.order_by("pk").values_list("pk", flat=True))


def capture_charge(charge_id: int, *, now: datetime | None = None) -> bool:
    """Take what the parts of a charge came to, or let go of it if they came to nothing. Returns whether it was due.

    Locks the parts, then the charge, commits the amount, and calls the provider with nothing locked. No answer leaves
    the charge as it is, to be asked again; a refusal asks for a person.
    """
    now = now or timezone.now()
    charge = _freeze(charge_id, now)
    if charge is None:
        return False
    provider = payment_providers[charge.provider]
    try:
        fact = _call(provider, charge)
    except ProviderTimeout:
        logger.warning("charge %s: the provider did not answer to taking it", charge.reference)
        Charge.objects.filter(pk=charge.pk).update(is_unknown=True, checked_at=now)
        return True
    except ProviderRefused as refusal:
        _refused(charge, refusal)
        return True
    apply_fact(charge.pk, fact)
    return True


def _call(provider, charge: Charge) -> ChargeFact:
    if charge.capture_amount == 0:
        key = f"{charge.reference}-cancel"
        return provider.cancel(reference=charge.reference, external_id=charge.external_id, key=key)
    asked = CaptureRequest(
        key=f"{charge.reference}-capture",
        reference=charge.reference,
        external_id=charge.external_id,
        amount=charge.capture_amount,
        currency=charge.currency,
    )
    return provider.capture(asked)


def _freeze(charge_id: int, now: datetime) -> Charge | None:
    """Commit what is to be taken; None if it is not due."""
    with transaction.atomic(durable=True):
        of_charge = StallOrder.objects.filter(charge_shares__charge=charge_id)
        parts = {row.pk: row for row in of_charge.select_for_update(of=("self",)).order_by("pk")}
        charge = Charge.objects.select_for_update().get(pk=charge_id)
        if charge.state != ChargeState.AUTHORISED or charge.needs_review:
            return None
        if charge.capture_amount is not None:
            return charge
        is_urgent = charge.capture_before is not None and charge.capture_before - CAPTURE_MARGIN <= now
        if not is_urgent and not all(is_final(part, now) for part in parts.values()):
            return None
        if Decision.objects.filter(order=charge.order_id, answered_at=None).exists() and not is_urgent:
            return None
        shares = list(ChargeShare.objects.filter(charge=charge).order_by("pk"))
        share_out(parts, shares)
        ChargeShare.objects.bulk_update(shares, ["to_capture"])
        charge.capture_amount = sum(share.to_capture for share in shares)
        charge.save(update_fields=["capture_amount"])
        record("charge_to_capture", charge, by=SYSTEM, amount=charge.capture_amount)
        return charge


def share_out(parts: Mapping[int, StallOrder], shares: Iterable[ChargeShare]) -> None:
    """Write into each share what is taken of it; pure. ``parts``: pk -> part, all that the charge pays for.

    A part comes to what was packed, never above what was set aside for it; what the order costs beside goods is taken
    if anything of it reaches the shopper.
    """
    is_off = all(part.state in OFF for part in parts.values())
    for share in shares:
        part = parts.get(share.stall_order_id)
        if part is None:
            share.to_capture = 0 if is_off else share.amount
        else:
            due = 0 if part.state in OFF else to_minor(part.amount_due, part.currency)
            share.to_capture = min(due, share.amount)


#: Nothing of the part reaches the shopper.
OFF = frozenset({S.REJECTED, S.UNANSWERED, S.CANCELLED, S.RETURNED, S.EXPIRED})


def is_final(part: StallOrder, now: datetime) -> bool:
    """What the part comes to is known and cannot be undone."""
    if part.stall_id is None or part.state in GONE:
        return True
    if part.undo_until is not None and part.undo_until > now:
        return False
    if part.state in {S.REJECTED, S.UNANSWERED}:
        return part.released_at is not None
    return part.state in {S.READY, S.CANCELLED, S.EXPIRED}


def _refused(charge: Charge, refusal: ProviderRefused) -> None:
    logger.error("charge %s: the provider refuses to take it: %s", charge.reference, refusal.code)
    with transaction.atomic(durable=True):
        locked = Charge.objects.select_for_update().get(pk=charge.pk)
        locked.needs_review = True
        locked.save(update_fields=["needs_review"])
        record("capture_refused", locked, by=SYSTEM, why=refusal.code)


# -- charges we gave up ------------------------------------------------------------------------------------------------


def charges_to_close(*, now: datetime) -> list[int]:
    """Pks of charges that we gave up and whose provider was not told yet, of the last two weeks."""
    given_up = Charge.objects.filter(
        state__in=[ChargeState.CANCELLED, ChargeState.EXPIRED],
        is_closed_there=False,
        provider__in=payment_providers.aliases(),
    ).exclude(external_id="")
    recent = given_up.filter(created_at__gt=now - timedelta(days=14))
    return list(recent.order_by("pk").values_list("pk", flat=True))


def close_charge(charge_id: int) -> None:
    """Tell the provider that nobody may pay a charge any more. What was paid meanwhile is money that came late.

    No transaction is open while the provider is called; twice is once.
    """
    charge = Charge.objects.get(pk=charge_id)
    if charge.is_closed_there or charge.state not in {ChargeState.CANCELLED, ChargeState.EXPIRED}:
        return
    try:
        fact = payment_providers[charge.provider].cancel(
            reference=charge.reference, external_id=charge.external_id, key=f"{charge.reference}-cancel"
        )
    except ProviderTimeout:
        return
    except ProviderRefused as refusal:
        # It cannot be called off there (a voucher is out, say): late money is what the rest of the code expects.
        logger.info("charge %s cannot be closed at the provider: %s", charge.reference, refusal.code)
        fact = None
    Charge.objects.filter(pk=charge_id).update(is_closed_there=True)
    if fact is not None:
        apply_fact(charge_id, fact)
