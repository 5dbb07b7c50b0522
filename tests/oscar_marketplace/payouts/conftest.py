"""A stall that sold something online, and two members of the city's staff."""

from datetime import timedelta
from decimal import Decimal as D
from itertools import count

import pytest
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.ledger.models import AccountKind, LedgerPosting
from oscar_marketplace.ledger.post import AccountKey, Line, post
from oscar_marketplace.ledger.queries import balance
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.payouts import accounts
from oscar_marketplace.payouts.models import PayoutAccount
from oscar_marketplace.test import factories

#: Banco de México's own example, and the one of the ISO page about IBAN.
CLABE = "032180000118359719"
IBAN = "ES9121000418450200051332"
_number = count(1)


@pytest.fixture(autouse=True)
def methods(settings):
    manual = "oscar_marketplace.payouts.methods.manual_file"
    settings.OSCAR_MARKETPLACE_PAYOUT_METHODS = {
        "cash": {"BACKEND": "oscar_marketplace.payouts.methods.cash.CashAtDesk"},
        "spei": {"BACKEND": f"{manual}.SpeiCsv", "OPTIONS": {}},
        "sepa": {"BACKEND": f"{manual}.SepaFile", "OPTIONS": {"IBAN": IBAN, "NAME": "Ciudad"}},
    }


@pytest.fixture
def stall(db):
    return factories.make_stall(name="Verduras Doña Chayo")


@pytest.fixture
def operator(stall):
    return stall.operator


@pytest.fixture
def payee(stall):
    return stall.tenures.get().payee


@pytest.fixture
def maker(db):
    return Actor.of(factories.make_user("maker", is_staff=True), role="city")


@pytest.fixture
def second(db):
    return Actor.of(factories.make_user("second", is_staff=True), role="city")


def sold(stall, amount, *, days_ago=5, state=StallOrderState.COMPLETED, tenure=None) -> StallOrder:
    """A part of an order worth ``amount`` minor units, handed over some days ago and owed to the stall since."""
    tenure = tenure or stall.tenures.filter(ends_on=None).first()
    n, whole = next(_number), D(amount) / 100
    order = get_model("order", "Order").objects.create(
        number=f"MK-7Q2F-{n:04}", total_incl_tax=whole, total_excl_tax=whole, currency="MXN"
    )
    part = StallOrder(
        order=order,
        partner=stall.partner,
        stall=stall,
        tenure=tenure,
        sequence=1,
        seller_name=stall.name,
        currency="MXN",
        placed_incl_tax=whole,
        placed_excl_tax=whole,
    )
    part.__dict__["state"] = state
    part.save()
    owe(part, amount, "sale", days_ago=days_ago)
    return part


def owe(part, amount, kind, *, days_ago=0, other=AccountKind.RECEIVABLE, sequence=1) -> LedgerPosting:
    """Something about a part that changes what is owed to its stall; below zero it takes away."""
    owner = {"operator_id": part.stall.operator_id}
    payee_id = part.tenure.payee_id if part.tenure else None
    payable = AccountKey(AccountKind.PAYABLE, "MXN", stall_id=part.stall_id, payee_id=payee_id, **owner)
    lines = [Line(payable, -amount), Line(AccountKey(other, "MXN", **owner), amount)]
    at = timezone.now() - timedelta(days=days_ago)
    written = post(kind, part, lines, order=part.order, at=at, sequence=sequence)
    return written.postings.get(account__kind=AccountKind.PAYABLE)


def give_account(payee, *, number=CLABE, days_ago=30, **kwargs) -> PayoutAccount:
    """An account that is past its hold."""
    now = timezone.now() - timedelta(days=days_ago)
    kwargs = {"holder": payee.name, "by": Actor("city"), "now": now, **kwargs}
    return accounts.set_account(payee, number=number, **kwargs)


def owed_to(payee) -> int:
    """Minor units on all accounts of the payee."""
    return -balance(payee.ledger_accounts.filter(kind=AccountKind.PAYABLE))


def stands_at(kind) -> int:
    return sum(LedgerPosting.objects.filter(account__kind=kind).values_list("amount", flat=True))
