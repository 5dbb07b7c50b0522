"""Give back what the books owe to the shopper (``credit_customer``): written, sent, and followed to its end.

Money goes back by the way it came. Where it cannot (cash, a transfer, a voucher paid at a shop), or where it came back,
a person gives it and writes down how.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import SYSTEM, Actor, record, target_of
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.ledger.models import AccountKind, LedgerPosting, TransactionKind
from oscar_marketplace.ledger.post import AccountKey, Line, post
from oscar_marketplace.money import to_minor
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import RefundState
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.books import HANDED_OVER_FOR_GOOD
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import ProviderRefused, ProviderTimeout, RefundFact, RefundRequest
from oscar_marketplace.payments.refund_books import book_came_back, book_given_back, is_beside
from oscar_marketplace.payments.refund_models import Refund

logger = logging.getLogger("oscar_marketplace.payments")

R = RefundState
K = TransactionKind
#: What stands on ``credit_customer`` for refunds that are written already: money that left, and what people granted.
WRITTEN = [K.REFUND, K.REFUND_FAILED, K.RECOVERY]


# -- what is owed ------------------------------------------------------------------------------------------------------


def orders_owed_to(*, since: datetime | None = None) -> list[int]:
    """Pks of orders whose shopper is owed more than refunds were written for. ``since``: owed after that only."""
    owed = LedgerPosting.objects.filter(account__kind=AccountKind.CREDIT_CUSTOMER, transaction__order__isnull=False)
    if since is not None:
        owed = owed.filter(transaction__at__gte=since)
        owed = LedgerPosting.objects.filter(
            account__kind=AccountKind.CREDIT_CUSTOMER, transaction__order__in=owed.values("transaction__order")
        )
    owed = (
        owed.exclude(transaction__kind__in=WRITTEN).order_by().values("transaction__order").annotate(sum=Sum("amount"))
    )
    credits = {row["transaction__order"]: -row["sum"] for row in owed if row["sum"]}
    written = Refund.objects.filter(charge__order__in=credits, liable="").order_by()
    written = dict(written.values_list("charge__order").annotate(sum=Sum("amount")))
    return sorted(order_id for order_id, amount in credits.items() if amount > written.get(order_id, 0))


def request_refunds(order_id: int) -> list[Refund]:
    """Write the refunds that an order's books call for; twice writes them once. Locks the order's charges.

    What follows from the books needs nobody's approval. A charge whose provider gives nothing back waits for a person.
    """
    with transaction.atomic(durable=True):
        charges = list(Charge.objects.select_for_update().filter(order=order_id).order_by("pk"))
        known = list(Refund.objects.filter(charge__in=charges))
        room = {charge.pk: charge.received - _given(charge, known) for charge in charges}
        written = []
        for source, amount in _owed(order_id).items():
            missing = amount - sum(r.amount for r in known if r.source == source and not r.liable)
            for charge in _paid_for(source, charges):
                part = missing if is_beside(source) else min(missing, room[charge.pk])
                if part > 0:
                    written.append(_write(charge, source, part, number=_next_number(charge, [*known, *written])))
                    room[charge.pk] -= 0 if is_beside(source) else part
                    missing -= part
            if missing > 0:
                logger.error("order %s: %d are owed for %s and no charge has them", order_id, missing, source)
        return written


def _owed(order_id: int) -> dict[str, int]:
    """Source -> what is owed to the shopper for it, given back or not, in minor units."""
    rows = LedgerPosting.objects.filter(account__kind=AccountKind.CREDIT_CUSTOMER, transaction__order=order_id)
    rows = rows.exclude(transaction__kind__in=WRITTEN).order_by("transaction__source").values("transaction__source")
    return {row["transaction__source"]: -row["sum"] for row in rows.annotate(sum=Sum("amount"))}


def _paid_for(source: str, charges: list[Charge]) -> list[Charge]:
    """Charges to give back from: those that paid for the source first, the newest before older ones."""
    kind, _sep, pk = source.partition(":")
    shares = ChargeShare.objects.filter(charge__in=charges)
    if kind == "stallorder":
        own = set(shares.filter(stall_order=pk).values_list("charge_id", flat=True))
    elif kind == "ordercharge":
        own = set(shares.filter(order_charge=pk).values_list("charge_id", flat=True))
    elif kind == "bankline":
        own = set(BankLine.objects.filter(pk=pk, charge__isnull=False).values_list("charge_id", flat=True))
    else:
        own = {int(pk)} if kind == "charge" else set()
    return sorted(charges, key=lambda charge: (charge.pk not in own, -charge.pk))


def _given(charge: Charge, known: Iterable[Refund]) -> int:
    """What refunds were written for of what a charge took, in minor units."""
    return sum(refund.amount for refund in known if refund.charge_id == charge.pk and not is_beside(refund.source))


def _next_number(charge: Charge, known: Iterable[Refund]) -> int:
    return 1 + sum(refund.charge_id == charge.pk for refund in known)


def _write(charge: Charge, source: str, amount: int, *, number: int) -> Refund:
    can = _gives_back(charge)
    refund = Refund(
        charge=charge,
        source=source,
        key=f"{charge.reference}-r{number}",
        amount=amount,
        currency=charge.currency,
        state=R.APPROVED if can else R.NEEDS_DESTINATION,
    )
    refund.save()
    record("refund_requested", refund, by=SYSTEM, amount=amount, source=source)
    return refund


def _gives_back(charge: Charge) -> bool:
    if charge.provider not in payment_providers.aliases():
        return False
    return payment_providers[charge.provider].capabilities(currency=charge.currency).refunds


# -- by the provider ---------------------------------------------------------------------------------------------------


def refunds_to_send(*, now: datetime) -> list[int]:
    """Pks of refunds to ask a provider for, and of those on their way that are asked about."""
    wanted = Q(state=R.APPROVED) | Q(state=R.SENT, created_at__gt=now - timedelta(days=30))
    # The shopper's bank may give the same money back: what is disputed waits.
    due = Refund.objects.filter(wanted, way=Refund.Way.PROVIDER, charge__disputed=0)
    return list(due.order_by("pk").values_list("pk", flat=True))


def send_refund(refund_id: int) -> None:
    """Ask the provider to give a refund back, or what became of it. Nothing is locked meanwhile; twice is once.

    No answer leaves it as it is: the next time the provider is first asked whether it knows the key.
    """
    refund = Refund.objects.select_related("charge").get(pk=refund_id)
    if refund.state not in {R.APPROVED, R.SENT} or refund.way != Refund.Way.PROVIDER:
        return
    provider, charge = payment_providers[refund.charge.provider], refund.charge
    about = (refund.call_key, charge.reference, charge.external_id, refund.amount, refund.currency)
    asked = RefundRequest(*about, refund_id=refund.external_id)
    try:
        fact = provider.fetch_refund(asked) if refund.is_unknown or refund.state == R.SENT else None
    except (ProviderTimeout, ProviderRefused) as trouble:
        # Wrong keys, say: it may have gone out, so it neither failed nor is it sent again.
        logger.warning("refund %s cannot be asked about: %s", refund.key, trouble.code)
        return
    try:
        if fact is None and refund.state == R.APPROVED:
            fact = provider.refund(asked)
    except ProviderTimeout:
        Refund.objects.filter(pk=refund_id).update(is_unknown=True)
        return
    except ProviderRefused as refusal:
        said = (refund.call_key, "", R.FAILED, refund.amount, refund.currency)
        fact = RefundFact(*said, decline_code=refusal.code[:60])
    if fact is not None:
        apply_refund_fact(refund_id, fact)


def apply_refund_fact(refund_id: int, fact: RefundFact) -> None:
    """Bring a refund and the books to what the provider says; twice is once. Locks the charge, then the refund."""
    with transaction.atomic(durable=True):
        charge, refund = _lock(refund_id)
        if (fact.key, fact.amount, fact.currency) != (refund.call_key, refund.amount, refund.currency):
            charge.needs_review = True
            charge.save(update_fields=["needs_review"])
            record("refund_mismatch", refund, by=SYSTEM, said=fact.amount, currency=fact.currency, about=fact.key)
            return
        before = refund.state
        refund.is_unknown = False
        refund.external_id = fact.external_id or refund.external_id
        if fact.state == R.FAILED and before in {R.APPROVED, R.SENT, R.DONE}:
            refund.fail()
            refund.decline_code = fact.decline_code
            if before != R.APPROVED:
                book_came_back(charge, refund)
        elif fact.state in {R.SENT, R.DONE} and before == R.APPROVED:
            refund.send()
            book_given_back(charge, refund)
        if fact.state == R.DONE and refund.state == R.SENT:
            refund.finish()
            refund.done_at = timezone.now()
        refund.save()
        if refund.state != before:
            record("refund_" + refund.state, refund, by=SYSTEM, amount=refund.amount, why=fact.decline_code)


def _lock(refund_id: int) -> tuple[Charge, Refund]:
    charge_id = Refund.objects.values_list("charge_id", flat=True).get(pk=refund_id)
    charge = Charge.objects.select_for_update().get(pk=charge_id)
    return charge, Refund.objects.select_for_update().get(pk=refund_id)


# -- by people ---------------------------------------------------------------------------------------------------------


def try_refund_again(refund: Refund, *, by: Actor) -> Refund:
    """Ask the provider anew for a refund that failed. Locks the charge, then the refund.

    Raises:
        NotAllowed: it did not fail.
    """
    with transaction.atomic():
        _charge, refund = _lock(refund.pk)
        if refund.state not in {R.FAILED, R.UNCLAIMED}:
            raise NotAllowed(_("Only a refund that failed can be tried again."), code="not_failed")
        refund.try_again()
        refund.attempt += 1
        refund.decline_code = ""
        refund.save()
        record("refund_tried_again", refund, by=by, attempt=refund.attempt)
    return refund


def give_back_in_cash(refund: Refund, *, by: Actor, reason: str) -> Refund:
    """The money was given over the counter; ``reason`` is the evidence: who signed, or the receipt's number."""
    return _give_by_hand(refund, Refund.Way.CASH, by=by, evidence=reason)


