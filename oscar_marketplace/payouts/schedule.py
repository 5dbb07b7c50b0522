"""Making a batch: who is paid how much, who is not and why; then claiming the postings for it."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.backends import payout_methods
from oscar_marketplace.ledger.models import LedgerPosting
from oscar_marketplace.markets.models import Operator
from oscar_marketplace.payouts.methods.base import PayoutMethod
from oscar_marketplace.payouts.models import Payout, PayoutAccount, PayoutBatch, PayoutLine
from oscar_marketplace.payouts.owed import due_postings
from oscar_marketplace.stalls.models import Payee


@dataclass
class Proposed:
    """What one payee would be paid; ``amount`` in minor units. ``code`` and ``why_not`` say why nothing is."""

    payee: Payee | None
    account: PayoutAccount | None
    currency: str
    postings: list[LedgerPosting] = field(default_factory=list)
    code: str = ""
    why_not: str = ""

    @property
    def amount(self) -> int:
        return -sum(posting.amount for posting in self.postings)

    @property
    def name(self) -> str:
        """The payee, or the stall that has none."""
        return self.payee.name if self.payee else ", ".join(sorted({p.account.stall.name for p in self.postings}))


def preview(operator: Operator, *, method: str, now: datetime | None = None) -> list[Proposed]:
    """Everybody to whom something is due, paid by this method or not, in the order of their names. Reads only."""
    return _propose(operator, payout_methods[method], now=now or timezone.now())


def make_batch(
    operator: Operator,
    *,
    method: str,
    by: Actor,
    payees: Collection[int] | None = None,
    now: datetime | None = None,
) -> PayoutBatch | None:
    """Claim what is due and can be paid by this method; None if that is nothing.

    One transaction; locks the payees, so that of two who do it at once the second finds nothing left. ``payees`` (pks)
    pays only those of them. Posts nothing: that is done when a payout is marked as paid.
    """
    now = now or timezone.now()
    backend = payout_methods[method]
    with transaction.atomic(durable=True):
        operator = Operator.objects.get(pk=operator.pk)
        wanted = {each.payee.pk for each in _propose(operator, backend, now=now) if not each.code}
        wanted &= set(payees) if payees is not None else wanted
        # What is due is read again behind the lock: a batch of this moment may have claimed it.
        list(Payee.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
        paid = [each for each in _propose(operator, backend, now=now) if not each.code and each.payee.pk in wanted]
        if not paid:
            return None
        return _claim(operator, backend, paid, by=by, now=now)


def _propose(operator: Operator, backend: PayoutMethod, *, now: datetime) -> list[Proposed]:
    postings = due_postings(operator, now=now).select_related("account__payee__payout_account", "account__stall")
    found: dict[tuple, Proposed] = {}
    for posting in postings.order_by("pk"):
        payee, currency = posting.account.payee, posting.account.currency
        # A stall without a holder stands by itself.
        key = (payee.pk if payee else f"stall {posting.account.stall_id}", currency)
        account = getattr(payee, "payout_account", None)
        found.setdefault(key, Proposed(payee, account, currency)).postings.append(posting)
    for each in found.values():
        each.code, each.why_not = _why_not(each, operator, backend, now=now)
    return sorted(found.values(), key=lambda each: (each.name, each.currency))


def _why_not(each: Proposed, operator: Operator, backend: PayoutMethod, *, now: datetime) -> tuple[str, str]:
    if each.payee is None:
        return "no_payee", _("The stall has no holder who could be paid: write one down.")
    if each.amount <= 0:
        return "nothing_owed", _("Nothing is owed: it is netted with what is sold next.")
    if each.currency != operator.currency or (backend.currencies and each.currency not in backend.currencies):
        return "other_currency", _("This way of paying does not pay in %(currency)s.") % {"currency": each.currency}
    return _why_not_there(each.account, backend, zone=ZoneInfo(operator.time_zone), now=now)


def _why_not_there(account: PayoutAccount | None, backend, *, zone: ZoneInfo, now: datetime) -> tuple[str, str]:
    """Whether the account fits the method. Cash is for whoever has no account; a new account holds every payout."""
    if account is None:
        return ("", "") if not backend.account_kind else ("no_account", _("No account: pay in cash, or ask for one."))
    if account.held_until and account.held_until > now:
        until = account.held_until.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        return "account_is_new", _("The account was changed: it is not paid to before %(when)s.") % {"when": until}
    if account.kind != backend.account_kind:
        return "other_method", _("Is paid to an account (%(kind)s).") % {"kind": account.get_kind_display()}
    return "", ""


def _claim(operator: Operator, backend, paid: list[Proposed], *, by: Actor, now: datetime) -> PayoutBatch:
    batch = PayoutBatch.objects.create(
        operator=operator,
        reference=_new_reference(operator, now),
        method=backend.alias,
        claimed_at=now,
        created_by_id=by.user_id,
    )
    for n, each in enumerate(paid, start=1):
        payout = Payout.objects.create(
            batch=batch,
            operator=operator,
            payee=each.payee,
            reference=f"{batch.reference}-{n}",
            method=backend.alias,
            currency=each.currency,
            amount=each.amount,
            sealed_account=each.account.sealed if each.account else "",
            last_four=each.account.last_four if each.account else "",
            created_at=now,
        )
        PayoutLine.objects.bulk_create(PayoutLine(payout=payout, posting=posting) for posting in each.postings)
    record("make_batch", batch, by=by, method=backend.alias, payouts=len(paid), amount=sum(p.amount for p in paid))
    return batch


def _new_reference(operator: Operator, now: datetime) -> str:
    """Short, in the letters every bank takes: ``P20261124-7F3A09C1``."""
    day = now.astimezone(ZoneInfo(operator.time_zone))
    return f"P{day:%Y%m%d}-{secrets.token_hex(4).upper()}"
