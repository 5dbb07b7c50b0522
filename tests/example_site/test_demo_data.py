"""The data files of the demo city keep what they promise."""

import re
from collections import Counter
from decimal import Decimal

import pytest

from example_site.demo.assortment import assortment, chance
from example_site.demo.files import FOLDER, by_code, months, rows
from example_site.demo.load_places import OPERATOR
from oscar_marketplace.icons import has_picture
from oscar_marketplace.markets.models import HUES

REAL_MARKETS = {
    "mercado-libertad",
    "mercado-corona",
    "mercado-alcalde",
    "mercado-felipe-angeles",
    "mercado-mexicaltzingo",
    "mercado-avila-camacho",
}
CODED = ["products", "units", "trades", "categories", "preparations", "allergens", "tax_categories"]
TRANSLATED = sorted(
    (path.stem, column)
    for path in FOLDER.glob("*.csv")
    for column in rows(path.stem)[0]
    if column.endswith("_es") or column == "es"
)


def test_the_city_is_as_large_as_promised():
    offers = [offer for offer in assortment() if not offer.is_paused]
    on_sale = [sum(offer.is_in_season(month) for offer in offers) for month in range(1, 13)]

    assert set(by_code("markets", "slug")) >= REAL_MARKETS
    assert sum(stall["state"] == "approved" for stall in rows("stalls")) >= 120
    assert len(rows("products")) >= 300
    assert min(on_sale) >= 3000  # whatever the month the demo is shown in


@pytest.mark.parametrize("market", sorted(REAL_MARKETS))
def test_each_hall_is_worth_a_visit(market):
    there = {place["stall"] for place in rows("places") if place["market"] == market}
    open_stalls = [stall for stall in rows("stalls") if stall["slug"] in there and stall["state"] == "approved"]
    sections = {pitch["section_es"] for pitch in rows("pitches") if pitch["market"] == market}

    assert len(open_stalls) >= 12
    assert len({trade for stall in open_stalls for trade in stall["trades"].split()}) >= 7
    assert len(sections) >= 5


def test_no_two_stalls_share_a_name_a_story_or_a_holder():
    for column in ["name", "holder", "phone", "summary_es", "summary_en", "story_es", "story_en"]:
        twice = [text for text, times in Counter(stall[column] for stall in rows("stalls")).items() if times > 1]
        assert not twice, column


@pytest.mark.parametrize(("name", "column"), TRANSLATED)
def test_every_text_is_there_in_both_languages(name, column):
    english = column[:-2] + "en"

    for row in rows(name):
        assert bool(row[column]) == bool(row[english]), row
        assert row[column] == row[column].strip(), row


def test_names_in_both_languages_are_never_empty():
    for name in CODED:
        assert all(row["name_es"] and row["name_en"] for row in rows(name)), name


@pytest.mark.parametrize("name", CODED)
def test_codes_are_unique_and_fit_a_web_address(name):
    codes = [row["code"] for row in rows(name)]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in codes)


def test_every_product_has_a_picture_we_ship():
    missing = {row["icon"] for row in rows("products") if not has_picture(row["icon"])}

    assert not missing


def test_every_name_a_file_uses_is_defined_in_its_own_file():
    hues = {code for code, _ in HUES}
    for row in rows("products"):
        assert row["hue"] in hues
        assert row["tax"] in by_code("tax_categories")
        assert row["category"] in by_code("categories")
        assert set(row["trades"].split()) <= set(by_code("trades"))
        assert {row["price_unit"], row["order_unit"]} <= set(by_code("units"))
        assert set(row["preparations"].split()) <= set(by_code("preparations"))
        assert set(row["allergens"].split()) <= set(by_code("allergens"))
        assert row["stock"] in {"daily", "counted", "on_demand"}
        assert all(1 <= month <= 12 for month in months(row["season"]))
    for row in rows("alternative_units"):
        assert row["product"] in by_code("products")
        assert {row["price_unit"], row["order_unit"]} <= set(by_code("units"))
    for row in rows("notes"):
        assert row["category"] in by_code("categories")
    for row in rows("members"):
        assert row["login"] in by_code("people", "login")
        assert row["stall"] in by_code("stalls", "slug")


def test_what_the_market_keeps_is_for_places_that_exist_and_modest():
    halls = rows("commissions")[-1]

    assert {row["market"] for row in rows("commissions")} - {""} <= set(by_code("markets", "slug"))
    assert {row["stall"] for row in rows("approvals")} <= set(by_code("stalls", "slug"))
    assert all(Decimal(row["percent"]) <= 5 for row in rows("commissions"))
    assert (halls["percent"], halls["cap_mxn"], halls["market"]) == ("5", "25.00", "")


def test_every_product_is_sold_by_some_stall_and_every_named_product_exists():
    named = {token for stall in rows("stalls") for token in stall["goods"].split() if token[0] not in "@#"}

    assert {offer.product for offer in assortment()} == set(by_code("products"))
    assert named <= set(by_code("products"))


def test_what_a_stall_is_known_for_is_on_its_counter():
    offers = {(offer.stall, offer.product): offer for offer in assortment()}

    for stall in rows("stalls"):
        if stall["state"] == "approved":
            named = [token for token in stall["goods"].split() if token[0] not in "@#"]
            assert not [code for code in named if offers[stall["slug"], code].is_paused], stall["slug"]