def give_back_by_transfer(refund: Refund, *, by: Actor, reason: str) -> Refund:
    """The city's bank sent the money; ``reason`` is the evidence: the transfer's number."""
    return _give_by_hand(refund, Refund.Way.TRANSFER, by=by, evidence=reason)


def _give_by_hand(refund: Refund, way: str, *, by: Actor, evidence: str) -> Refund:
    """A person gave the money back. Locks the charge, then the refund; twice is refused.

    Raises:
        NotAllowed: it is not waiting for a person, or nothing is written about how.
    """
    evidence = evidence.strip()
    if not evidence:
        raise NotAllowed(_("Write who signed for it, or the number of the transfer."), code="evidence_missing")
    with transaction.atomic():
        charge, refund = _lock(refund.pk)
        if refund.state not in {R.NEEDS_DESTINATION, R.FAILED, R.UNCLAIMED}:
            raise NotAllowed(_("This refund is not waiting for anybody."), code="not_waiting")
        if refund.state != R.NEEDS_DESTINATION:
            # The books may know the attempt that came back: this is another one.
            refund.attempt += 1
        refund.give_by_hand()
        refund.way, refund.evidence, refund.done_at = way, evidence[:200], timezone.now()
        book_given_back(charge, refund)
        refund.save()
        record("refund_done", refund, by=by, reason=evidence, amount=refund.amount, way=way)
    return refund


