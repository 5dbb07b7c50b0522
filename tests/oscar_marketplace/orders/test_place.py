"""One basket becomes one order, partitioned to the cent; refused attempts leave no trace."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.contrib.sites.models import Site
from django.utils import timezone
from oscar.apps.order.signals import order_placed
from oscar.core.loading import get_model

from oscar_marketplace.exceptions import CannotPlace
from oscar_marketplace.listings.models import ListingState, StockHold
from oscar_marketplace.orders.models import CheckoutAttempt, Contact, HandOver, StallOrder, StallOrderLine
from oscar_marketplace.orders.place import ContactDetails, HandOverChoice, place_order
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db

Order = get_model("order", "Order")
StockRecord = get_model("partner", "StockRecord")


@pytest.fixture
def wave(market):
    return factories.make_wave(market)


@pytest.fixture
def listings(three_stalls):
    tomatoes = factories.make_listing(stall=three_stalls[0], title="Jitomate", price="32.49", stock=20)
    cheese = factories.make_listing(stall=three_stalls[1], title="Queso fresco", price="144.00")
    tortillas = factories.make_listing(stall=three_stalls[2], title="Tortillas", price="26.00", tax_rate="0.16")
    return [tomatoes, cheese, tortillas]


@pytest.fixture
def basket(listings):
    return factories.make_basket([(listings[0], 4), (listings[1], 2), (listings[2], 4)])


def nothing_was_written():
    assert not Order.objects.exists()
    assert not StallOrder.objects.exists()
    assert not StockHold.objects.exists()
    assert not OutboxEvent.objects.exists()
    assert not StockRecord.objects.filter(num_allocated__gt=0).exists()


def refused(basket, asked, **kwargs):
    with pytest.raises(CannotPlace) as refusal:
        place_order(basket, asked=asked, **kwargs)
    nothing_was_written()
    basket = get_model("basket", "Basket").objects.get(pk=basket.pk)
    assert basket.status == "Open"
    return refusal.value


def test_each_line_is_in_exactly_one_stall_order_and_the_totals_add_up(basket, wave, three_stalls):
    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    parts = list(StallOrder.objects.filter(order=order))
    assert [part.stall for part in parts] == three_stalls
    assert [part.placed_incl_tax for part in parts] == [D("32.49"), D("72.00"), D("26.00")]
    assert order.total_incl_tax == D("130.49") == sum(part.placed_incl_tax for part in parts)
    assert order.total_excl_tax == sum(part.placed_excl_tax for part in parts) == D("126.90")
    assert {line.stall_order_line.stall_order.partner_id for line in order.lines.all()} == {
        stall.partner_id for stall in three_stalls
    }
    assert {part.state for part in parts} == {StallOrderState.AWAITING_PAYMENT}


def test_a_kilo_in_quarters_costs_the_price_per_kilo_in_every_row(basket, wave):
    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    line = order.lines.get(title="Jitomate")
    assert line.line_price_incl_tax == line.line_price_before_discounts_incl_tax == D("32.49")
    assert line.stall_order_line.placed_incl_tax == D("32.49")
    assert sum(row.quantity * row.price_incl_tax for row in line.prices.all()) == D("32.49")
    assert sum(row.quantity for row in line.prices.all()) == 4


def test_counted_stock_is_promised_and_held_until_it_is_paid(basket, wave, listings):
    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    stockrecord = StockRecord.objects.get(pk=listings[0].stockrecord_id)
    assert (stockrecord.num_in_stock, stockrecord.num_allocated) == (20, 4)
    hold = StockHold.objects.get(order_line=order.lines.get(title="Jitomate"))
    assert hold.quantity == 4
    assert timedelta(minutes=9) < hold.expires_at - timezone.now() <= timedelta(minutes=10)
    assert order.lines.get(title="Queso fresco").num_allocated == 0


def test_hand_over_contact_and_message_are_written_with_the_order(basket, wave, market):
    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    hand_over = HandOver.objects.get(order=order)
    assert (hand_over.market, hand_over.wave, hand_over.kind) == (market, wave, "stall")
    assert len(hand_over.code) == 4
    assert hand_over.hold_until == wave.ends_at + timedelta(minutes=120)
    assert Contact.objects.get(order=order).email == "ana@example.org"
    assert OutboxEvent.objects.get(topic="order_placed").payload == {"order": order.pk}


def test_the_same_key_twice_is_one_order(basket, wave):
    asked = factories.make_checkout_request(basket, waves=[wave])

    first = place_order(basket, asked=asked)
    second = place_order(basket, asked=asked)

    assert first == second
    assert Order.objects.count() == 1


def test_a_second_tab_with_another_key_finds_the_same_order(basket, wave):
    first = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    second = place_order(basket, asked=replace(factories.make_checkout_request(basket, waves=[wave]), key="other"))

    assert first == second
    assert Order.objects.count() == 1


def test_numbers_cannot_be_guessed_or_counted(listings, wave):
    orders = [factories.place([(listings[1], 1)], waves=[wave]) for _ in range(3)]

    numbers = [order.number for order in orders]
    assert len(set(numbers)) == 3
    assert all(len(number) == 8 for number in numbers)
    assert str(100000 + orders[0].basket_id) not in numbers


def test_a_price_that_changed_since_it_was_shown_is_refused(basket, wave, listings):
    asked = factories.make_checkout_request(basket, waves=[wave])
    listings[1].price = D("150.00")
    listings[1].save()

    assert refused(basket, asked).code == "price_changed"


def test_two_changes_that_cancel_out_are_noticed(basket, wave, listings):
    asked = factories.make_checkout_request(basket, waves=[wave])
    listings[1].price -= D("2.00")
    listings[1].save()
    listings[2].price += D("1.00")
    listings[2].save()

    assert refused(basket, asked).code == "price_changed"


def test_a_stall_suspended_after_the_basket_was_filled_is_refused_by_name(basket, wave, three_stalls):
    asked = factories.make_checkout_request(basket, waves=[wave])
    three_stalls[1].suspend()
    three_stalls[1].save()

    refusal = refused(basket, asked)

    assert refusal.code == "stall_closed"
    assert "Cremería La Vaquita" in str(refusal)


def test_sold_out_paused_and_too_much_are_refused(basket, wave, listings):
    asked = factories.make_checkout_request(basket, waves=[wave])
    listings[1].state = ListingState.PAUSED
    listings[1].save()
    assert refused(basket, asked).code == "not_listed"

    listings[1].state = ListingState.LIVE
    listings[1].sold_out_on = timezone.localdate()
    listings[1].save()
    assert refused(basket, asked).code == "sold_out"

    listings[1].sold_out_on = None
    listings[1].save()
    StockRecord.objects.filter(pk=listings[0].stockrecord_id).update(num_in_stock=3)
    refusal = refused(basket, asked)
    assert refusal.code == "not_enough"
    assert refusal.lines == (basket.lines.get(stockrecord=listings[0].stockrecord).pk,)


def test_stock_taken_between_the_check_and_the_write_is_refused_by_name(basket, wave, listings, monkeypatch):
    from oscar_marketplace.overlay import order_placement

    asked = factories.make_checkout_request(basket, waves=[wave])
    real = order_placement.allocate

    def another_shopper_first(wanted):
        StockRecord.objects.filter(pk=listings[0].stockrecord_id).update(num_allocated=18)
        real(wanted)

    monkeypatch.setattr(order_placement, "allocate", another_shopper_first)
    with pytest.raises(CannotPlace) as refusal:
        place_order(basket, asked=asked)

    assert refusal.value.code == "out_of_stock"
    assert "Jitomate" in str(refusal.value)
    assert not Order.objects.exists()


def test_slots_that_are_gone_full_or_of_another_market_are_refused(basket, wave, market):
    late = factories.make_wave(market, starts_in=timedelta(minutes=30))
    assert refused(basket, factories.make_checkout_request(basket, waves=[late])).code == "slot_gone"

    full = factories.make_wave(market, starts_in=timedelta(hours=8), capacity=1)
    full.places.all().delete()
    assert refused(basket, factories.make_checkout_request(basket, waves=[full])).code == "slot_full"

    elsewhere = factories.make_wave(factories.make_market(operator=market.operator))
    foreign = replace(
        factories.make_checkout_request(basket, waves=[wave]),
        hand_overs=(HandOverChoice(market.pk, wave_id=elsewhere.pk),),
    )
    assert refused(basket, foreign).code in {"slot_gone", "price_changed"}

    closed = factories.make_wave(market, starts_in=timedelta(hours=11))
    closed.closed = True
    closed.save()
    assert refused(basket, factories.make_checkout_request(basket, waves=[closed])).code == "slot_gone"


def test_a_limited_wave_gives_each_order_a_place(listings, market):
    wave = factories.make_wave(market, capacity=1)

    order = factories.place([(listings[1], 1)], waves=[wave])

    assert wave.places.get().hand_over == HandOver.objects.get(order=order)
    with pytest.raises(CannotPlace) as refusal:
        factories.place([(listings[1], 1)], waves=[wave])
    assert refusal.value.code == "slot_full"


@pytest.mark.parametrize(
    ("contact", "code"),
    [
        (ContactDetails(name="Ana"), "contact_missing"),
        (ContactDetails(email="no-at-sign"), "bad_email"),
        (ContactDetails(name="A" * 121, phone="3355500100"), "contact_too_long"),
        (ContactDetails(phone="3355500100", language="xx"), "unknown_language"),
    ],
)
def test_a_contact_that_cannot_be_used_is_refused(basket, wave, contact, code):
    assert refused(basket, factories.make_checkout_request(basket, waves=[wave], contact=contact)).code == code


def test_a_phone_is_enough(basket, wave):
    contact = ContactDetails(phone="+52 33 5550 0100")

    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave], contact=contact))

    assert order.guest_email == ""
    assert Contact.objects.get(order=order).phone == "+52 33 5550 0100"


def test_open_cash_orders_per_person_are_limited(listings, wave, market):
    market.operator.max_open_cash_orders = 2
    market.operator.save()
    for _ in range(2):
        factories.place([(listings[1], 1)], waves=[wave], pays_later=True)

    with pytest.raises(CannotPlace) as refusal:
        factories.place([(listings[1], 1)], waves=[wave], pays_later=True)

    assert refusal.value.code == "too_many_cash_orders"
    factories.place([(listings[1], 1)], waves=[wave], pays_later=True, contact=ContactDetails(email="b@example.org"))


def test_a_refused_attempt_is_noted_and_may_be_tried_again(basket, wave, listings):
    asked = factories.make_checkout_request(basket, waves=[wave])
    listings[1].sold_out_on = timezone.localdate()
    listings[1].save()
    refused(basket, asked)
    assert CheckoutAttempt.objects.get(key=asked.key).refusal == "sold_out"

    listings[1].sold_out_on = None
    listings[1].save()
    order = place_order(basket, asked=asked)

    assert CheckoutAttempt.objects.get(key=asked.key).order == order


def test_an_empty_basket_is_refused(wave):
    basket = factories.make_basket([])

    assert refused(basket, factories.make_checkout_request(basket, waves=[wave])).code == "basket_empty"


def test_order_placed_is_sent_once_after_the_commit_and_a_failing_receiver_harms_nobody(
    basket, wave, django_capture_on_commit_callbacks
):
    heard = []

    def receiver(sender, order, **kwargs):
        heard.append((order.pk, StallOrder.objects.filter(order=order).count()))
        raise RuntimeError("a city's receiver failed")

    order_placed.connect(receiver)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))
            assert heard == []
    finally:
        order_placed.disconnect(receiver)

    assert heard == [(order.pk, 3)]


def test_wishes_are_frozen_with_the_line(listings, wave):
    from oscar_marketplace.listings.add import add_listing
    from oscar_marketplace.listings.models import PreparationOption

    option = PreparationOption.objects.create(listing=listings[1], name="rebanado")
    basket = factories.make_basket([])
    add_listing(
        basket, listings[1], 2, wish={"substitution": "ask", "preparation": option, "note": "delgado, por favor"}
    )

    place_order(basket, asked=factories.make_checkout_request(basket, waves=[wave]))

    line = StallOrderLine.objects.get()
    assert (line.substitution, line.preparation, line.note) == ("ask", "rebanado", "delgado, por favor")
    assert (line.ordered_measure, line.price, line.steps) == (D("0.500"), D("144.00"), 2)


def fill(market, stalls, lines_per_stall):
    lines = []
    for s in range(stalls):
        stall = factories.make_stall(market=market)
        for n in range(lines_per_stall):
            lines.append((factories.make_listing(stall=stall, title=f"P{s}-{n}", price="10.01", stock=50), 3))
    return lines


def count_statements(lines, wave):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    basket = factories.make_basket(lines)
    asked = factories.make_checkout_request(basket, waves=[wave])
    with CaptureQueriesContext(connection) as captured:
        place_order(basket, asked=asked)
    return len(captured)


def test_statements_do_not_grow_with_lines_or_stalls(market):
    wave = factories.make_wave(market, capacity=10)
    Site.objects.get_current()  # Django remembers it; the first order of a process would read it
    place_one = count_statements(fill(market, 1, 1), wave)

    place_many = count_statements(fill(market, 6, 5), wave)

    assert place_many == place_one == PINNED_STATEMENTS


#: SELECTs, INSERTs, UPDATEs and savepoints of ``place_order`` for any number of lines and stalls of one market.
PINNED_STATEMENTS = 41


def test_a_closure_announced_after_the_page_was_shown_is_refused(basket, wave, market):
    from oscar_marketplace.markets.models import Closure

    asked = factories.make_checkout_request(basket, waves=[wave])
    Closure.objects.create(market=market, starts_at=wave.starts_at, ends_at=wave.ends_at, reason="No water")

    assert refused(basket, asked).code == "slot_gone"


def test_a_stall_of_two_markets_is_picked_up_where_the_shopper_chose(market):
    from oscar_marketplace.markets.models import Pitch
    from oscar_marketplace.orders.queries import basket_by_market
    from oscar_marketplace.stalls.models import StallPitch

    second = factories.make_market(operator=market.operator, name="Tianguis")
    stall = factories.make_stall(market=market)
    StallPitch.objects.create(stall=stall, pitch=Pitch.objects.create(market=second, number="7"))
    there = factories.make_wave(second)
    basket = factories.make_basket([(factories.make_listing(stall=stall), 1)])

    order = place_order(basket, asked=factories.make_checkout_request(basket, waves=[there]))

    assert HandOver.objects.get(order=order).market == second
    assert StallOrder.objects.get(order=order).pitch_text == "7"
    assert [part.market for part in basket_by_market(basket)] == [market]


def test_a_stall_is_looked_for_on_its_markets_days(market):
    """A street market on Sundays: on Monday the stall's next place is the hall it is in every day."""
    from oscar_marketplace.markets.models import OpeningRule, Pitch
    from oscar_marketplace.orders.places import next_place, places_of_stalls
    from oscar_marketplace.stalls.models import StallPitch

    sundays = factories.make_market(operator=market.operator, always_open=False)
    OpeningRule.objects.create(market=sundays, weekday=7, opens="08:00", closes="15:00")
    stall = factories.make_stall(market=sundays)
    hall = StallPitch.objects.create(stall=stall, pitch=Pitch.objects.create(market=market, number="7"))
    monday, sunday = (factories.at(day, market.zone) for day in ("2026-11-23 10:00", "2026-11-22 10:00"))
    places = places_of_stalls([stall.pk])[stall.pk]

    assert next_place(places, now=monday) == hall
    assert next_place(places, now=sunday).pitch.market == sundays


