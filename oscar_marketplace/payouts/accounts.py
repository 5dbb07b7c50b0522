"""The account a payee is paid to: set and changed by one verb, which holds payouts to it for some days."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.conf import settings
from oscar_marketplace.payouts.account_numbers import kind_of_number, plain_number
from oscar_marketplace.payouts.encryption import seal_again
from oscar_marketplace.payouts.models import AccountDetails, Payout, PayoutAccount
from oscar_marketplace.stalls.models import Payee


def set_account(
    payee: Payee, *, number: str, holder: str, by: Actor, bic: str = "", now: datetime | None = None
) -> PayoutAccount:
    """Pay this payee to another account from now on, after ``PAYOUT_ACCOUNT_HOLD_DAYS``; the first one too.

    In the caller's transaction, if there is one: the admin saves in its own. Whoever calls it for a person asks for
    that person's password first. The same account again changes nothing.

    Raises:
        ValidationError: the number is none. NoKeys: it cannot be kept.
    """
    now = now or timezone.now()
    details = AccountDetails(plain_number(number), holder.strip(), plain_number(bic))
    kind = kind_of_number(details.number)
    with transaction.atomic():
        Payee.objects.select_for_update(no_key=True).get(pk=payee.pk)
        row = PayoutAccount.objects.filter(payee=payee).first() or PayoutAccount(payee=payee)
        if row.pk and AccountDetails.unseal(row.sealed) == details:
            return row
        was = row.last_four
        row.kind, row.sealed, row.last_four = kind, details.seal(), details.number[-4:]
        row.changed_at, row.changed_by_id = now, by.user_id
        row.held_until = now + timedelta(days=settings.PAYOUT_ACCOUNT_HOLD_DAYS)
        row.save()
        record("set_payout_account", payee, by=by, was=was, now=row.last_four)
    return row


def rotate_keys() -> int:
    """Seal everything again with the first key; returns how many rows. Safe to run again, and to stop in between.

    Raises:
        NoKeys, WrongKey
    """
    rows = 0
    for model, name in ((PayoutAccount, "sealed"), (Payout, "sealed_account")):
        for pk in model.objects.exclude(**{name: ""}).order_by("pk").values_list("pk", flat=True):
            with transaction.atomic():
                row = model.objects.select_for_update().get(pk=pk)
                model.objects.filter(pk=pk).update(**{name: seal_again(getattr(row, name))})
            rows += 1
    return rows
