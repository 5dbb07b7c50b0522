"""Finalise: apply what a provider says of a charge. Safe to repeat, from the return page, a webhook or the tick.

A fact is never trusted for what it claims to be about: reference, amount and currency are compared with ours first.
"""

import logging
from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_fsm import can_proceed

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import SYSTEM, Actor, entry, record
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.money import to_minor
from oscar_marketplace.orders.confirm import confirm_parts
from oscar_marketplace.orders.decisions import open_revive_decision
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState, RefundState, StallOrderState
from oscar_marketplace.payments.books import book
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import ChargeFact, ProviderRefused, ProviderTimeout

logger = logging.getLogger("oscar_marketplace.payments")

#: Fact -> the transition that leads to it.
MOVES = {
    ChargeState.ACTION_REQUIRED: "require_action",
    ChargeState.PROCESSING: "process",
    ChargeState.PROMISED: "promise",
    ChargeState.AUTHORISED: "authorise",
    ChargeState.CAPTURED: "capture",
    ChargeState.PARTIALLY_PAID: "pay_part",
    ChargeState.CLOSED_SHORT: "close_short",
    ChargeState.FAILED: "fail",
    ChargeState.CANCELLED: "cancel",
    ChargeState.EXPIRED: "expire",
}
SECURED = {ChargeState.PROMISED, ChargeState.AUTHORISED, ChargeState.CAPTURED}


def fetch_and_apply(charge_id: int) -> None:
    """Ask the provider what became of a charge, outside any transaction, and apply the answer."""
    charge = Charge.objects.get(pk=charge_id)
    try:
        fact = payment_providers[charge.provider].fetch(reference=charge.reference, external_id=charge.external_id)
    except ProviderTimeout:
        Charge.objects.filter(pk=charge_id).update(is_unknown=True, checked_at=timezone.now())
        return
    except ProviderRefused as refusal:
        # Wrong keys, or an account that is closed: nothing is known of the charge, and it is asked about again.
        logger.error("charge %s: the provider refuses to tell: %s", charge.reference, refusal.code)
        Charge.objects.filter(pk=charge_id).update(checked_at=timezone.now())
        return
    if fact is not None:
        apply_fact(charge_id, fact)


def apply_fact(charge_id: int, fact: ChargeFact) -> None:
    """:func:`apply_facts` for one."""
    apply_facts({charge_id: fact})


def apply_facts(facts: Mapping[int, ChargeFact]) -> None:
    """Bring charges, and the stall orders they pay for, to what the provider says. The same fact twice is once.

    Locks the stall orders, then the charges; commits one transaction whose statements do not grow with the charges.
    """
    if not facts:
        return
    with transaction.atomic(durable=True):
        reduce_facts(facts)


def reduce_facts(facts: Mapping[int, ChargeFact]) -> None:
    """:func:`apply_facts` in the caller's transaction."""
    shares = ChargeShare.objects.filter(charge_id__in=facts, stall_order__isnull=False)
    owners = dict(shares.values_list("stall_order_id", "charge_id"))
    parts = list(StallOrder.objects.select_for_update().filter(pk__in=owners).order_by("pk"))
    charges = list(Charge.objects.select_for_update().filter(pk__in=facts).order_by("pk"))
    audit = [_apply(charge, facts[charge.pk]) for charge in charges]
    # The state was moved by its transitions above; this only writes it.
    Charge.objects.bulk_update(charges, WRITTEN)
    AuditEntry.objects.bulk_create(row for rows in audit for row in rows)
    taken = {charge.pk for charge in charges if charge.captured}
    book([part for part in parts if owners[part.pk] in taken])
    secured = {charge.pk: charge for charge in charges if charge.state in SECURED and not _asks_for_a_person(charge)}
    _confirm([(part, secured[owners[part.pk]]) for part in parts if owners[part.pk] in secured])


#: What applying a fact may change.
WRITTEN = [
    "state",
    "external_id",
    "decline_code",
    "authorised",
    "received",
    "captured",
    "disputed",
    "fee",
    "capture_before",
    "expires_at",
    "details",
    "is_unknown",
    "needs_review",
    "checked_at",
]


