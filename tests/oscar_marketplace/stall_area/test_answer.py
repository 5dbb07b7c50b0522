"""The answer to an order: there is, less, none; by one verb, and never over a colleague's head."""

import re
from datetime import timedelta
from decimal import Decimal as D

import pytest
from django.utils import timezone

from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import fresh, line_of, only_line, text_of, title_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def part(counter):
    """1 kg of tomatoes, ¾ kg of avocado, 2 pieces of maize."""
    return counter.new(
        (counter.sells("Jitomate", "32.00"), 4),
        (counter.sells("Aguacate", "78.00"), 3),
        (counter.sells("Elote", "9.00", **factories.by_piece()), 2),
    )


def answers(part, *, version=None, **given):
    """A form that says "there is" of every line, but for what is ``given`` by title: "no", or an amount."""
    data = {"version": part.version if version is None else version}
    for line in part.lines.all():
        answer = given.get(line.title, "yes")
        data[f"l{line.pk}"] = answer if answer in ("yes", "no") else "less"
        data[f"a{line.pk}"] = answer if data[f"l{line.pk}"] == "less" else ""
    return data


def untouched(part):
    now = fresh(part)
    return (now.state, now.version) == (S.NEW, part.version) and not now.lines.exclude(offered_measure=None).exists()


def test_the_page_shows_each_line_as_the_shopper_ordered_it(counter, part):
    only = line_of(part, "Aguacate")
    only.note, only.preparation = "Para hoy, suave", "Sin cáscara"
    only.save()

    response = counter.get("order", part)

    text = text_of(response)
    assert title_of(response).startswith(f"Order {part.short_number}: answer")
    assert "Aguacate ¾ kg Sin cáscara · Para hoy, suave" in text
    assert "Jitomate 1 kg" in text
    assert "Elote 2 pieces" in text
    # 32.00 + 58.50 + 18.00
    assert "You get $108.50" in text
    assert "Answer before" in text


def test_there_is_everything(counter, part):
    response = counter.post("answer", part, **answers(part))

    assert (response.status_code, response.url) == (302, counter.url("order", part))
    assert fresh(part).state == S.ACCEPTED
    assert [line.offered_measure for line in part.lines.all()] == [None, None, None]


@pytest.mark.parametrize(
    ("typed", "kilos"),
    [
        ("300", "0.300"),
        ("300 g", "0.300"),
        ("300gr", "0.300"),
        ("0.3 kg", "0.300"),
        ("0,3KG", "0.300"),
        ("½ kilo", "0.500"),
        ("0,3", "0.300"),
        ("0.5", "0.500"),
        ("0,5", "0.500"),
        ("½", "0.500"),
        ("0.125", "0.125"),
        ("1/4", "0.250"),
        ("7 g", "0.007"),
    ],
)
def test_there_is_less(counter, part, typed, kilos):
    counter.post("answer", part, **answers(part, Aguacate=typed))

    assert fresh(part).state == S.ACCEPTED
    assert line_of(part, "Aguacate").offered_measure == D(kilos)
    assert line_of(part, "Jitomate").offered_measure is None


def test_there_is_none_of_one_thing(counter, part):
    counter.post("answer", part, **answers(part, Elote="no"))

    assert fresh(part).state == S.ACCEPTED
    assert line_of(part, "Elote").offered_measure == 0


def test_there_is_none_of_anything_refuses_the_order(counter, part):
    response = counter.post("answer", part, **answers(part, Jitomate="no", Aguacate="no", Elote="no"))

    assert (response.status_code, response.url) == (302, counter.url("today"))
    assert fresh(part).state == S.REJECTED


def test_what_is_picked_by_the_kilo_is_answered_and_weighed_in_kilos(counter):
    potatoes = counter.sells("Papa", "20.00", step=D(1), is_estimated=True)
    part = counter.new((potatoes, 3))
    name = f"a{only_line(part).pk}"

    answer = counter.get("order", part).content.decode()
    counter.post("answer", part, **answers(part, Papa="2500 g"))
    packing = text_of(counter.get("order", part))

    assert re.search(rf'<input [^>]*id="{name}"[^>]*> <b>kg</b>', answer)
    assert only_line(part).offered_measure == D("2.500")
    assert "You have 2.5 kg" in packing
    assert "Limit: 2.75 kg" in packing