def test_a_market_that_was_not_chosen_or_has_nothing_in_the_basket_is_refused(basket, wave, market):
    other = factories.make_wave(factories.make_market(operator=market.operator))

    assert refused(basket, factories.make_checkout_request(basket, waves=[])).code == "hand_over_missing"
    assert refused(basket, factories.make_checkout_request(basket, waves=[wave, other])).code == "hand_over_missing"


def test_a_surcharge_that_appeared_since_the_page_was_shown_is_refused(basket, wave, monkeypatch):
    from oscar.apps.checkout.surcharges import FlatCharge
    from oscar.core.loading import get_class

    asked = factories.make_checkout_request(basket, waves=[wave])
    monkeypatch.setattr(
        get_class("checkout.applicator", "SurchargeApplicator"),
        "get_surcharges",
        lambda self, basket, **kwargs: (FlatCharge(excl_tax=D("5.00"), incl_tax=D("5.00")),),
    )

    assert refused(basket, asked).code == "price_changed"


def test_a_basket_that_became_two_operators_at_sign_in_is_refused(basket, wave):
    elsewhere = factories.make_market()
    foreign = factories.make_basket([(factories.make_listing(stall=factories.make_stall(market=elsewhere)), 1)])
    basket.merge(foreign)
    asked = factories.make_checkout_request(basket, waves=[wave, factories.make_wave(elsewhere)])

    assert refused(basket, asked).code == "other_operator"
