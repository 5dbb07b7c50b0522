"""Money on the bank's statement finds its order, or asks a person; every cent is in the books once."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.decide import answer_decision
from oscar_marketplace.aftersales.expire import expire_order, unpaid_orders
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.payments.bank.models import BankLine
from oscar_marketplace.payments.bank.queue import match_to_order, put_aside, settle_by_hand
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.settle import poll_open_charges
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER
from tests.oscar_marketplace.payments.bank_world import CITY, CLABE, balances, bring, line_states, row, the_charge
from tests.oscar_marketplace.payments.conftest import order_at

pytestmark = pytest.mark.django_db


def states(order):
    return set(StallOrder.objects.filter(order=order).values_list("state", flat=True))


def reference(charge) -> str:
    return charge.bank_reference.reference


def test_the_shopper_is_told_where_to_send_the_money_and_the_goods_are_kept_until_then(waiting):
    day = timezone.now() + timedelta(days=1)

    assert (waiting.state, waiting.requested) == (ChargeState.ACTION_REQUIRED, 20249)
    assert waiting.details["instructions"] == {
        "holder": "Ciudad Jacaranda",
        "bank": "Banco de prueba",
        "clabe": CLABE,
        "reference": reference(waiting),
    }
    assert abs(waiting.expires_at - day) < timedelta(minutes=1)
    assert set(StockHold.objects.values_list("expires_at", flat=True)) == {waiting.expires_at}
    assert states(waiting.order) == {StallOrderState.AWAITING_PAYMENT}
    assert balances() == {}


def test_choosing_it_again_is_the_same_charge_and_reference(waiting):
    start_payment(waiting.order, provider="transfer", by=SHOPPER)

    assert reference(the_charge()) == reference(waiting)


def test_it_is_refused_for_a_pick_up_that_is_too_near(transfers, market, three_stalls):
    order = order_at(three_stalls, factories.make_wave(market, starts_in=timedelta(hours=5)))

    with pytest.raises(NotAllowed) as refusal:
        start_payment(order, provider="transfer", by=SHOPPER)

    assert refusal.value.code == "pick_up_too_near"
    assert str(refusal.value) == (
        "A transfer can take 1 day, and your pick-up time is too soon for that. Choose a later one."
    )
    assert not Charge.objects.exists()


def test_choosing_cash_instead_keeps_the_goods_no_longer(waiting):
    start_payment(waiting.order, provider="dummy", by=SHOPPER)

    held = StockHold.objects.values_list("expires_at", flat=True)
    assert max(held) < timezone.now() + timedelta(minutes=11)
    assert the_charge().state == ChargeState.CANCELLED


def test_nobody_is_asked_about_it(waiting):
    Charge.objects.update(checked_at=None)

    assert poll_open_charges() == 0


def test_the_exact_amount_confirms_the_order(waiting):
    report = bring(row("202.49", f"SPEI ref. {reference(waiting)} mercado", number="A1"))

    charge = the_charge()
    assert (report.lines, report.new, report.by_state) == (1, 1, {"matched": 1})
    assert (charge.state, charge.received, charge.captured) == (ChargeState.CAPTURED, 20249, 20249)
    assert states(charge.order) == {StallOrderState.NEW}
    assert balances() == {"bank": 20249, "receivable": -20249}
    assert line_states() == [("matched", "")]
    assert list(troubles()) == []


def test_the_same_file_and_an_overlapping_one_add_nothing(waiting):
    paid = row("202.49", reference(waiting))
    bring(paid, row("10.00", "hola"))

    again = bring(paid, row("10.00", "hola"))
    overlap = bring(paid, row("10.00", "hola"), row("10.00", "hola"))

    assert (again.new, overlap.new) == (0, 1)
    assert BankLine.objects.count() == 3
    assert balances() == {"bank": 22249, "receivable": -20249, "suspense": -2000}


def test_a_little_less_is_let_off_and_the_market_bears_it(waiting):
    bring(row("201.99", reference(waiting)))

    charge = the_charge()
    assert (charge.state, charge.received, charge.captured) == (ChargeState.CAPTURED, 20199, 20249)
    assert balances() == {"bank": 20199, "goodwill": 50, "receivable": -20249}
    assert list(troubles()) == []


def test_one_cent_below_the_tolerance_asks_for_the_rest_and_the_rest_completes_it(waiting):
    bring(row("201.98", reference(waiting)))

    charge = the_charge()
    assert (charge.state, charge.received, charge.captured) == (ChargeState.PARTIALLY_PAID, 20198, 0)
    assert states(charge.order) == {StallOrderState.AWAITING_PAYMENT}
    assert balances() == {"bank": 20198, "suspense": -20198}

    bring(row("0.51", reference(waiting)))

    charge = the_charge()
    assert (charge.state, charge.received, charge.captured) == (ChargeState.CAPTURED, 20249, 20249)
    assert balances() == {"bank": 20249, "receivable": -20249}
    assert states(charge.order) == {StallOrderState.NEW}


def test_three_pieces_sum_up(waiting):
    for piece in ("100.00", "50.00", "52.49"):
        bring(row(piece, reference(waiting)))

    assert the_charge().state == ChargeState.CAPTURED
    assert balances() == {"bank": 20249, "receivable": -20249}


def test_a_part_whose_rest_never_came_goes_back(waiting):
    bring(row("100.00", reference(waiting)))
    later = timezone.now() + timedelta(days=2)
    assert list(unpaid_orders(now=later)) == [waiting.order_id]

    expire_order(waiting.order_id, now=later)

    charge = the_charge()
    assert (charge.state, charge.received, charge.captured) == (ChargeState.CLOSED_SHORT, 10000, 0)
    assert states(charge.order) == {StallOrderState.EXPIRED}
    assert balances() == {"bank": 10000, "credit_customer": -10000}
    assert line_states() == [("queued", "under")]


def test_a_part_goes_back_when_another_way_to_pay_is_chosen(waiting):
    bring(row("100.00", reference(waiting)))

    start_payment(waiting.order, provider="cash", by=SHOPPER)

    assert the_charge().state == ChargeState.CLOSED_SHORT
    assert balances() == {"bank": 10000, "credit_customer": -10000}
    assert states(waiting.order) == {StallOrderState.NEW}


def test_what_is_over_is_owed_back(waiting):
    bring(row("250.00", reference(waiting)))

    charge = the_charge()
    assert (charge.state, charge.received, charge.captured) == (ChargeState.CAPTURED, 20249, 20249)
    assert balances() == {"bank": 25000, "receivable": -20249, "credit_customer": -4751}
    assert line_states() == [("queued", "over")]
    assert states(charge.order) == {StallOrderState.NEW}


def test_a_second_payment_is_owed_back_whole(waiting):
    bring(row("202.49", reference(waiting), number="1"), row("202.49", reference(waiting), number="2"))

    assert balances() == {"bank": 40498, "receivable": -20249, "credit_customer": -20249}
    assert line_states() == [("matched", ""), ("queued", "duplicate")]


def test_money_after_the_time_to_pay_asks_whether_the_order_is_to_be_revived(waiting):
    expire_order(waiting.order_id)

    bring(row("202.49", reference(waiting)))

    assert the_charge().state == ChargeState.CAPTURED
    assert balances() == {"bank": 20249, "receivable": -20249}
    assert line_states() == [("queued", "late")]
    question = Decision.objects.get(order=waiting.order_id, kind=Decision.Kind.REVIVE)

    answer_decision(question, answer="refund", by=SHOPPER, channel="link")

    assert balances() == {"bank": 20249, "credit_customer": -20249}


def test_too_little_and_too_late_is_owed_back(waiting):
    expire_order(waiting.order_id)

    bring(row("100.00", reference(waiting)))

    assert the_charge().state == ChargeState.EXPIRED
    assert balances() == {"bank": 10000, "credit_customer": -10000}
    assert line_states() == [("queued", "late")]
    assert not Decision.objects.exists()


def test_another_currency_stays_until_a_person_has_looked(waiting):
    bring(row("202.49", reference(waiting), currency="USD"))

    assert the_charge().state == ChargeState.ACTION_REQUIRED
    assert line_states() == [("queued", "other_currency")]
    assert balances() == {"bank": 20249, "suspense": -20249}


@pytest.mark.parametrize("wrong", ["no number at all", "one digit"])
def test_without_a_right_reference_the_money_waits_for_a_person(waiting, wrong):
    right = reference(waiting)
    text = right[:-1] + str((int(right[-1]) + 1) % 10) if wrong == "one digit" else wrong

    bring(row("202.49", text))

    assert line_states() == [("queued", "unknown_reference")]
    assert the_charge().state == ChargeState.ACTION_REQUIRED
    assert balances() == {"bank": 20249, "suspense": -20249}


def test_a_person_matches_a_line_to_an_order(waiting):
    bring(row("202.49", "tomates"))

    match_to_order(BankLine.objects.get(), number=waiting.order.number, by=CITY)

    assert the_charge().state == ChargeState.CAPTURED
    assert line_states() == [("matched", "")]
    assert balances() == {"bank": 20249, "receivable": -20249}
    with pytest.raises(NotAllowed) as refusal:
        match_to_order(BankLine.objects.get(), number=waiting.order.number, by=CITY)
    assert refusal.value.code == "decided"


def test_a_line_is_not_matched_to_an_order_nobody_was_to_transfer_for(waiting):
    bring(row("202.49", "tomates"))

    with pytest.raises(NotAllowed) as refusal:
        match_to_order(BankLine.objects.get(), number="99999", by=CITY)

    assert refusal.value.code == "no_transfer"
    assert line_states() == [("queued", "unknown_reference")]


def test_what_is_not_ours_is_owed_to_whoever_sent_it(waiting):
    bring(row("80.00", "rent"))
    line = BankLine.objects.get()

    put_aside(line, by=CITY, reason="Rent of the hall")
    put_aside(line, by=CITY, reason="again")

    assert line_states() == [("ignored", "unknown_reference")]
    assert balances() == {"bank": 8000, "credit_customer": -8000}


def test_a_line_whose_money_has_an_owner_is_only_settled_by_hand_and_with_words(waiting):
    bring(row("250.00", reference(waiting)))
    line = BankLine.objects.get()
    before = balances()

    for verb, reason, code in [(put_aside, "x", "decided"), (settle_by_hand, " ", "reason_missing")]:
        with pytest.raises(NotAllowed) as refusal:
            verb(line, by=CITY, reason=reason)
        assert refusal.value.code == code
    settle_by_hand(line, by=CITY, reason="Sent back by SPEI")

    assert line_states() == [("settled", "over")]
    assert balances() == before


def test_money_that_left_is_a_line_and_nothing_else(waiting):
    report = bring(row("-202.49", reference(waiting)))

    assert report.by_state == {"outgoing": 1}
    assert balances() == {}
    assert the_charge().state == ChargeState.ACTION_REQUIRED


def test_a_line_of_two_orders_names_pays_the_one_of_its_amount(waiting, market, three_stalls):
    wave = factories.make_wave(market, starts_in=timedelta(days=2, hours=3))
    other = factories.place([(factories.make_listing(stall=three_stalls[0], price="10.00"), 4)], waves=[wave])
    start_payment(other, provider="transfer", by=SHOPPER)
    second = other.marketplace_charges.get()

    bring(row("10.00", f"{reference(waiting)} {reference(second)}"))

    assert (Charge.objects.get(pk=second.pk).state, second.requested) == (ChargeState.CAPTURED, int(D("10.00") * 100))
    assert Charge.objects.get(pk=waiting.pk).state == ChargeState.ACTION_REQUIRED