def test_the_answer_asks_in_the_unit_of_the_scale(counter, part):
    avocado = line_of(part, "Aguacate")

    page = counter.get("order", part).content.decode()
    counter.post("answer", part, **answers(part, Aguacate="300"))

    assert re.search(rf'<input [^>]*id="a{avocado.pk}"[^>]*> <b>g</b>', page)
    text = text_of(counter.get("order", part))
    assert "You have 300 g" in text


def test_less_of_what_is_counted_but_priced_by_weight_is_counted(counter):
    mangos = counter.sells(
        "Mango", "45.00", order_unit=factories.piece(), step=D(1), typical_weight_g=300, is_estimated=True
    )
    part = counter.new((mangos, 3))

    page = counter.get("order", part)
    counter.post("answer", part, **answers(part, Mango="2"))

    assert "3 pieces (about 900 g)" in text_of(page)
    assert only_line(part).ordered_measure == D("0.900")
    assert only_line(part).offered_measure == D("0.600")


def test_less_of_what_is_ordered_by_amount_is_said_in_money(counter):
    parsley = counter.sells("Perejil", "8.00", **factories.by_piece(by_amount=True, step=D(10)))
    part = counter.new((parsley, 2))

    page = counter.get("order", part)
    counter.post("answer", part, **answers(part, Perejil="10"))

    assert "Perejil $20.00" in text_of(page)
    assert "MXN" not in text_of(page)
    assert "How much is there? Perejil $ I accept" in re.sub(r"You get \S+ ", "", text_of(page))
    assert only_line(part).ordered_measure == D("2.500")
    assert only_line(part).offered_measure == D("1.250")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Aguacate: Write how much there is."),
        ("medio", "Aguacate: Write a number, for example 28.50."),
        ("-1", "Aguacate: Write a number, for example 28.50."),
        ("1e9", "Aguacate: Write a number, for example 28.50."),
        ("0", "Aguacate: If there is nothing left, choose “There is none”."),
        ("0.75", "Aguacate: They asked for ¾ kg. Write less, or choose “There is”."),
        ("750", "Aguacate: They asked for ¾ kg. Write less, or choose “There is”."),
        ("7 kg", "Aguacate: They asked for ¾ kg. Write less, or choose “There is”."),
        ("7", "Aguacate: Only 7 g? They asked for 750 g. If it is right, write “7 g”."),
        ("300 m", "Aguacate: Write a number, for example 28.50."),
        ("999999999", "Aguacate: That number is too large."),
        ("1.250", "Aguacate: “1.250” can be read in two ways."),
        ("9" * 30, "Aguacate: That number is too large."),
    ],
)
def test_an_amount_that_cannot_be_is_asked_back_and_changes_nothing(counter, part, typed, words):
    data = answers(part, Elote="no")
    line = line_of(part, "Aguacate")
    data |= {f"l{line.pk}": "less", f"a{line.pk}": typed}

    response = counter.post("answer", part, **data)

    assert response.status_code == 422
    assert title_of(response).startswith("Error:")
    assert words in text_of(response)
    assert f'value="{typed}"' in response.content.decode()
    # The other answers are still there.
    elote = line_of(part, "Elote")
    assert f'name="l{elote.pk}" value="no" checked' in response.content.decode()
    assert untouched(part)


@pytest.mark.parametrize("change", [{"version": ""}, {"version": "x"}, {"version": "-1"}, {"version": "9" * 20}])
def test_a_page_without_its_version_does_nothing(counter, part, change):
    response = counter.post("answer", part, **{**answers(part), **change})

    assert response.status_code == 422
    assert "This page is out of date" in text_of(response)
    assert untouched(part)


@pytest.mark.parametrize("answer", ["", "maybe"])
def test_a_line_without_an_answer_is_asked_back(counter, part, answer):
    data = answers(part)
    data[f"l{line_of(part, 'Jitomate').pk}"] = answer

    response = counter.post("answer", part, **data)

    assert response.status_code == 422
    assert "Jitomate: Say whether there is any." in text_of(response)
    assert untouched(part)


def test_what_stands_in_a_field_nobody_asked_for_does_not_count(counter, part):
    data = answers(part)
    data[f"a{line_of(part, 'Jitomate').pk}"] = "zzz"

    counter.post("answer", part, **data)

    assert fresh(part).state == S.ACCEPTED
    assert line_of(part, "Jitomate").offered_measure is None


