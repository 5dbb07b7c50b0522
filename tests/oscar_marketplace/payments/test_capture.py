"""What is set aside on a card is taken once, for what was packed; lost answers, crashes and refusals end defined."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.aftersales.pack import pack_part
from oscar_marketplace.aftersales.refusal import carry_out_refusal, refuse_part
from oscar_marketplace.ledger.models import LedgerPosting
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.states import ChargeState
from oscar_marketplace.payments.capture import capture_charge, charges_to_capture
from oscar_marketplace.payments.check_books import troubles
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.refunds import orders_owed_to
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, fresh

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=10)


@pytest.fixture
def charge(paper, parts):
    start_payment(parts[0].order, provider="paper", by=SHOPPER)
    return Charge.objects.get()


def pack(part, vendor, share="1"):
    part = advance.accept(fresh(part), by=vendor)
    packed = {line.pk: line.promised_measure * Decimal(share) for line in part.lines.all()}
    return pack_part(part, by=vendor, version=part.version, packed=packed, bags=1)


def later():
    return timezone.now() + LATER


def balances():
    sums = {}
    for kind, amount in LedgerPosting.objects.values_list("account__kind", "amount"):
        sums[str(kind)] = sums.get(str(kind), 0) + amount
    return {kind: amount for kind, amount in sums.items() if amount}


def test_the_most_that_it_may_weigh_is_set_aside(charge, paper):
    most = charge.shares.get(stall_order__lines__title="Queso").amount

    assert most > 14400
    assert (charge.state, charge.requested, charge.authorised, charge.captured) == (
        ChargeState.AUTHORISED,
        3200 + most + 2600,
        3200 + most + 2600,
        0,
    )
    assert paper.calls[0][1].capture_later is True
    assert balances() == {}


def test_it_is_taken_once_when_the_last_stall_has_packed(charge, parts, vendors, paper):
    for part, vendor in zip(parts[:2], vendors, strict=False):
        pack(part, vendor)
    early = capture_charge(charge.pk, now=later())
    pack(parts[2], vendors[2])

    within_undo = capture_charge(charge.pk)
    taken = capture_charge(charge.pk, now=later())
    again = capture_charge(charge.pk, now=later())

    charge = Charge.objects.get()
    assert (early, within_undo, taken, again) == (False, False, True, False)
    assert (charge.state, charge.captured, charge.needs_review) == (ChargeState.CAPTURED, 20200, False)
    assert paper.number_of("capture") == 1
    assert balances() == {"psp": 20200, "receivable": -20200}


def test_what_weighs_less_and_what_is_refused_is_never_taken(charge, parts, vendors, paper):
    pack(parts[0], vendors[0])
    pack(parts[1], vendors[1], share="0.95")
    refuse_part(fresh(parts[2]), by=vendors[2])
    carry_out_refusal(fresh(parts[2]), now=later())
    for question in parts[0].order.decisions.filter(answered_at=None):
        question.delete()

    capture_charge(charge.pk, now=later())
    for part, vendor in zip(parts[:2], vendors, strict=False):
        deliver_part(fresh(part), code=part.hand_over.code, by=vendor)

    assert Charge.objects.get().captured == 3200 + 13680
    assert balances() == {"psp": 16880, "payable": -16880}
    assert orders_owed_to() == []
    assert list(troubles()) == []


def test_more_than_ordered_within_the_bound_is_taken_and_not_the_markets_goodwill(charge, parts, vendors):
    pack(parts[0], vendors[0])
    pack(parts[1], vendors[1], share="1.05")
    pack(parts[2], vendors[2])

    capture_charge(charge.pk, now=later())
    for part, vendor in zip(parts, vendors, strict=True):
        deliver_part(fresh(part), code=part.hand_over.code, by=vendor)

    assert Charge.objects.get().captured == 3200 + 15120 + 2600
    assert balances() == {"psp": 20920, "payable": -20920}


def test_handed_over_before_it_is_taken_is_no_trouble(charge, parts, vendors):
    for part, vendor in zip(parts, vendors, strict=True):
        deliver_part(pack(part, vendor), code=part.hand_over.code, by=vendor)

    before = (balances(), list(troubles()))
    capture_charge(charge.pk, now=later())

    assert before == ({"receivable": 20200, "payable": -20200}, [])
    assert balances() == {"psp": 20200, "payable": -20200}


def test_nothing_left_lets_go_of_all_of_it(charge, parts, vendors, paper):
    for part, vendor in zip(parts, vendors, strict=True):
        refuse_part(fresh(part), by=vendor)
        carry_out_refusal(fresh(part), now=later())

    capture_charge(charge.pk, now=later())

    assert (paper.number_of("cancel"), paper.number_of("capture")) == (1, 0)
    assert Charge.objects.get().state == ChargeState.CANCELLED
    assert balances() == {}


def test_a_lost_answer_is_asked_again_with_the_same_amount_and_key(charge, parts, vendors, paper):
    for part, vendor in zip(parts, vendors, strict=True):
        pack(part, vendor)
    paper.lose = ["capture"]

    capture_charge(charge.pk, now=later())
    unknown = Charge.objects.get()
    capture_charge(charge.pk, now=later())

    asked = [call[1] for call in paper.calls if call[0] == "capture"]
    assert (unknown.state, unknown.is_unknown, unknown.capture_amount) == (ChargeState.AUTHORISED, True, 20200)
    assert asked[0] == asked[1]
    assert (Charge.objects.get().state, Charge.objects.get().is_unknown) == (ChargeState.CAPTURED, False)
    assert balances() == {"psp": 20200, "receivable": -20200}


def test_a_crash_after_the_amount_was_committed_takes_that_amount(charge, parts, vendors, paper, monkeypatch):
    for part, vendor in zip(parts, vendors, strict=True):
        pack(part, vendor)
    with monkeypatch.context() as crash:
        crash.setattr("oscar_marketplace.payments.capture._call", _die)
        with pytest.raises(KeyboardInterrupt):
            capture_charge(charge.pk, now=later())

    capture_charge(charge.pk, now=later())

    assert (paper.number_of("capture"), Charge.objects.get().captured) == (1, 20200)


def _die(*args):
    raise KeyboardInterrupt


def test_a_refusal_asks_for_a_person_and_is_not_repeated(charge, parts, vendors, paper):
    for part, vendor in zip(parts, vendors, strict=True):
        pack(part, vendor)
    paper.refuse = {"capture": "card_expired"}

    capture_charge(charge.pk, now=later())

    assert Charge.objects.get().needs_review
    assert charges_to_capture(now=later()) == []


def test_half_a_day_before_the_card_lets_go_it_is_taken_unpacked_at_the_estimate(charge, parts, vendors):
    pack(parts[0], vendors[0])
    Charge.objects.update(capture_before=timezone.now() + timedelta(hours=11))

    taken = capture_charge(charge.pk)

    assert taken
    assert Charge.objects.get().captured == 20200


def test_a_pick_up_after_the_cards_week_is_taken_at_once(paper, market, three_stalls, settings):
    settings.OSCAR_MARKETPLACE_WAVE_DAYS = 7
    wave = factories.make_wave(market, starts_in=timedelta(days=6))
    order = factories.place([(factories.make_listing(stall=three_stalls[0], price="32.00"), 4)], waves=[wave])

    start_payment(order, provider="paper", by=SHOPPER)

    assert Charge.objects.get(order=order).state == ChargeState.CAPTURED
