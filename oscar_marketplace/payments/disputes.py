"""A dispute that was lost: the money is gone, and somebody bears it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.ledger.models import AccountKind, TransactionKind
from oscar_marketplace.ledger.post import AccountKey, Line, post
from oscar_marketplace.money import allocate
from oscar_marketplace.payments.books import HANDED_OVER_FOR_GOOD, operator_of_order
from oscar_marketplace.payments.models import Charge


def lost_borne_by_market(charge: Charge, *, by: Actor, reason: str) -> Charge:
    """The market bears what the shopper's bank took: fraud, or goods that were not delivered.

    Raises:
        NotAllowed: ``not_disputed``, or ``reason_missing``.
    """
    return _lose(charge, by=by, reason=reason, by_stalls=False)


def lost_borne_by_stalls(charge: Charge, *, by: Actor, reason: str) -> Charge:
    """The stalls whose goods the charge paid for bear it, each its part; below zero it is netted with later sales.

    Raises:
        NotAllowed: ``not_disputed``, ``reason_missing``, or ``nothing_delivered``.
    """
    return _lose(charge, by=by, reason=reason, by_stalls=True)


def _lose(charge: Charge, *, by: Actor, reason: str, by_stalls: bool) -> Charge:
    """Locks the charge; books it once: twice is refused, since nothing is disputed any more."""
    if not reason.strip():
        raise NotAllowed(_("Write why it was lost."), code="reason_missing")
    with transaction.atomic():
        charge = Charge.objects.select_for_update().get(pk=charge.pk)
        if not charge.disputed:
            raise NotAllowed(_("Nothing of this charge is disputed."), code="not_disputed")
        operator_id = operator_of_order(charge.order_id)
        bearers = _stalls(charge, operator_id) if by_stalls else {}
        if by_stalls and not bearers:
            raise NotAllowed(_("No stall handed over goods that it paid for."), code="nothing_delivered")
        if not by_stalls:
            bearers = {AccountKey(AccountKind.GOODWILL, charge.currency, operator_id=operator_id): 1}
        gone = AccountKey(AccountKind.PSP, charge.currency, operator_id=operator_id, provider=charge.provider)
        parts = allocate(charge.disputed, list(bearers.values()))
        lines = [Line(account, amount) for account, amount in zip(bearers, parts, strict=True) if amount]
        lines.append(Line(gone, -charge.disputed))
        number = 1 + charge.details.get("disputes_lost", 0)
        post(TransactionKind.DISPUTE, charge, lines, order=charge.order, at=timezone.now(), sequence=number)
        record("dispute_lost", charge, by=by, reason=reason, amount=charge.disputed, by_stalls=by_stalls)
        charge.details["disputes_lost"] = number
        charge.dispute_lost, charge.disputed, charge.needs_review = charge.dispute_lost + charge.disputed, 0, False
        charge.save(update_fields=["dispute_lost", "disputed", "needs_review", "details"])
    return charge


def _stalls(charge: Charge, operator_id: int | None) -> dict[AccountKey, int]:
    """Account of each stall that handed goods of the charge over -> what it paid for them, in minor units."""
    shares = charge.shares.filter(stall_order__stall__isnull=False, stall_order__state__in=HANDED_OVER_FOR_GOOD)
    found: dict[AccountKey, int] = {}
    for share in shares.select_related("stall_order__tenure").order_by("pk"):
        part = share.stall_order
        account = AccountKey(
            AccountKind.PAYABLE,
            charge.currency,
            operator_id=operator_id,
            stall_id=part.stall_id,
            payee_id=part.tenure.payee_id if part.tenure else None,
        )
        paid = share.amount if share.to_capture is None else share.to_capture
        found[account] = found.get(account, 0) + paid
    return {account: paid for account, paid in found.items() if paid}
