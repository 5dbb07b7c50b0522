"""Two people import the same file at the same moment, and the clock matches along: each line is booked once."""

import pytest

from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.bank.match import match_new_lines
from oscar_marketplace.payments.bank.models import BankLine, BankStatement
from oscar_marketplace.payments.check_books import troubles
from tests.oscar_marketplace.ledger.test_at_once import at_once
from tests.oscar_marketplace.payments.bank_world import balances, bring, line_states, row, the_charge

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_the_same_file_by_many(waiting):
    rows = [row("202.49", waiting.bank_reference.reference, number="1"), row("5.00", "hola"), row("5.00", "hola")]

    problems = at_once(*[lambda: bring(*rows)] * 6, match_new_lines, match_new_lines)

    assert problems == []
    assert (BankStatement.objects.count(), BankLine.objects.count()) == (1, 3)
    assert balances() == {"bank": 21249, "receivable": -20249, "suspense": -1000}
    assert the_charge().state == ChargeState.CAPTURED
    assert list(troubles()) == []


def test_files_that_overlap_in_both_orders(waiting):
    rows = [row(f"{n}.00", "hola", number=str(n)) for n in range(1, 12)]

    problems = at_once(
        lambda: bring(*rows[:8]), lambda: bring(*reversed(rows[3:])), lambda: bring(*rows[2:9]), lambda: bring(*rows)
    )

    assert problems == []
    assert BankLine.objects.count() == 11
    assert balances() == {"bank": 6600, "suspense": -6600}


def test_two_payments_of_one_charge_in_two_files_are_one_payment_and_one_to_give_back(waiting):
    reference = waiting.bank_reference.reference

    problems = at_once(
        lambda: bring(row("202.49", reference, number="1")), lambda: bring(row("202.49", reference, number="2"))
    )

    assert problems == []
    assert sorted(line_states()) == [("matched", ""), ("queued", "duplicate")]
    assert balances() == {"bank": 40498, "receivable": -20249, "credit_customer": -20249}
