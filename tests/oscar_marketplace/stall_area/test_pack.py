"""Weigh and pack: what the scale shows, the limit the shopper agreed to, the bags."""

from decimal import Decimal as D

import pytest

from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.test import factories
from tests.oscar_marketplace.stall_area.counter import fresh, line_of, only_line, text_of, title_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(counter):
    return [
        counter.sells("Jitomate", "32.00", is_estimated=True),
        counter.sells("Aguacate", "78.00", is_estimated=True),
        counter.sells("Elote", "9.00", **factories.by_piece()),
    ]


@pytest.fixture
def part(counter, goods):
    """1 kg of tomatoes and ½ kg of avocado to be weighed, 2 pieces of maize to be counted."""
    return counter.accepted((goods[0], 4), (goods[1], 2), (goods[2], 2))


def weights(part, *, version=None, bags="1", **typed):
    given = {"Jitomate": "1040", "Aguacate": "500", "Elote": "2", **typed}
    data = {f"w{line.pk}": given[line.title] for line in part.lines.all() if given.get(line.title) is not None}
    return {"version": part.version if version is None else version, "bags": bags, **data}


def untouched(part):
    now = fresh(part)
    is_clean = not now.lines.exclude(packed_measure=None).exists() and not now.bags.exists()
    return is_clean and (now.state, now.version, now.final_incl_tax) == (S.ACCEPTED, part.version, None)


def test_the_page_asks_for_grams_and_says_the_limit(counter, part):
    text = text_of(counter.get("order", part))

    assert "Jitomate They asked for 1 kg" in text
    assert "Limit: 1100 g" in text
    assert "Limit: 550 g" in text
    assert "You get about $89.00" in text
    assert "Ready before" in text


def test_what_is_weighed_starts_empty_and_what_is_counted_does_not(counter, part):
    page = counter.get("order", part).content.decode()

    tomatoes, maize = line_of(part, "Jitomate"), line_of(part, "Elote")
    assert f'name="w{tomatoes.pk}" inputmode="decimal" autocomplete="off" value=""' in page
    assert f'name="w{maize.pk}" inputmode="decimal" autocomplete="off" value="2"' in page


def test_packing_makes_bags_and_final_amounts(counter, part):
    response = counter.post("pack", part, **weights(part, bags="2"))

    packed = fresh(part)
    assert (response.status_code, response.url) == (302, counter.url("order", part))
    assert (packed.state, packed.bags.count()) == (S.READY, 2)
    assert line_of(part, "Jitomate").packed_measure == D("1.040")
    # 1.040 kg at 32.00 is 33.28; as ordered 39.00; 2 at 9.00.
    assert packed.final_incl_tax == D("33.28") + D("39.00") + D("18.00")


@pytest.mark.parametrize(
    ("typed", "kilos"),
    [("1040", "1.040"), ("1040.5", "1.041"), ("1 040", "1.040"), ("0", "0"), ("1.04 kg", "1.040"), ("0,9", "0.900")],
)
def test_grams_become_kilos(counter, part, typed, kilos):
    counter.post("pack", part, **weights(part, Jitomate=typed))

    assert line_of(part, "Jitomate").packed_measure == D(kilos)


def test_over_the_limit_is_refused_in_so_many_words(counter, part):
    response = counter.post("pack", part, **weights(part, Aguacate="610", bags="3"))

    text = text_of(response)
    assert response.status_code == 422
    assert title_of(response).startswith("Error:")
    assert (
        "Aguacate: That is 60 g over the limit. Take a little out, or 550 g are charged and the rest is a gift." in text
    )
    # Nothing that was typed is lost.
    page = response.content.decode()
    assert 'value="1040"' in page and 'value="610"' in page
    assert 'name="bags" value="3" id="bags_2" required checked' in page
    assert untouched(part)


def test_a_second_tap_gives_the_rest_as_a_gift(counter, part):
    refused = counter.post("pack", part, **weights(part, Aguacate="610"))
    line = line_of(part, "Aguacate")
    assert f'name="c{line.pk}" value="gift:610"' in refused.content.decode()

    counter.post("pack", part, **weights(part, Aguacate="610"), **{f"c{line.pk}": "gift:610"})

    assert fresh(part).state == S.READY
    assert line_of(part, "Aguacate").packed_measure == D("0.550")


def test_a_second_tap_for_another_weight_does_not_count(counter, part):
    line = line_of(part, "Aguacate")

    response = counter.post("pack", part, **weights(part, Aguacate="900"), **{f"c{line.pk}": "gift:610"})

    assert response.status_code == 422
    assert "That is 350 g over the limit" in text_of(response)
    assert untouched(part)


def test_kilos_typed_where_grams_are_asked_are_asked_back(counter, part):
    response = counter.post("pack", part, **weights(part, Jitomate="1.04"))

    assert response.status_code == 422
    assert "Jitomate: Only 1.04 g? They asked for 1000 g. Write the weight in g." in text_of(response)
    assert untouched(part)
    line = line_of(part, "Jitomate")
    counter.post("pack", part, **weights(part, Jitomate="1.04"), **{f"c{line.pk}": "little:1.04"})
    assert line_of(part, "Jitomate").packed_measure == D("0.001")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Jitomate": ""}, "Jitomate: Write how much you packed."),
        ({"Jitomate": None}, "Jitomate: Write how much you packed."),
        ({"Jitomate": "-5"}, "Jitomate: Write a number"),
        ({"Jitomate": "1e3"}, "Jitomate: Write a number"),
        ({"Jitomate": "999999999"}, "Jitomate: That number is too large."),
        ({"Elote": "3"}, "Elote: That is 1 pieces over the limit."),
        ({"bags": "0"}, "Select a valid choice"),
        ({"bags": "7"}, "Select a valid choice"),
        ({"bags": ""}, "Say how many bags there are."),
    ],
)
def test_what_cannot_be_packed_is_asked_back_and_changes_nothing(counter, part, change, words):
    response = counter.post("pack", part, **weights(part, **change))

    assert response.status_code == 422
    assert words in text_of(response)
    assert untouched(part)