def approve_refund(refund: Refund, *, by: Actor) -> Refund:
    """Let a refund go that somebody else asked for. Locks the charge, then the refund.

    Raises:
        NotAllowed: it is not waiting for that, or the same person asked for it.
    """
    with transaction.atomic():
        charge, refund = _lock(refund.pk)
        if refund.state != R.REQUESTED:
            raise NotAllowed(_("This refund is not waiting to be approved."), code="not_requested")
        if refund.requested_by_id is not None and refund.requested_by_id == by.user_id:
            raise NotAllowed(_("Somebody else has to approve what you asked for."), code="four_eyes")
        _let_go(charge, refund)
        record("refund_approved", refund, by=by, amount=refund.amount)
    return refund


# -- after the hand-over -----------------------------------------------------------------------------------------------


def grant_refund(stall_order: StallOrder, *, amount, liable: str, by: Actor, reason: str) -> Refund:
    """Give part of what was paid for a delivered part back: spoilt goods, a wrong weight. Locks the part, its charge.

    ``amount`` in the order's currency, tax included. ``liable`` (``StallOrder.Liable``): the stall's part is taken from
    what it is owed, also when that was paid out already (its balance is then below zero and netted); else the market
    bears it. Above ``REFUND_APPROVAL_ABOVE`` somebody else has to approve it first.

    Raises:
        NotAllowed: ``not_delivered``, ``bad_amount``, ``too_much``, ``disputed`` or ``reason_missing``.
    """
    if not reason.strip():
        raise NotAllowed(_("Write why the money goes back."), code="reason_missing")
    with transaction.atomic():
        part = StallOrder.objects.select_for_update(of=("self",)).get(pk=stall_order.pk)
        if part.state not in HANDED_OVER_FOR_GOOD:
            raise NotAllowed(_("Only goods that were handed over can be refunded here."), code="not_delivered")
        minor = _whole(amount, part.currency)
        charges = Charge.objects.select_for_update().filter(shares__stall_order=part, captured__gt=0)
        charges = list(charges.order_by("-pk"))
        source = target_of(part)
        known = list(Refund.objects.filter(charge__in=charges))
        granted = sum(refund.amount for refund in known if refund.liable and refund.source == source)
        left = to_minor(part.amount_due, part.currency) - granted
        if any(each.disputed for each in charges):
            raise NotAllowed(
                _("The shopper's bank is asking this money back. Wait until that is over."), code="disputed"
            )
        charge = next((c for c in charges if c.received - _given(c, known) >= minor), None)
        if charge is None or minor > left:
            raise NotAllowed(_("That is more than was paid and not yet given back."), code="too_much")
        limit = settings.REFUND_APPROVAL_ABOVE
        waits = limit is not None and minor > to_minor(limit, part.currency)
        refund = Refund(
            charge=charge,
            source=source,
            key=f"{charge.reference}-r{_next_number(charge, known)}",
            amount=minor,
            currency=charge.currency,
            state=R.REQUESTED,
            liable=liable or StallOrder.Liable.OPERATOR,
            requested_by_id=by.user_id,
            evidence=reason.strip()[:200],
        )
        refund.save()
        record("refund_granted", refund, by=by, reason=reason, amount=minor, liable=liable)
        if not waits:
            _let_go(charge, refund)
    return refund


