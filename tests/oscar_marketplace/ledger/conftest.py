"""An order at three stalls, paid in cash at each or at once by card, and what the books say of it."""

import pytest

from oscar_marketplace.ledger.models import AccountKind, LedgerPosting, LedgerTransaction
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import ChargeFact
from oscar_marketplace.payments.settle import apply_fact
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh, member_of, placed_parts


@pytest.fixture
def listings(three_stalls):
    goods = [("Jitomate", "32.00"), ("Queso", "144.00"), ("Tortillas", "26.00")]
    return [
        factories.make_listing(stall=stall, title=title, price=price, stock=20, is_estimated=title == "Queso")
        for stall, (title, price) in zip(three_stalls, goods, strict=True)
    ]


@pytest.fixture
def vendors(three_stalls):
    return [member_of(stall) for stall in three_stalls]


@pytest.fixture
def unpaid(listings):
    return placed_parts([(listing, 4) for listing in listings])


@pytest.fixture
def promised(unpaid):
    """In cash at each stall: 32.00, 144.00 and 26.00."""
    start_payment(unpaid[0].order, provider="cash", by=SHOPPER)
    return [fresh(part) for part in unpaid]


@pytest.fixture
def paid(unpaid):
    """By card, 202.00 at once."""
    pay_by_card(unpaid)
    return [fresh(part) for part in unpaid]


def pay_by_card(parts, *, reference="card-1", state=ChargeState.CAPTURED) -> Charge:
    """A charge for these parts that the provider says is captured."""
    amounts = [int(part.placed_incl_tax * 100) for part in parts]
    charge = Charge.objects.create(
        order=parts[0].order, provider="dummy", reference=reference, currency="MXN", requested=sum(amounts)
    )
    for part, amount in zip(parts, amounts, strict=True):
        ChargeShare.objects.create(charge=charge, stall_order=part, amount=amount)
    capture(charge, state=state)
    return charge


def capture(charge, *, state=ChargeState.CAPTURED) -> None:
    apply_fact(charge.pk, ChargeFact(charge.reference, "ext", state, charge.requested, charge.currency))


def balances(order=None) -> dict[str, int]:
    """Kind of account -> what all accounts of the kind stand at, without those at zero."""
    rows = LedgerPosting.objects.all() if order is None else LedgerPosting.objects.filter(transaction__order=order)
    sums: dict[str, int] = {}
    for kind, amount in rows.values_list("account__kind", "amount"):
        sums[kind] = sums.get(kind, 0) + amount
    return {str(kind): amount for kind, amount in sums.items() if amount}


def kinds() -> list[str]:
    """What was posted, in the order of the books."""
    return list(LedgerTransaction.objects.order_by("pk").values_list("kind", flat=True))


def receivable(order) -> int:
    return balances(order).get(AccountKind.RECEIVABLE, 0)