def test_a_slower_colleague_reads_who_and_when_and_keeps_what_they_typed(counter, part):
    counter.post("reject", part, client=counter.signed_in(counter.rosa), version=part.version)

    response = counter.post("answer", part, **answers(part, Aguacate="0.5", Elote="no"))

    text = text_of(response)
    assert response.status_code == 409
    assert "Rosa Gómez already refused this order" in text
    assert timezone.localtime(timezone=counter.market.zone).strftime("%-H:") in text
    assert "Aguacate: Less, 500 g" in text
    assert "Elote: There is none" in text
    assert fresh(part).state == S.REJECTED


def test_after_a_colleagues_undo_the_same_form_comes_back_with_what_was_typed(counter, part):
    rosa = counter.signed_in(counter.rosa)
    counter.post("answer", part, client=rosa, **answers(part))
    counter.post("undo", part, client=rosa, version=fresh(part).version)

    response = counter.post("answer", part, **answers(part, Aguacate="0.5"))

    page = response.content.decode()
    assert response.status_code == 409
    assert "Aguacate: Less, 500 g" in text_of(response)
    assert f'name="version" value="{fresh(part).version}"' in page
    assert fresh(part).state == S.NEW


def test_the_same_answer_by_two_members_is_one(counter, part):
    first = counter.post("answer", part, **answers(part, Elote="no"))
    second = counter.post("answer", part, client=counter.signed_in(counter.rosa), **answers(part, Elote="no"))

    assert first.status_code == second.status_code == 302
    assert fresh(part).version == part.version + 1


def test_another_answer_by_a_slower_member_is_not_taken(counter, part):
    counter.post("answer", part, **answers(part, Elote="no"))

    response = counter.post("answer", part, client=counter.signed_in(counter.rosa), **answers(part))

    assert response.status_code == 409
    assert "Luis Pérez already accepted this order" in text_of(response)
    assert line_of(part, "Elote").offered_measure == 0


def test_refusing_all_can_be_undone_for_a_minute(counter, part):
    counter.post("reject", part, version=part.version)
    refused = fresh(part)

    page = counter.get("order", part)
    counter.post("undo", part, version=refused.version)

    assert refused.state == S.REJECTED
    assert "You refused the order" in text_of(page)
    assert fresh(part).state == S.NEW


def test_after_the_minute_it_cannot_be_undone(counter, part):
    counter.post("answer", part, **answers(part))
    StallOrder.objects.filter(pk=part.pk).update(undo_until=timezone.now() - timedelta(seconds=1))

    page = counter.get("order", part)
    response = counter.post("undo", part, version=fresh(part).version)

    assert counter.url("undo", part) not in page.content.decode()
    assert response.status_code == 422
    assert "It is too late to undo this" in text_of(response)
    assert fresh(part).state == S.ACCEPTED


def test_the_shopper_hears_of_less_only_when_it_can_no_longer_be_undone(counter, part):
    counter.post("answer", part, **answers(part, Elote="no"))

    event = OutboxEvent.objects.get(topic="stall_order_shorted")
    assert event.available_at == fresh(part).undo_until


def test_a_shopper_who_stepped_back_is_not_named(counter, part):
    from oscar_marketplace.aftersales.cancel import cancel_by_shopper
    from oscar_marketplace.audit.record import Actor

    shopper = factories.make_user(first_name="Anastasia", last_name="Quintero")
    cancel_by_shopper(part.order, by=Actor.of(shopper, role="shopper"))

    response = counter.post("answer", part, **answers(part))

    assert response.status_code == 409
    assert "The shopper cancelled this order" in text_of(response)
    assert "Anastasia" not in response.content.decode()


def test_the_address_of_an_act_leads_back_to_the_order(counter, part):
    for name in ("answer", "reject", "pack", "deliver", "undo", "to-desk"):
        response = counter.get(name, part)

        assert (response.status_code, response.url) == (302, counter.url("order", part))


def test_an_act_that_the_order_is_past_shows_how_it_is_now(counter, part):
    advance.accept(part, by=counter.actor, version=part.version)

    response = counter.post("answer", part, version="")

    assert response.status_code == 409
    assert "The order has changed since you opened it." in text_of(response)
    assert fresh(part).state == S.ACCEPTED
