"""What becomes of a batch: approved, sent, and each payout of it paid or come back. Only money that left is posted."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import can_proceed

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.backends import payout_methods
from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import MarketplaceError, NotAllowed
from oscar_marketplace.ledger.models import TransactionKind
from oscar_marketplace.ledger.post import AccountKey, Line, post
from oscar_marketplace.money import to_minor
from oscar_marketplace.payouts.methods.base import Order, PayoutFile, Transfer
from oscar_marketplace.payouts.models import AccountDetails, Payout, PayoutAccount, PayoutBatch, PayoutLine, PayoutState

P = PayoutState


class SecondPerson(NotAllowed):
    """Above the limit whoever made a batch does not approve it."""

    code = "second_person"
    message = _("Whoever made a batch of this size does not approve it: ask a second person.")


class AccountChanged(NotAllowed):
    """The account is not the one the batch was made with."""

    code = "account_changed"
    message = _("The account of %(names)s was changed since: cancel the batch and make another.")


class WrongMoment(NotAllowed):
    """The payout is not where this could be done."""

    code = "wrong_moment"
    message = _("This can no longer be done: the payout is “%(state)s”.")


class NoReceipt(NotAllowed):
    code = "no_receipt"
    message = _("Write the number of the receipt, or who signed. Nothing was changed.")


class FileHandedOut(NotAllowed):
    """The bank may have it."""

    code = "file_handed_out"
    message = _("The file was downloaded, so the bank may have it: mark the payouts one by one.")


class FileDiffers(MarketplaceError):
    """The bank would be given two different files under one reference."""

    code = "file_differs"
    message = _(
        "This file is not the one that was downloaded first. Nothing was handed out; ask whoever keeps the site."
    )


def approve_batch(batch: PayoutBatch, *, by: Actor, now: datetime | None = None) -> PayoutBatch:
    """Let a batch be paid; approved twice is once.

    Raises:
        SecondPerson, AccountChanged, WrongMoment
    """
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        batch, payouts = _lock(batch)
        if batch.approved_at and not batch.cancelled_at:
            return batch
        _check_second_person(batch, payouts, by=by)
        _check_accounts(payouts)
        _move_all(payouts, "approve")
        batch.approved_at, batch.approved_by_id = now, by.user_id
        batch.save(update_fields=["approved_at", "approved_by"])
        record("approve_batch", batch, by=by, amount=sum(each.amount for each in payouts))
    return batch


def file_of(batch: PayoutBatch, *, by: Actor) -> PayoutFile:
    """What to upload at the bank, the same whenever it is asked for; the first time its fingerprint is written down.

    Raises:
        WrongMoment: the batch is not approved, or its method has no file.
        NoKeys, WrongKey, FileDiffers
    """
    with transaction.atomic(durable=True):
        batch, payouts = _lock(batch)
        if batch.approved_at is None or batch.cancelled_at:
            raise WrongMoment(state=payouts[0].get_state_display())
        file = payout_methods[batch.method].file(_order(batch, payouts))
        if file is None:
            raise NotAllowed()
        sha256 = hashlib.sha256(file.content).hexdigest()
        if batch.file_sha256 and batch.file_sha256 != sha256:
            raise FileDiffers()
        batch.file_sha256 = sha256
        batch.save(update_fields=["file_sha256"])
        record("hand_out_file", batch, by=by, sha256=sha256)
    return file


def mark_sent(batch: PayoutBatch, *, by: Actor, now: datetime | None = None) -> PayoutBatch:
    """The file is at the bank, or the money at the desk. Twice is once.

    Raises:
        WrongMoment
    """
    with transaction.atomic(durable=True):
        batch, payouts = _lock(batch)
        if batch.sent_at:
            return batch
        _move_all(payouts, "send")
        batch.sent_at = now or timezone.now()
        batch.save(update_fields=["sent_at"])
        record("send_batch", batch, by=by)
    return batch


def cancel_batch(batch: PayoutBatch, *, by: Actor, reason: str, now: datetime | None = None) -> PayoutBatch:
    """Give a batch up before it went out: what it claimed can be paid by another.

    Raises:
        WrongMoment, FileHandedOut
    """
    with transaction.atomic(durable=True):
        batch, payouts = _lock(batch)
        if batch.cancelled_at:
            return batch
        if batch.file_sha256:
            raise FileHandedOut()
        _move_all(payouts, "cancel")
        PayoutLine.objects.filter(payout__in=payouts).update(is_live=False)
        batch.cancelled_at = now or timezone.now()
        batch.save(update_fields=["cancelled_at"])
        record("cancel_batch", batch, by=by, reason=reason)
    return batch


def mark_paid(payout: Payout, *, by: Actor, receipt: str = "", now: datetime | None = None) -> Payout:
    """The payee has the money: it is posted and no longer owed. Twice is once.

    Raises:
        WrongMoment, NoReceipt
    """
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        payout = Payout.objects.select_for_update().get(pk=payout.pk)
        if payout.state == P.PAID:
            return payout
        if payout_methods[payout.method].asks_receipt and not receipt.strip():
            raise NoReceipt()
        _move(payout, "pay")
        payout.paid_at, payout.receipt = now, receipt.strip()[:120]
        payout.save(update_fields=["state", "paid_at", "receipt"])
        post(TransactionKind.PAYOUT, payout, _lines(payout), order=None, at=now, memo=payout.reference)
        record("pay", payout, by=by, amount=payout.amount, receipt=payout.receipt)
    return payout


def mark_failed(payout: Payout, *, by: Actor, reason: str, now: datetime | None = None) -> Payout:
    """The money did not arrive, or came back: it is owed again, and another payout may claim it. Twice is once.

    Raises:
        WrongMoment
    """
    now = now or timezone.now()
    with transaction.atomic(durable=True):
        payout = Payout.objects.select_for_update().get(pk=payout.pk)
        if payout.state == P.FAILED:
            return payout
        was_paid = payout.state == P.PAID
        _move(payout, "fail")
        payout.failed_at, payout.failure = now, reason[:200]
        payout.save(update_fields=["state", "failed_at", "failure"])
        if was_paid:
            back = [Line(line.account, -line.amount) for line in _lines(payout)]
            post(TransactionKind.PAYOUT_FAILED, payout, back, order=None, at=now, memo=payout.reference)
        payout.lines.update(is_live=False)
        record("payout_failed", payout, by=by, reason=reason, was_paid=was_paid)
    return payout


def needs_second_person(batch: PayoutBatch, payouts: list[Payout]) -> bool:
    """Whether the batch is above ``PAYOUT_FOUR_EYES_ABOVE``."""
    limit = settings.PAYOUT_FOUR_EYES_ABOVE
    if limit is None:
        return False
    return sum(each.amount for each in payouts) > to_minor(limit, batch.operator.currency)


def _check_second_person(batch: PayoutBatch, payouts: list[Payout], *, by: Actor) -> None:
    if needs_second_person(batch, payouts) and (by.user_id is None or by.user_id == batch.created_by_id):
        raise SecondPerson()


def _check_accounts(payouts: list[Payout]) -> None:
    """Whether everybody is still paid to the account that the batch was made with."""
    accounts = {row.payee_id: row for row in PayoutAccount.objects.filter(payee__in=[p.payee_id for p in payouts])}
    changed = [
        each.payee.name
        for each in payouts
        if each.sealed_account
        and (each.payee_id not in accounts or accounts[each.payee_id].changed_at > each.created_at)
    ]
    if changed:
        raise AccountChanged(names=", ".join(changed))


def _lock(batch: PayoutBatch) -> tuple[PayoutBatch, list[Payout]]:
    batch = PayoutBatch.objects.select_for_update(of=("self",)).select_related("operator").get(pk=batch.pk)
    payouts = Payout.objects.select_for_update(of=("self",)).filter(batch=batch).select_related("payee")
    return batch, list(payouts.order_by("pk"))


def _move_all(payouts: list[Payout], verb: str) -> None:
    for each in payouts:
        _move(each, verb)
        each.save(update_fields=["state"])


def _move(payout: Payout, verb: str) -> None:
    change: Callable = getattr(payout, verb)
    if not can_proceed(change):
        raise WrongMoment(state=payout.get_state_display())
    change()


def _lines(payout: Payout) -> list[Line]:
    """What is no longer owed on each account, against what left the bank or the desk."""
    sums = payout.lines.order_by().values("posting__account").annotate(sum=Sum("posting__amount"))
    names = ("kind", "currency", "operator_id", "stall_id", "payee_id", "provider")
    rows = sums.values_list(*(f"posting__account__{name}" for name in names), "sum").order_by("posting__account__code")
    lines = [Line(AccountKey(**dict(zip(names, owner, strict=True))), -amount) for *owner, amount in rows if amount]
    source = payout_methods[payout.method].ledger_account
    return [*lines, Line(AccountKey(source, payout.currency, operator_id=payout.operator_id), -payout.amount)]


def _order(batch: PayoutBatch, payouts: list[Payout]) -> Order:
    return Order(
        reference=batch.reference,
        made_at=batch.approved_at,
        pay_on=batch.approved_at.astimezone(ZoneInfo(batch.operator.time_zone)).date(),
        operator=batch.operator.legal_name or batch.operator.name,
        currency=batch.operator.currency,
        transfers=tuple(_transfer(each) for each in payouts),
    )


def _transfer(payout: Payout) -> Transfer:
    number = payout.pk % 10**7
    if not payout.sealed_account:
        return Transfer(payout.reference, payout.amount, payout.payee.name, numeric_reference=number)
    to = AccountDetails.unseal(payout.sealed_account)
    return Transfer(payout.reference, payout.amount, payout.payee.name, to.number, to.holder, to.bic, number)