def _apply(charge: Charge, fact: ChargeFact) -> list[AuditEntry]:
    charge.checked_at, charge.is_unknown = timezone.now(), False
    if not _is_about(charge, fact):
        charge.needs_review = True
        logger.error("charge %s: the provider's answer is not about it", charge.reference)
        said = {"said": fact.amount, "currency": fact.currency, "about": fact.reference}
        return [entry("charge_mismatch", charge, by=SYSTEM, **said)]
    written = _dispute(charge, fact)
    _note(charge, fact)
    if _move(charge, fact):
        known = {"provider": charge.provider, "amount": charge.captured}
        written.append(entry("charge_" + charge.state, charge, by=SYSTEM, **known))
    return written


def _dispute(charge: Charge, fact: ChargeFact) -> list[AuditEntry]:
    """What a bank asks back holds the stalls' money until it is won, or until a person books that it is lost."""
    disputed = max(fact.disputed - charge.dispute_lost, 0)
    if disputed == charge.disputed:
        return []
    charge.disputed = disputed
    charge.needs_review = charge.needs_review or disputed > 0
    return [entry("charge_disputed" if disputed else "dispute_over", charge, by=SYSTEM, amount=disputed)]


def _asks_for_a_person(charge: Charge) -> bool:
    """Money that came for a charge we had given up: it asks for a person, and confirms nothing by itself."""
    return charge.needs_review and charge.state != ChargeState.CAPTURED


def _is_about(charge: Charge, fact: ChargeFact) -> bool:
    if (fact.reference, fact.amount, fact.currency) != (charge.reference, charge.requested, charge.currency):
        return False
    return 0 <= taken_by(fact) <= charge.requested


def taken_by(fact: ChargeFact) -> int:
    """What the provider says it took, in minor units."""
    if fact.captured is not None:
        return fact.captured
    return fact.amount if fact.state == ChargeState.CAPTURED else 0


def _note(charge: Charge, fact: ChargeFact) -> None:
    """What is worth knowing whatever the state: where to pay and until when, what the provider keeps."""
    charge.external_id = fact.external_id or charge.external_id
    charge.capture_before = fact.capture_before or charge.capture_before
    charge.expires_at = fact.expires_at or charge.expires_at
    # Once in the books it stays; a provider that changes its fee afterwards is found by its statement.
    charge.fee = charge.fee or fact.fee
    if fact.instructions:
        charge.details["instructions"] = dict(fact.instructions)
    if fact.refunded > charge.refunded and not _is_giving_back(charge):
        # On the provider's own site, or by its robot: it is not in the books.
        charge.details["refunded_there"] = fact.refunded
        charge.needs_review = True


def _is_giving_back(charge: Charge) -> bool:
    """A refund of ours is with the provider and its answer is not here yet."""
    return charge.refunds.filter(state=RefundState.APPROVED).exists()


def _move(charge: Charge, fact: ChargeFact) -> bool:
    """Apply the fact's state if it leads forward; an older fact that arrives late changes nothing."""
    if fact.state == charge.state == ChargeState.PARTIALLY_PAID and (fact.received or 0) > charge.received:
        charge.received = fact.received
        return True
    if fact.state == charge.state:
        return False
    move = getattr(charge, MOVES[fact.state]) if fact.state in MOVES else None
    if move is None or not can_proceed(move):
        return False
    late = charge.state in {ChargeState.EXPIRED, ChargeState.CANCELLED}
    # The stalls prepare what was set aside for: that it is gone, and we did not let go of it, is for a person.
    is_lost = charge.state == ChargeState.AUTHORISED and fact.state != ChargeState.CAPTURED
    charge.needs_review = charge.needs_review or (is_lost and charge.capture_amount != 0)
    move()
    charge.decline_code = fact.decline_code
    if charge.state == ChargeState.AUTHORISED:
        charge.authorised = fact.amount
    if charge.state == ChargeState.CAPTURED:
        asked = charge.requested if charge.capture_amount is None else charge.capture_amount
        charge.received = charge.captured = taken_by(fact)
        # Somebody took another amount at the provider's own site: it counts, and a person looks.
        charge.needs_review = charge.needs_review or late or charge.captured != asked
    if fact.received is not None:
        charge.received = fact.received
    return True


