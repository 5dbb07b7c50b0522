"""Paying for an order that exists: promised, paid, declined, silent, late; pressed twice and by two providers."""

import pytest
from django.conf import settings as django_settings

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.listings.models import StockHold
from oscar_marketplace.orders.models import Decision, StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import ChargeFact
from oscar_marketplace.payments.settle import apply_fact, fetch_and_apply, poll_open_charges
from oscar_marketplace.payments.start import resume_payments, start_payment
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db
SHOPPER = Actor("shopper")


@pytest.fixture(autouse=True)
def bank(settings, tmp_path):
    """The make-believe bank keeps its books in a folder of this test; returns a way to set its options."""

    def open_bank(**options):
        settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS = {
            **django_settings.OSCAR_MARKETPLACE_PAYMENT_PROVIDERS,
            "dummy": {
                "BACKEND": "oscar_marketplace.payments.providers.dummy.DummyProvider",
                "OPTIONS": {"DIRECTORY": tmp_path / "bank", **options},
            },
        }

    open_bank()
    return open_bank


@pytest.fixture
def order(market, three_stalls):
    wave = factories.make_wave(market)
    listings = [
        factories.make_listing(stall=stall, price=price, stock=20)
        for stall, price in zip(three_stalls, ["32.49", "144.00", "26.00"], strict=True)
    ]
    return factories.place([(listing, 4) for listing in listings], waves=[wave])


def states(order):
    return set(StallOrder.objects.filter(order=order).values_list("state", flat=True))


def answer(charge, word):
    payment_providers["dummy"].answer(charge.reference, word)
    fetch_and_apply(charge.pk)
    return Charge.objects.get(pk=charge.pk)


def test_cash_is_one_promise_per_stall_and_the_stalls_are_told(order):
    started = start_payment(order, provider="cash", by=SHOPPER)

    charges = list(Charge.objects.filter(order=order))
    assert started.redirect_url is None
    assert [(charge.requested, charge.state) for charge in charges] == [
        (3249, ChargeState.PROMISED),
        (14400, ChargeState.PROMISED),
        (2600, ChargeState.PROMISED),
    ]
    assert states(order) == {StallOrderState.NEW}
    assert not StockHold.objects.exists()


def test_a_card_is_one_charge_whose_shares_sum_to_it(order):
    started = start_payment(order, provider="dummy", by=SHOPPER)

    charge = Charge.objects.get(order=order)
    assert charge.requested == 20249 == sum(ChargeShare.objects.filter(charge=charge).values_list("amount", flat=True))
    assert charge.reference in started.redirect_url
    assert (charge.state, states(order)) == (ChargeState.ACTION_REQUIRED, {StallOrderState.AWAITING_PAYMENT})

    charge = answer(charge, "pay")

    assert (charge.state, charge.captured, states(order)) == (ChargeState.CAPTURED, 20249, {StallOrderState.NEW})


def test_starting_twice_continues_the_same_charge(order):
    first = start_payment(order, provider="dummy", by=SHOPPER)

    second = start_payment(order, provider="dummy", by=SHOPPER)

    assert first == second
    assert Charge.objects.count() == 1


def test_the_same_answer_twice_changes_nothing(order):
    start_payment(order, provider="dummy", by=SHOPPER)
    charge = answer(Charge.objects.get(), "pay")
    versions = list(StallOrder.objects.values_list("version", flat=True))

    answer(charge, "pay")

    assert list(StallOrder.objects.values_list("version", flat=True)) == versions


def test_after_a_decline_the_order_stays_and_can_be_paid_again(order):
    start_payment(order, provider="dummy", by=SHOPPER)
    declined = answer(Charge.objects.get(), "decline")
    assert (declined.state, declined.decline_code) == (ChargeState.FAILED, "declined_by_bank")
    assert states(order) == {StallOrderState.AWAITING_PAYMENT}

    start_payment(order, provider="dummy", by=SHOPPER)
    again = Charge.objects.get(state=ChargeState.ACTION_REQUIRED)
    assert again.reference != declined.reference
    answer(again, "pay")

    assert states(order) == {StallOrderState.NEW}


def test_another_provider_gives_up_the_first_charge(order):
    start_payment(order, provider="dummy", by=SHOPPER)

    start_payment(order, provider="cash", by=SHOPPER)

    assert Charge.objects.get(provider="dummy").state == ChargeState.CANCELLED
    assert states(order) == {StallOrderState.NEW}