def test_a_product_without_a_weight_is_never_priced_by_weight_and_sold_by_the_piece():
    units = by_code("units")
    for offer in assortment():
        kinds = units[offer.order_unit]["kind"], units[offer.price_unit]["kind"]

        assert kinds[0] == kinds[1] or (kinds == ("count", "weight") and offer.typical_weight_g), offer
        assert kinds[0] != "count" or offer.order_unit == offer.price_unit or kinds[1] == "weight", offer


def test_some_goods_go_by_the_kilo_at_one_stall_and_by_the_piece_at_another():
    units = {}
    for offer in assortment():
        units.setdefault(offer.product, set()).add(offer.price_unit)

    assert {"kg", "pieza"} <= units["aguacate-hass"]
    assert sum(len(found) > 1 for found in units.values()) >= 10


def test_prices_differ_from_stall_to_stall_but_not_from_run_to_run():
    tomatoes = [offer for offer in assortment() if offer.product == "jitomate-saladet"]
    prices = {offer.price for offer in tomatoes if offer.price_unit == "kg"}

    assert len(prices) >= 3
    assert all(Decimal(24) <= price <= Decimal(42) for price in prices)
    assert assortment() == assortment()
    # A value written down: the same on every machine and every version of Python.
    assert chance("price", "verduras-dona-chayo", "cilantro") == 29


def test_seasons_wrap_around_the_year():
    assert months("11-1") == [11, 12, 1]
    assert months("7-9") == [7, 8, 9]
    assert months("1") == [1]
    assert months("") == []


def test_mangoes_are_on_sale_in_may_and_tejocotes_in_december_only():
    offers = {offer.product: offer for offer in assortment()}

    assert offers["mango-ataulfo"].is_in_season(5)
    assert not offers["mango-ataulfo"].is_in_season(11)
    assert offers["tejocote"].is_in_season(12)
    assert not offers["tejocote"].is_in_season(5)


def test_the_city_has_the_cases_the_stories_need():
    places = {}
    for place in rows("places"):
        places.setdefault(place["stall"], []).append(place)
    taken = {(place["market"], place["pitch"]) for place in rows("places")}
    stalls_of = Counter(member["login"] for member in rows("members"))
    rates = {row["category"]: row["rate"] for row in rows("tax_rates")}  # the last one of each holds
    birria = by_code("products")["birria-de-chivo"]

    two_pitches = [stall for stall, found in places.items() if len({p["market"] for p in found}) < len(found)]
    travelling = [stall for stall, found in places.items() if len({p["market"] for p in found}) == 2]
    vacant = {(pitch["market"], pitch["number"]) for pitch in rows("pitches")} - taken

    assert "frutas-los-compadres" in two_pitches
    assert travelling == ["nopales-de-la-sierra"]
    kinds = {by_code("markets", "slug")[place["market"]]["kind"] for place in places[travelling[0]]}
    assert kinds == {"street"}
    assert [place["weekdays"] for place in places["verduras-lupita-y-sabas"]] == ["26"]  # one street market, two days
    assert {market for market, _number in vacant} >= REAL_MARKETS
    assert stalls_of["beto"] == 2
    assert rates[birria["tax"]] == "0.16"
    assert any(row["by_amount_mxn"] for row in rows("products"))


def test_no_pitch_is_given_twice_and_none_is_made_up():
    taken = Counter((place["market"], place["pitch"]) for place in rows("places"))
    pitches = Counter((pitch["market"], pitch["number"]) for pitch in rows("pitches"))

    assert max(taken.values()) == 1
    assert max(pitches.values()) == 1
    assert taken.keys() <= pitches.keys()


def test_nobody_stands_in_the_street_when_there_is_no_street_market():
    open_on = {}
    for hours in rows("hours"):
        open_on.setdefault(hours["market"], set()).update(hours["weekdays"])

    for place in rows("places"):
        assert set(place["weekdays"]) <= open_on[place["market"]], place


def test_every_stall_with_a_place_has_one_owner():
    owners = Counter(member["stall"] for member in rows("members") if member["role"] == "owner")

    assert owners == Counter(stall["slug"] for stall in rows("stalls"))
    assert {place["stall"] for place in rows("places")} == set(by_code("stalls", "slug"))


def test_nobody_can_be_reached():
    everything = "\n".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.csv"))
    phones = re.findall(r"\+?\d[\d ]{9,}\d", everything)
    mails = re.findall(r"[\w.+-]+@[\w.-]+", everything)

    assert phones
    # In Guadalajara no number of eight digits begins with 0: nothing answers there.
    assert all(re.fullmatch(r"\+52 33 0\d{3} \d{4}", phone) for phone in [OPERATOR["phone"], *phones])
    assert OPERATOR["email"].endswith("@example.org")
    assert all(mail.endswith("@example.org") for mail in mails)


def test_texts_fit_their_columns():
    for row in rows("stalls"):
        assert max(len(row["summary_es"]), len(row["summary_en"])) <= 200
    for row in rows("markets"):
        assert max(len(row["summary_es"]), len(row["summary_en"])) <= 200
        assert re.fullmatch("[A-Z]{2,3}", row["prefix"])
    for row in rows("notes"):
        assert max(len(row["es"]), len(row["en"])) <= 80
    for row in rows("products"):
        assert max(len(row["about_es"]), len(row["about_en"])) <= 80
    for row in rows("preparations"):
        assert max(len(row["name_es"]), len(row["name_en"])) <= 40
