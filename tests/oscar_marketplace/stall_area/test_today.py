"""Today: the most urgent first, only this stall's, and a number of statements that no order adds to."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import BagMove, StallOrder
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import CONTACT, fresh, text_of

pytestmark = pytest.mark.django_db

#: Session and person (2), the request's savepoint (2), stall, other stalls, opening (4), parts, their lines, what was
#: sold, and the notifications that Oscar counts on every page.
STATEMENTS = 14


def set_clock(part, **clocks):
    StallOrder.objects.filter(pk=part.pk).update(**clocks)


def test_new_orders_come_first_and_the_one_due_first_is_first_of_all(counter):
    goods = counter.sells("Jitomate")
    now = timezone.now()
    due = {}
    for minutes in (50, 10, 30):
        part = counter.new((goods, 2))
        set_clock(part, accept_by=now + timedelta(minutes=minutes))
        due[minutes] = part.short_number
    accepted = counter.accepted((goods, 4))
    ready = counter.ready((goods, 1))

    text = text_of(counter.get("today"))

    in_order = [due[10], due[30], due[50], accepted.short_number, ready.short_number]
    places = [text.index(f"Order {number}") for number in in_order]
    assert places == sorted(places)
    assert "3 new orders" in text


def test_a_card_says_until_when_how_many_things_and_how_much(counter):
    part = counter.new((counter.sells("Jitomate", "32.00"), 4), (counter.sells("Aguacate", "78.00"), 3))
    answer_by = timezone.now().astimezone(counter.market.zone).replace(hour=23, minute=59)
    set_clock(part, accept_by=answer_by)

    text = text_of(counter.get("today"))

    assert "Before 11:59 p.m." in text
    assert "2 things · $90.50" in text


def test_a_late_answer_says_that_it_is_late(counter):
    part = counter.new((counter.sells("Jitomate"), 4))
    set_clock(part, accept_by=timezone.now() - timedelta(minutes=1))

    assert "Late: it was due at" in text_of(counter.get("today"))


@pytest.mark.parametrize(
    ("begins", "ends", "to_do", "ready"),
    [
        (-1, 59, "Should be ready now: they come for it until", "They come for it now, until"),
        (-61, -1, "The pick-up time has passed: it ended", "The pick-up time has passed: it ended"),
    ],
    ids=["begun", "passed"],
)
def test_a_pickup_time_that_has_begun_or_passed_is_said_on_each_card_and_page(counter, begins, ends, to_do, ready):
    goods = counter.sells("Jitomate")
    new, accepted, packed = counter.new((goods, 4)), counter.accepted((goods, 4)), counter.ready((goods, 4))
    counter.pickup_is(begins=begins, ends=ends)

    cards = [
        text_of(counter.get("today")).partition(f"Order {part.short_number}")[2] for part in (new, accepted, packed)
    ]
    pages = [text_of(counter.get("order", part)) for part in (new, accepted, packed)]

    for said, shown in zip([to_do, to_do, ready], cards, strict=True):
        assert said in shown.partition("Order ")[0]
    for said, shown in zip([to_do, to_do, ready], pages, strict=True):
        assert said in shown


def test_an_order_nobody_has_paid_or_promised_is_not_shown(counter):
    order = factories.place([(counter.sells("Jitomate"), 4)], waves=[counter.wave])

    response = counter.get("today")

    assert order.number[-4:] not in text_of(response)
    assert counter.get("order", order.stall_orders.get()).status_code == 404


def test_sold_today_counts_what_reached_its_shopper_today(counter):
    goods = counter.sells("Jitomate", "32.49")
    for steps in (4, 2):
        part = counter.ready((goods, steps))
        deliver_part(part, code="4729", by=counter.actor, version=part.version)
    yesterday = counter.ready((goods, 8))
    deliver_part(yesterday, code="4729", by=counter.actor, version=yesterday.version)
    BagMove.objects.filter(bag__stall_order=yesterday).update(at=timezone.now() - timedelta(hours=25))
    counter.ready((goods, 8))

    text = text_of(counter.get("today"))

    # 32.49 and half a kilo of it, rounded half up.
    assert "$48.74 2 orders." in text
    assert D("32.49") + D("16.25") == D("48.74")


def test_a_refusal_can_be_taken_back_from_here_for_a_minute(counter):
    part = counter.new((counter.sells("Jitomate"), 4))
    part = fresh(advance.reject(part, by=counter.actor, version=part.version))

    response = counter.get("today")

    assert f"You refused order {part.short_number}" in text_of(response)
    assert counter.url("undo", part) in response.content.decode()
    set_clock(part, undo_until=timezone.now())
    assert f"You refused order {part.short_number}" not in text_of(counter.get("today"))


def test_a_quiet_day_says_so_and_offers_the_prices(counter):
    response = counter.get("today")

    assert "No new orders" in text_of(response)
    assert "Nothing to do right now" in text_of(response)
    assert counter.url("listings") in response.content.decode()


def test_the_shopper_is_nowhere_on_the_page(counter):
    part = counter.ready((counter.sells("Jitomate"), 4))

    for page in (counter.get("today"), counter.get("order", part)):
        for secret in (CONTACT.name, CONTACT.email, CONTACT.phone, part.hand_over.code):
            assert secret not in page.content.decode()


def test_statements_do_not_grow_with_the_orders(counter, django_assert_num_queries):
    goods = [counter.sells(title) for title in ("Jitomate", "Aguacate", "Cilantro")]
    counter.new(*((each, 2) for each in goods))
    counter.accepted(*((each, 2) for each in goods))
    counter.ready(*((each, 2) for each in goods))
    counter.get("today")

    with django_assert_num_queries(STATEMENTS):
        counter.get("today")

    for _ in range(4):
        counter.new(*((each, 2) for each in goods))
        counter.accepted((goods[0], 3))
        part = counter.ready((goods[1], 1), bags=3)
    deliver_part(part, code="4729", by=counter.actor, version=part.version)
    with django_assert_num_queries(STATEMENTS):
        counter.get("today")
