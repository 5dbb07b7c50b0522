"""How the isolation matrix fills each of the package's own addresses, and what a form sent to it holds."""

from oscar_marketplace.orders.tracking import tracking_token
from oscar_marketplace.test.isolation import Door, Route
from oscar_marketplace.test.isolation_world import CODES, Side, version_of


def _of_stall(side: Side) -> dict:
    return {"slug": side.stall.slug}


def _of_part(key: str):
    return lambda side: {"slug": side.stall.slug, "pk": side.parts[key].pk}


def _of_listing(side: Side) -> dict:
    return {"slug": side.stall.slug, "pk": side.listing.pk}


def _title(side: Side) -> list[str]:
    return [side.title]


def _part_texts(side: Side) -> list[str]:
    return [side.title, f"Isolationwish{side.name}"]


def _answer(side: Side) -> dict:
    part = side.parts["new"]
    return {"version": version_of(part), **{f"l{line.pk}": "yes" for line in part.lines.all()}}


def _reject(side: Side) -> dict:
    return {"version": version_of(side.parts["new"])}


def _pack(side: Side) -> dict:
    part = side.parts["accepted"]
    weights = {f"w{line.pk}": int(line.ordered_measure * 1000) for line in part.lines.all()}
    return {"version": version_of(part), "bags": "1", **weights}


def _deliver(side: Side) -> dict:
    return {"version": version_of(side.parts["ready"]), "code": CODES[side.name]}


def _to_desk(side: Side) -> dict:
    return {"version": version_of(side.parts["for_desk"])}


def _undo(side: Side) -> dict:
    return {"version": version_of(side.parts["accepted"])}


def _prices(side: Side) -> dict:
    pk = side.listing.pk
    return {f"p{pk}": "41", f"w{pk}": "40", f"o{pk}": "on_sale"}


def _sold_out(side: Side) -> dict:
    return {"do": "sold_out"}


def _of_order(side: Side) -> dict:
    return {"token": tracking_token(side.order)}


STALL_ROUTES = [
    Route("stall:home", fill=lambda side: {}, shows=lambda side: [side.stall.name], door=Door.LIST),
    Route("stall:today", fill=_of_stall, shows=_title),
    Route("stall:order", fill=_of_part("new"), shows=_part_texts),
    Route("stall:answer", fill=_of_part("new"), shows=_part_texts, sends=_answer),
    Route("stall:reject", fill=_of_part("new"), shows=_part_texts, sends=_reject),
    Route("stall:pack", fill=_of_part("accepted"), shows=_part_texts, sends=_pack),
    Route("stall:deliver", fill=_of_part("ready"), shows=_title, sends=_deliver),
    Route("stall:to-desk", fill=_of_part("for_desk"), shows=_title, sends=_to_desk),
    Route("stall:undo", fill=_of_part("accepted"), shows=_part_texts, sends=_undo),
    Route("stall:listings", fill=_of_stall, shows=_title, sends=_prices),
    Route("stall:listing", fill=_of_listing, shows=_title, sends=_sold_out),
]

ORDER_ROUTES: list[Route] = []

ROUTES = [*STALL_ROUTES, *ORDER_ROUTES]
