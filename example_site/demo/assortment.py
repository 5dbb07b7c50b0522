"""What each stall sells, from the data files alone: the same files give the same listings."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from example_site.demo.files import by_code, months, number, rows, rules, yes

#: States of a stall that has a counter, and so listings.
SELLING = frozenset({"approved", "paused"})


@dataclass(frozen=True)
class Offer:
    """One product at one stall. ``step`` is in order units, or in pesos with ``by_amount``."""

    stall: str
    product: str
    price: Decimal
    price_unit: str
    order_unit: str
    step: Decimal
    by_amount: bool
    typical_weight_g: int | None
    is_estimated: bool
    stock_mode: str
    steps_in_stock: int | None
    is_paused: bool
    is_sold_out: bool
    note: dict[str, str]

    def is_in_season(self, month: int) -> bool:
        season = months(by_code("products")[self.product]["season"])
        return not season or month in season


def assortment() -> list[Offer]:
    """Every offer of every stall with a counter, in the order of the files."""
    return [
        _offer(stall, product) for stall in rows("stalls") if stall["state"] in SELLING for product in _goods_of(stall)
    ]


def chance(*parts: str, out_of: int = 100) -> int:
    """A number from 0 to ``out_of - 1`` that depends on the seed and the parts only."""
    text = "/".join((rules()["seed"], *parts))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % out_of


def _happens(rule: str, name: tuple[str, str]) -> bool:
    """Whether a rule given as a percentage hits this stall and product."""
    return chance(rule, *name) < rules()[rule]


def _is_off(rule: str, name: tuple[str, str]) -> bool:
    """The same for what takes a product off the counter; that never happens to a staple."""
    return name[1] not in rules()["staples"] and _happens(rule, name)


def _goods_of(stall: dict[str, str]) -> Iterator[dict[str, str]]:
    tokens = stall["goods"].split()
    named = {token for token in tokens if token[0] not in "@#"}
    trades = {token[1:] for token in tokens if token[0] == "@"}
    categories = {token[1:] for token in tokens if token[0] == "#"}
    breadth = int(stall["breadth"])
    for product in rows("products"):
        code = product["code"]
        deals_in_it = product["category"] in categories or not trades.isdisjoint(product["trades"].split())
        is_there = code in rules()["staples"] or chance("has", stall["slug"], code) < breadth
        if code in named or (deals_in_it and is_there):
            yield product


def _offer(stall: dict[str, str], product: dict[str, str]) -> Offer:
    name = (stall["slug"], product["code"])
    terms = _terms(name, product)
    counted = product["stock"] == "counted"
    least, most = rules()["counted_steps"]
    return Offer(
        stall=stall["slug"],
        product=product["code"],
        price=_price(name, number(terms["price_mxn"]) * int(stall["price_level"]) / 100),
        price_unit=terms["price_unit"],
        order_unit=terms["order_unit"],
        step=number(terms.get("by_amount_mxn", "")) or number(terms["step"]),
        by_amount=bool(terms.get("by_amount_mxn")),
        typical_weight_g=_weight_of_one(terms),
        is_estimated=yes(terms["estimated"]),
        stock_mode=product["stock"],
        steps_in_stock=least + chance("stock", *name, out_of=most - least + 1) if counted else None,
        # What a stall is known for is there: nobody paints "beef foot tostadas" on the awning and has none.
        is_paused=product["code"] not in stall["goods"].split() and _is_off("paused_percent", name),
        is_sold_out=product["stock"] == "daily" and _is_off("sold_out_today_percent", name),
        note=_note(name, product),
    )


def _terms(name: tuple[str, str], product: dict[str, str]) -> dict[str, str]:
    """How this stall measures it: as most do, or its own way."""
    other = by_code("alternative_units", "product").get(product["code"])
    if other is None or name[0] in rules()["usual_units_at"]:
        return product
    measures_otherwise = (
        name[0] in other["only_at"].split() if other["only_at"] else _happens("alternative_unit_percent", name)
    )
    return other if measures_otherwise else product


def _weight_of_one(terms: dict[str, str]) -> int | None:
    """Grams of one order unit where a count is priced by weight; elsewhere the weight is only for reading."""
    kinds = [by_code("units")[terms[unit]]["kind"] for unit in ("order_unit", "price_unit")]
    return int(terms["typical_weight_g"]) if kinds == ["count", "weight"] else None


def _price(name: tuple[str, str], level: Decimal) -> Decimal:
    spread = int(rules()["price_noise_percent"])
    price = level * (100 - spread + chance("price", *name, out_of=2 * spread + 1)) / 100
    rounding = next(Decimal(rule["to"]) for rule in rules()["price_rounding"] if price < rule["below"])
    return max(rounding, (price / rounding).quantize(Decimal(1), ROUND_HALF_UP) * rounding)


def _note(name: tuple[str, str], product: dict[str, str]) -> dict[str, str]:
    """A few words of the stall's own, or what the catalogue says of the product."""
    notes = [note for note in rows("notes") if note["category"] == product["category"]]
    if not notes or not _happens("note_percent", name):
        return {"es": product["about_es"], "en": product["about_en"]}
    return notes[chance("which note", *name, out_of=len(notes))]