def _confirm(paid: list[tuple[StallOrder, Charge]]) -> None:
    """Parts that waited for this money are told to their stalls; money for parts that are gone asks for a decision."""
    waiting = [part for part, _charge in paid if part.state == StallOrderState.AWAITING_PAYMENT]
    if waiting:
        confirm_parts(waiting, by=SYSTEM, now=timezone.now())
    too_late: dict[int, list[StallOrder]] = {}
    for part, charge in paid:
        if part.state == StallOrderState.EXPIRED and charge.state != ChargeState.PROMISED:
            too_late.setdefault(charge.pk, []).append(part)
    for charge_id, parts in too_late.items():
        Charge.objects.filter(pk=charge_id).update(needs_review=True)
        open_revive_decision(parts, now=timezone.now())


def settle_delivered(stall_order: StallOrder, *, by: Actor) -> None:
    """The goods are the shopper's: cash that was promised for them is taken, and the stall is owed their amount.

    What was taken above it is owed to the shopper (``payments.refunds`` gives it back). Runs in the caller's
    transaction; twice is once.
    """
    capture_promised(stall_order, by=by)
    _lock_taken(stall_order)
    book([stall_order])


def capture_promised(stall_order: StallOrder, *, by: Actor) -> None:
    """The cash for a stall order was taken at the counter. Runs in the caller's transaction; twice is once."""
    for charge in _promises_for(stall_order):
        charge.capture()
        charge.received = charge.captured = to_minor(stall_order.amount_due, charge.currency)
        charge.save()
        record("charge_captured", charge, by=by, amount=charge.captured)


def release_promise(stall_order: StallOrder, *, by: Actor) -> None:
    """A stall order will not be delivered: its promise is void; money already taken for it is owed to the shopper.

    Runs in the caller's transaction; twice is once.
    """
    for charge in _promises_for(stall_order):
        charge.cancel()
        charge.save()
        record("charge_cancelled", charge, by=by)
    if _lock_taken(stall_order):
        book([stall_order])


def _lock_taken(stall_order: StallOrder) -> bool:
    """Lock what was taken for a part, so that what is owed is read once; returns whether anything was."""
    taken = Charge.objects.select_for_update().filter(shares__stall_order=stall_order, state=ChargeState.CAPTURED)
    return bool(list(taken.order_by("pk")))


def cash_due(stall_order: StallOrder):
    """What the shopper pays at this stall's counter now, tax included; None when it is not paid in cash."""
    promised = Charge.objects.filter(shares__stall_order=stall_order, state=ChargeState.PROMISED)
    return stall_order.amount_due if promised.exists() else None


def _promises_for(stall_order: StallOrder):
    return Charge.objects.select_for_update().filter(shares__stall_order=stall_order, state=ChargeState.PROMISED)


def poll_open_charges(*, limit: int = 50) -> int:
    """Ask providers about charges nobody has heard of for a while. Called by the tick; returns how many were asked."""
    waiting = Charge.objects.filter(
        state__in=[ChargeState.CREATED, ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING, ChargeState.EXPIRED]
    ).exclude(checked_at__gt=timezone.now() - timedelta(seconds=POLL_EVERY_SECONDS))
    by_statement = [each.alias for each in payment_providers.all() if each.is_by_statement]
    waiting = waiting.exclude(provider__in=by_statement)
    recent = waiting.filter(created_at__gt=timezone.now() - timedelta(days=POLL_FOR_DAYS))
    ids = list(recent.order_by("checked_at").values_list("pk", flat=True)[:limit])
    for charge_id in ids:
        try:
            fetch_and_apply(charge_id)
        except Exception:
            # One provider's trouble must not stop the others; the charge is asked about again next time.
            logger.exception("charge %s could not be asked about", charge_id)
            Charge.objects.filter(pk=charge_id).update(checked_at=timezone.now())
    return len(ids)


POLL_EVERY_SECONDS = 20
POLL_FOR_DAYS = 14
