"""A line of the bank finds the charge it pays for, by reference, amount and currency; what does not fit asks a person.

Locks the stall orders, the charge, then the line. Once a line is decided it is never decided again.
"""

import logging
from dataclasses import dataclass

from django.db import transaction

from oscar_marketplace.audit.record import SYSTEM, Actor, record
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.bank.books import book_to_give_back
from oscar_marketplace.payments.bank.models import BankLine, BankReference
from oscar_marketplace.payments.bank.references import references_in
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.providers.base import ChargeFact
from oscar_marketplace.payments.settle import reduce_facts

logger = logging.getLogger("oscar_marketplace.payments")

L, R, C = BankLine.State, BankLine.Reason, ChargeState
#: The shopper may still pay.
OPEN = {C.CREATED, C.ACTION_REQUIRED, C.PROCESSING, C.PARTIALLY_PAID}
#: Given up, and money for all of it still counts.
GIVEN_UP = {C.EXPIRED, C.CANCELLED}
#: Lines about which nothing is decided: their money stands in suspense.
UNDECIDED = {R.UNKNOWN_REFERENCE}


@dataclass(frozen=True)
class Outcome:
    """What a line means. ``charge_state`` and ``received`` are the charge's from now on, ``back`` the sender's."""

    state: str
    reason: str = ""
    charge_state: str = ""
    received: int = 0
    back: int = 0


def decide(charge: Charge | None, *, amount: int, currency: str, tolerance: int) -> Outcome:
    """Pure: what ``amount`` (minor units) that came for ``charge`` means."""
    if charge is None:
        return Outcome(L.QUEUED, R.UNKNOWN_REFERENCE)
    if charge.currency != currency:
        return Outcome(L.QUEUED, R.OTHER_CURRENCY)
    if charge.state == C.CAPTURED:
        return Outcome(L.QUEUED, R.DUPLICATE, back=amount)
    is_late = charge.state in GIVEN_UP
    if charge.state not in OPEN and not is_late:
        return Outcome(L.QUEUED, R.LATE, back=amount)
    received = charge.received + amount
    if received + tolerance < charge.requested:
        if is_late:
            return Outcome(L.QUEUED, R.LATE, back=amount)
        return Outcome(L.MATCHED, R.UNDER, C.PARTIALLY_PAID, received)
    over = max(received - charge.requested, 0)
    reason = R.LATE if is_late else R.OVER if over else ""
    return Outcome(L.QUEUED if reason else L.MATCHED, reason, C.CAPTURED, received - over, back=over)


def match_new_lines(account: str | None = None) -> int:
    """Match every line nobody looked at; returns how many. One that fails does not stop the others."""
    lines = BankLine.objects.filter(state=L.NEW)
    lines = lines.filter(account=account) if account else lines
    done = 0
    for line in lines.order_by("booked_on", "pk"):
        try:
            match_line(line)
            done += 1
        except Exception:
            logger.exception("bank line %s could not be matched", line.pk)
    return done


def match_line(line: BankLine, *, charge: Charge | None = None, by: Actor = SYSTEM) -> BankLine:
    """Decide what a line pays for: ``charge`` if a person says so, else by its reference. Twice is once."""
    charge_id = charge.pk if charge else _charge_named_in(line)
    with transaction.atomic():
        charge = _lock(charge_id)
        line = BankLine.objects.select_for_update(of=("self",)).get(pk=line.pk)
        if line.state != L.NEW and not (line.state == L.QUEUED and line.reason in UNDECIDED):
            return line
        if charge is None and line.state == L.QUEUED:
            return line
        backend = payment_providers[line.account]
        outcome = decide(charge, amount=line.amount, currency=line.currency, tolerance=backend.tolerance)
        _carry_out(line, charge, outcome, by)
    return line


def _charge_named_in(line: BankLine) -> int | None:
    """The one charge whose reference stands in the line; of several, the one that asks for this very amount."""
    names = references_in(line.text)
    known = BankReference.objects.filter(reference__in=names, charge__provider=line.account).select_related("charge")
    charges = [each.charge for each in known] if names else []
    if len(charges) > 1:
        charges = [each for each in charges if each.requested - each.received == line.amount]
    return charges[0].pk if len(charges) == 1 else None


def _lock(charge_id: int | None) -> Charge | None:
    if charge_id is None:
        return None
    parts = StallOrder.objects.filter(charge_shares__charge=charge_id).order_by("pk")
    list(StallOrder.objects.select_for_update(of=("self",)).filter(pk__in=parts.values("pk")).order_by("pk"))
    return Charge.objects.select_for_update(of=("self",)).get(pk=charge_id)


def _carry_out(line: BankLine, charge: Charge | None, outcome: Outcome, by: Actor) -> None:
    if outcome.charge_state:
        fact = ChargeFact(
            reference=charge.reference,
            external_id=charge.external_id,
            state=outcome.charge_state,
            amount=charge.requested,
            currency=charge.currency,
            received=outcome.received,
        )
        reduce_facts({charge.pk: fact})
    if outcome.back:
        book_to_give_back(line, outcome.back, charge=charge)
    line.state, line.reason, line.charge = outcome.state, outcome.reason, charge
    line.save(update_fields=["state", "reason", "charge"])
    about = {"charge": charge.reference} if charge else {}
    record("bank_line_" + line.state, line, by=by, why=line.reason, **about)


def close_short(charge: Charge, *, by: Actor) -> None:
    """The rest did not come: what came goes back. Runs in the transaction of the caller, who has locked ``charge``."""
    charge.close_short()
    charge.save()
    record("charge_" + charge.state, charge, by=by, received=charge.received)
    lines = BankLine.objects.select_for_update(of=("self",)).filter(charge=charge, state=L.MATCHED).order_by("pk")
    for line in lines:
        book_to_give_back(line, line.amount, charge=charge)
        line.state = L.QUEUED
        line.save(update_fields=["state"])
        record("bank_line_" + line.state, line, by=by, why=line.reason, charge=charge.reference)
