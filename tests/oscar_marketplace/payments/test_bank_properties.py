"""Random statements: every cent that came is in the bank's account once, and nothing is left between the accounts."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oscar_marketplace.ledger.queries import unbalanced_transactions
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.bank.match import decide
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.models import Charge
from tests.oscar_marketplace.payments.bank_world import balances, bring, row, the_charge

pytestmark = pytest.mark.django_db
L = BankLine.State

movements = st.lists(
    st.tuples(
        st.sampled_from(["202.49", "201.99", "201.98", "100.00", "102.49", "250.00", "0.01", "-5.00"]),
        st.sampled_from(["right", "right", "wrong", "none"]),
        st.sampled_from(["MXN", "MXN", "MXN", "USD"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(movements)
def test_every_cent_is_in_the_books_once(waiting, movements):
    block = transaction.atomic()
    # Each example is a test case of its own, so that the verbs in it may ask for a durable transaction.
    block._from_testcase = True
    with block:
        _check(waiting, movements)
        transaction.set_rollback(True)


def _check(waiting, movements):
    words = {"right": waiting.bank_reference.reference, "wrong": "1000001", "none": "hola"}
    rows = [row(amount, words[kind], currency=currency) for amount, kind, currency in movements]
    came = sum(int(amount.replace(".", "")) for amount, _kind, _currency in movements if amount[0] != "-")

    bring(*rows)
    before = balances()
    bring(*rows)

    assert balances() == before
    assert before.get("bank", 0) == came == sum(BankLine.objects.filter(amount__gt=0).values_list("amount", flat=True))
    assert not list(unbalanced_transactions())
    charge = the_charge()
    assert before.get("receivable", 0) == -charge.captured
    assert charge.captured in {0, charge.requested}
    undecided = BankLine.objects.filter(state=L.QUEUED, reason__in=["unknown_reference", "other_currency"])
    in_pieces = charge.received if charge.state == ChargeState.PARTIALLY_PAID else 0
    assert -before.get("suspense", 0) == sum(undecided.values_list("amount", flat=True)) + in_pieces


@given(st.sampled_from(ChargeState.values), st.integers(0, 20_248), st.integers(1, 60_000), st.integers(0, 500))
def test_what_came_is_the_charges_or_goes_back(state, received, amount, tolerance):
    charge = Charge(state=state, requested=20_249, received=received, currency="MXN")

    outcome = decide(charge, amount=amount, currency="MXN", tolerance=tolerance)

    kept = outcome.received - received if outcome.charge_state else 0
    assert kept + outcome.back == amount
    if outcome.charge_state == ChargeState.CAPTURED:
        assert 20_249 - tolerance <= outcome.received <= 20_249