def _whole(amount, currency: str) -> int:
    """An amount a person wrote, in minor units.

    Raises:
        NotAllowed
    """
    try:
        minor = to_minor(amount, currency)
    except (ValueError, ArithmeticError):
        raise NotAllowed(_("Write an amount with at most two decimals."), code="bad_amount") from None
    if minor <= 0:
        raise NotAllowed(_("Write an amount above zero."), code="bad_amount")
    return minor


def _let_go(charge: Charge, refund: Refund) -> None:
    """A grant is good: the books owe it, and it goes the way it can."""
    refund.approve() if _gives_back(charge) else refund.wait_for_person()
    refund.save()
    part = StallOrder.objects.select_related("stall", "tenure").get(pk=refund.source.partition(":")[2])
    operator_id = part.stall.operator_id if part.stall else None
    credit = AccountKey(AccountKind.CREDIT_CUSTOMER, refund.currency, operator_id=operator_id)
    if refund.liable == StallOrder.Liable.STALL and part.stall_id:
        payee_id = part.tenure.payee_id if part.tenure else None
        bears = AccountKey(
            AccountKind.PAYABLE, refund.currency, operator_id=operator_id, stall_id=part.stall_id, payee_id=payee_id
        )
    else:
        bears = AccountKey(AccountKind.GOODWILL, refund.currency, operator_id=operator_id)
    lines = [Line(bears, refund.amount), Line(credit, -refund.amount)]
    post(K.RECOVERY, refund, lines, order=charge.order, at=timezone.now())