def test_money_that_came_while_choosing_another_provider_counts_and_nothing_is_asked_twice(order):
    start_payment(order, provider="dummy", by=SHOPPER)
    payment_providers["dummy"].answer(Charge.objects.get().reference, "pay")

    start_payment(order, provider="cash", by=SHOPPER)

    assert Charge.objects.get().state == ChargeState.CAPTURED
    assert states(order) == {StallOrderState.NEW}


def test_a_timeout_says_nothing_and_is_asked_about_later(order, bank, monkeypatch):
    bank(START_TIMES_OUT=True)
    started = start_payment(order, provider="dummy", by=SHOPPER)

    charge = Charge.objects.get()
    assert (charge.state, charge.is_unknown, started.redirect_url) == (ChargeState.CREATED, True, None)

    payment_providers["dummy"].answer(charge.reference, "pay")
    monkeypatch.setattr("oscar_marketplace.payments.settle.POLL_EVERY_SECONDS", -1)
    poll_open_charges()

    charge = Charge.objects.get()
    assert (charge.state, charge.is_unknown) == (ChargeState.CAPTURED, False)
    assert states(order) == {StallOrderState.NEW}


def test_a_bank_that_stays_silent_leaves_the_order_waiting(order):
    start_payment(order, provider="dummy", by=SHOPPER)

    charge = answer(Charge.objects.get(), "silent")

    assert (charge.state, charge.is_unknown) == (ChargeState.ACTION_REQUIRED, True)
    assert states(order) == {StallOrderState.AWAITING_PAYMENT}


def test_money_for_an_order_that_expired_asks_for_a_decision(order):
    from oscar_marketplace.orders.confirm import expire_part

    start_payment(order, provider="dummy", by=SHOPPER)
    for part in StallOrder.objects.filter(order=order):
        expire_part(part)

    charge = answer(Charge.objects.get(), "pay")

    assert (charge.state, charge.needs_review, states(order)) == (
        ChargeState.CAPTURED,
        True,
        {StallOrderState.EXPIRED},
    )
    assert [option["code"] for option in Decision.objects.get(kind="revive").options] == ["revive", "refund"]


@pytest.mark.parametrize(
    "lie", [{"amount": 1}, {"currency": "USD"}, {"reference": "another"}], ids=["amount", "currency", "reference"]
)
def test_an_answer_about_something_else_moves_nothing_and_asks_for_a_person(order, lie):
    start_payment(order, provider="dummy", by=SHOPPER)
    charge = Charge.objects.get()
    truth = {"reference": charge.reference, "amount": 20249, "currency": "MXN"}

    apply_fact(charge.pk, ChargeFact(external_id="x", state=ChargeState.CAPTURED, **{**truth, **lie}))

    charge = Charge.objects.get()
    assert (charge.state, charge.needs_review, charge.captured) == (ChargeState.ACTION_REQUIRED, True, 0)
    assert states(order) == {StallOrderState.AWAITING_PAYMENT}


def test_an_expired_order_cannot_be_paid(order):
    from oscar_marketplace.orders.confirm import expire_part

    for part in StallOrder.objects.filter(order=order):
        expire_part(part)

    with pytest.raises(NotAllowed) as refusal:
        start_payment(order, provider="cash", by=SHOPPER)

    assert refusal.value.code == "expired"
    assert not Charge.objects.exists()


def test_a_provider_that_is_not_offered_is_refused(order):
    with pytest.raises(NotAllowed) as refusal:
        start_payment(order, provider="gold", by=SHOPPER)

    assert refusal.value.code == "unknown_provider"


def test_an_order_whose_process_died_before_paying_is_resumed(order, monkeypatch):
    monkeypatch.setattr("oscar_marketplace.payments.start.RESUME_AFTER_SECONDS", -1)

    assert resume_payments() == 1
    assert states(order) == {StallOrderState.NEW}
    assert resume_payments() == 0


def test_paying_in_cash_takes_the_same_statements_for_one_stall_and_for_six(market):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    wave = factories.make_wave(market)

    def statements(stalls):
        lines = [(factories.make_listing(stall=factories.make_stall(market=market)), 1) for _ in range(stalls)]
        order = factories.place(lines, waves=[wave])
        with CaptureQueriesContext(connection) as captured:
            start_payment(order, provider="cash", by=SHOPPER)
        return len(captured)

    assert statements(1) == statements(6)
