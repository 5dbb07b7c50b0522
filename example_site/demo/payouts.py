"""The demo's stalls were paid last week, and a batch of today waits for its approval."""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model

from example_site.demo.clock import clock_at
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.models import Operator, Payee, PayoutBatch
from oscar_marketplace.payouts import pay
from oscar_marketplace.payouts.accounts import set_account
from oscar_marketplace.payouts.schedule import make_batch

#: Holders with an account: made-up ones, their bank does not exist. Everybody else is paid in cash.
WITH_ACCOUNT = {"chayo": "999320000000000011"}
WEEK = timedelta(days=7)


def load_payouts(operator: Operator, *, now: datetime) -> int:
    """Pay what was due a week ago and make the batches of today; returns how many batches, none on a second run."""
    if PayoutBatch.objects.filter(operator=operator).exists():
        return 0
    maker, second = _staff()
    with clock_at(now - 3 * WEEK):
        _give_accounts(operator, by=maker)
    made = 0
    with clock_at(now - WEEK):
        for method in ("spei", "cash"):
            batch = make_batch(operator, method=method, by=maker)
            if batch is not None:
                made += 1
                _pay(batch, by=second)
    for method in ("spei", "cash"):
        made += make_batch(operator, method=method, by=maker) is not None
    return made


def _staff() -> tuple[Actor, Actor]:
    users = get_user_model().objects
    names = ("admin", "editora")
    return tuple(Actor.of(users.filter(username=name).first(), role="city") for name in names)


def _give_accounts(operator: Operator, *, by: Actor) -> None:
    for login, number in WITH_ACCOUNT.items():
        payees = Payee.objects.filter(
            operator=operator, tenures__ends_on=None, tenures__stall__members__user__username=login
        )
        payee = payees.order_by("pk").first()
        if payee is not None:
            set_account(payee, number=number, holder=payee.name, by=by)


def _pay(batch: PayoutBatch, *, by: Actor) -> None:
    pay.approve_batch(batch, by=by)
    pay.mark_sent(batch, by=by)
    for n, payout in enumerate(batch.payouts.order_by("pk"), start=1):
        pay.mark_paid(payout, by=by, receipt=f"{n:03}")