def test_what_the_stall_does_not_have_is_not_asked_for(counter, goods):
    part = counter.new((goods[0], 4), (goods[2], 2))
    data = {"version": part.version, f"l{line_of(part, 'Jitomate').pk}": "yes", f"l{line_of(part, 'Elote').pk}": "no"}
    counter.post("answer", part, **data)
    part = fresh(part)

    page = counter.get("order", part)
    counter.post("pack", part, version=part.version, bags="1", **{f"w{line_of(part, 'Jitomate').pk}": "1000"})

    assert f'name="w{line_of(part, "Elote").pk}"' not in page.content.decode()
    assert "You get about $32.00" in text_of(page)
    assert fresh(part).final_incl_tax == D("32.00")
    assert line_of(part, "Elote").packed_measure == 0


def test_packing_nothing_cancels_the_part(counter, part):
    counter.post("pack", part, **weights(part, Jitomate="0", Aguacate="0", Elote="0"))

    assert (fresh(part).state, fresh(part).reason) == (S.CANCELLED, "nothing_left")
    assert "Cancelled" in text_of(counter.get("order", part))


def test_goods_ordered_by_the_piece_and_priced_by_weight_are_weighed(counter):
    mangos = counter.sells(
        "Mango", "45.00", order_unit=factories.piece(), step=D(1), typical_weight_g=300, is_estimated=True
    )
    part = counter.accepted((mangos, 3))

    page = counter.get("order", part)
    line = only_line(part)
    counter.post("pack", part, version=part.version, bags="1", **{f"w{line.pk}": "950"})

    assert "They asked for 3 pieces (about 900 g)" in text_of(page)
    assert "Limit: 990 g" in text_of(page)
    assert only_line(part).packed_measure == D("0.950")
    assert fresh(part).final_incl_tax == D("42.75")


def test_the_limit_on_the_page_follows_what_the_stall_said_it_has(counter, goods):
    part = counter.new((goods[1], 2))
    line = only_line(part)
    counter.post("answer", part, version=part.version, **{f"l{line.pk}": "less", f"a{line.pk}": "300"})

    page = counter.get("order", part)
    response = counter.post("pack", part, version=fresh(part).version, bags="1", **{f"w{line.pk}": "331"})

    assert "Limit: 330 g" in text_of(page)
    assert response.status_code == 422
    assert "That is 1 g over the limit" in text_of(response)


def test_what_is_ordered_by_amount_is_packed_by_amount(counter):
    parsley = counter.sells("Perejil", "8.00", **factories.by_piece(by_amount=True, step=D(10)))
    part = counter.accepted((parsley, 2))
    line = only_line(part)

    text = text_of(counter.get("order", part))
    refused = counter.post("pack", part, version=part.version, bags="1", **{f"w{line.pk}": "25"})
    counter.post("pack", part, version=part.version, bags="1", **{f"w{line.pk}": "10"})

    assert "For how much Perejil $ Limit: $20.00" in text
    assert "MXN" not in text and "How many go in" not in text
    assert "That is $5.00 over the limit. Take a little out, or $20.00 are charged" in text_of(refused)
    assert only_line(part).packed_measure == D("1.250")
    assert fresh(part).final_incl_tax == D("10.00")


def test_packing_can_be_undone_for_a_minute(counter, part):
    counter.post("pack", part, **weights(part))
    page = counter.get("order", part)

    response = counter.post("undo", part, version=fresh(part).version)

    assert "The order is ready." in text_of(page)
    assert response.status_code == 302
    assert fresh(part).state == S.ACCEPTED
    assert not fresh(part).bags.exists()


def test_two_members_who_weigh_differently_do_not_write_over_each_other(counter, part):
    counter.post("pack", part, client=counter.signed_in(counter.rosa), **weights(part))

    response = counter.post("pack", part, **weights(part, Jitomate="1000"))

    text = text_of(response)
    assert response.status_code == 409
    assert "Rosa Gómez already packed this order" in text
    assert "Jitomate: 1000 g" in text
    assert line_of(part, "Jitomate").packed_measure == D("1.040")


def test_counted_goods_left_as_they_stand_are_the_whole_whatever_their_writing(counter):
    # "1.125" typed by hand can be read in two ways; left standing it cannot.
    pounds = factories._unit("lb", "weight", D("453.592"), "lb", "pound", "pounds")
    beans = counter.sells("Frijol", "20.00", price_unit=pounds, order_unit=pounds, step=D("1.125"))
    part = counter.accepted((beans, 1))

    counter.post("pack", part, version=part.version, bags="1", **{f"w{only_line(part).pk}": "1.125"})

    assert only_line(part).packed_measure == D("1.125")
    assert fresh(part).state == S.READY
