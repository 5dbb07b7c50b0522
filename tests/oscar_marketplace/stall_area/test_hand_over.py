"""Handing over at the stall: the code opens it, the cash is said big, the bags change hands once."""

from decimal import Decimal as D

import pytest

from oscar_marketplace.orders.models import BagMove, HandOver, StallOrder
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.payments.models import Charge
from tests.oscar_marketplace.stall_area.counter import fresh, text_of, title_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(counter):
    return counter.ready((counter.sells("Jitomate", "35.50"), 12), bags=2)


def test_cash_due_is_said_big_before_the_code(counter, part):
    text = text_of(counter.get("order", part))

    assert "Collect $106.50" in text
    assert "2 bags" in text
    assert text.index("Collect $106.50") < text.index("The shopper's code") < text.index("Handed over and paid")


def test_what_is_paid_already_asks_for_no_cash(counter, part):
    Charge.objects.filter(shares__stall_order=part).update(state="captured")

    text = text_of(counter.get("order", part))

    assert "Already paid: collect nothing." in text
    assert "Collect $" not in text


@pytest.mark.parametrize("typed", ["4729", " 4729 ", "47 29", "47-29"])
def test_the_right_code_hands_over_and_takes_the_cash(counter, part, typed):
    response = counter.post("deliver", part, version=part.version, code=typed)

    charge = Charge.objects.get(shares__stall_order=part)
    assert (response.status_code, response.url) == (302, counter.url("order", part))
    assert fresh(part).state == S.DELIVERED
    assert (charge.state, charge.captured) == ("captured", 10650)
    assert BagMove.objects.filter(bag__stall_order=part, target="shopper", by=counter.luis).count() == 2
    assert "Delivered" in text_of(counter.get("order", part))
    assert "$106.50 1 order." in text_of(counter.get("today"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Write the code the shopper tells you."),
        ("12", "The code has 4 digits."),
        ("abcd", "The code has 4 digits."),
        ("12345678", "The code has 4 digits."),
        ("١٢٣٤", "The code has 4 digits."),
    ],
)
def test_what_is_no_code_costs_no_try(counter, part, typed, words):
    response = counter.post("deliver", part, version=part.version, code=typed)

    assert response.status_code == 422
    assert words in text_of(response)
    assert fresh(part).state == S.READY
    assert HandOver.objects.get(stall_orders=part).wrong_tries == 0


def test_a_wrong_code_says_how_many_tries_are_left(counter, part):
    response = counter.post("deliver", part, version=part.version, code="0000")

    assert response.status_code == 422
    assert title_of(response).startswith("Error:")
    assert "That is not the code. 4 tries are left." in text_of(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert fresh(part).state == S.READY
    assert Charge.objects.get(shares__stall_order=part).state == "promised"


def test_after_five_wrong_codes_even_the_right_one_waits(counter, part):
    for _ in range(5):
        response = counter.post("deliver", part, version=part.version, code="0000")

    assert "Too many wrong codes" in text_of(response)
    response = counter.post("deliver", part, version=part.version, code="4729")
    assert response.status_code == 422
    assert "Try again in 15 minutes" in text_of(response)
    assert fresh(part).state == S.READY


def test_two_members_hand_over_once(counter, part):
    first = counter.post("deliver", part, version=part.version, code="4729")
    second = counter.post("deliver", part, client=counter.signed_in(counter.rosa), version=part.version, code="4729")

    assert (first.status_code, second.status_code) == (302, 302)
    assert BagMove.objects.filter(bag__stall_order=part).count() == 2
    assert Charge.objects.get(shares__stall_order=part).captured == 10650


def test_a_colleague_who_undid_the_packing_is_named(counter, part):
    counter.post("undo", part, client=counter.signed_in(counter.rosa), version=part.version)

    response = counter.post("deliver", part, version=part.version, code="4729")

    assert response.status_code == 409
    assert "Rosa Gómez took the last step back" in text_of(response)
    assert fresh(part).state == S.ACCEPTED


def test_handed_over_goods_cannot_be_undone(counter, part):
    counter.post("deliver", part, version=part.version, code="4729")

    response = counter.post("undo", part, version=fresh(part).version)

    assert response.status_code == 409
    assert fresh(part).state == S.DELIVERED


def test_the_code_is_never_on_the_vendors_page(counter, part):
    for response in (counter.get("order", part), counter.post("deliver", part, version=part.version, code="0000")):
        assert "4729" not in response.content.decode()


def test_an_order_for_the_desk_asks_for_no_code(counter, part):
    counter.market.desk_place = "Puerta 2, junto a las flores"
    counter.market.save()
    HandOver.objects.filter(stall_orders=part).update(kind=HandOver.Kind.DESK)

    page = counter.get("order", part)
    refused = counter.post("deliver", part, version=part.version, code="4729")
    moved = counter.post("to-desk", part, version=part.version)

    assert "Take the bags to: Puerta 2, junto a las flores" in text_of(page)
    assert 'name="code"' not in page.content.decode()
    assert refused.status_code == 422
    assert "This order is not handed over here." in text_of(refused)
    assert moved.status_code == 302
    assert fresh(part).state == S.HANDED_OVER
    assert set(BagMove.objects.filter(bag__stall_order=part).values_list("target", flat=True)) == {"desk"}


def test_what_went_into_the_bags_is_listed_with_its_amounts(counter):
    cheese = counter.sells("Queso", "144.00", is_estimated=True)
    part = counter.accepted((cheese, 2))
    line = part.lines.get()
    counter.post("pack", part, version=part.version, bags="1", **{f"w{line.pk}": "540"})

    text = text_of(counter.get("order", part))

    assert fresh(part).final_incl_tax == D("77.76")
    assert "Queso They asked for ½ kg · 540 g $77.76" in text


@pytest.mark.parametrize(
    ("state", "liable", "words"),
    [
        ("delivered", "", "The shopper has it."),
        ("unanswered", "stall", "The time to answer ran out."),
        ("cancelled", "shopper", "The shopper no longer wants it, or did not come for it."),
        ("cancelled", "operator", "The market cancelled it."),
        ("returned", "shopper", "the bags came back to you"),
    ],
)
def test_an_order_that_is_over_says_how_it_ended(counter, part, state, liable, words):
    StallOrder.objects.filter(pk=part.pk).update(state=state, liable=liable, undo_state="", undo_until=None)

    text = text_of(counter.get("order", part))

    assert words in text
    assert "To the next order" in text
