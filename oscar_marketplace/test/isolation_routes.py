"""How the isolation matrix fills each of the package's own addresses, and what a form sent to it holds."""

from oscar_marketplace.orders.models import Decision
from oscar_marketplace.orders.tracking import tracking_token
from oscar_marketplace.test.isolation import Door, Route
from oscar_marketplace.test.isolation_world import CODES, Side, version_of


def _of_stall(side: Side) -> dict:
    return {"slug": side.stall.slug}


def _of_part(key: str):
    return lambda side: {"slug": side.stall.slug, "pk": side.parts[key].pk}


def _of_listing(side: Side) -> dict:
    return {"slug": side.stall.slug, "pk": side.listing.pk}


def _of_payout(side: Side) -> dict:
    return {"slug": side.stall.slug, "pk": side.payout.pk}


def _title(side: Side) -> list[str]:
    return [side.title]


def _sold(side: Side) -> list[str]:
    return [side.parts["sold"].short_number]


def _line(side: Side) -> list[str]:
    return [side.title, side.wish]


def _version_of(key: str):
    return lambda side: {"version": version_of(side.parts[key])}


def _answer(side: Side) -> dict:
    part = side.parts["new"]
    return {"version": version_of(part), **{f"l{line.pk}": "yes" for line in part.lines.all()}}


def _pack(side: Side) -> dict:
    part = side.parts["accepted"]
    weights = {f"w{line.pk}": int(line.ordered_measure * 1000) for line in part.lines.all()}
    return {"version": version_of(part), "bags": "1", **weights}


def _deliver(side: Side) -> dict:
    return {"version": version_of(side.parts["ready"]), "code": CODES[side.name]}


def _prices(side: Side) -> dict:
    pk = side.listing.pk
    return {f"p{pk}": "41", f"w{pk}": "40", f"o{pk}": "on_sale"}


def _of_order(side: Side) -> dict:
    return {"token": tracking_token(side.order)}


def _of_unpaid(side: Side) -> dict:
    return {"token": tracking_token(side.unpaid)}


def _of_code(side: Side) -> dict:
    return {"token": tracking_token(side.order), "pk": side.parts["open"].hand_over_id}


def _decide(side: Side) -> dict:
    return {"question": Decision.objects.get(order=side.order).pk, "answer": "keep"}


STALL_ROUTES = [
    Route("stall:home", fill=lambda side: {}, shows=lambda side: [side.stall.name], door=Door.LIST),
    Route("stall:today", fill=_of_stall, shows=_title),
    Route("stall:order", fill=_of_part("new"), shows=_line),
    Route("stall:answer", fill=_of_part("new"), shows=_line, sends=_answer),
    Route("stall:reject", fill=_of_part("new"), shows=_line, sends=_version_of("new")),
    Route("stall:pack", fill=_of_part("accepted"), shows=_line, sends=_pack),
    Route("stall:deliver", fill=_of_part("ready"), shows=_title, sends=_deliver),
    Route("stall:to-desk", fill=_of_part("for_desk"), shows=_title, sends=_version_of("for_desk")),
    Route("stall:undo", fill=_of_part("accepted"), shows=_line, sends=_version_of("accepted")),
    Route("stall:listings", fill=_of_stall, shows=_title, sends=_prices),
    Route("stall:money", fill=_of_stall, shows=_sold),
    Route("stall:money-csv", fill=_of_stall, shows=_sold),
    Route("stall:payouts", fill=_of_stall, shows=lambda side: [side.payout.reference]),
    Route("stall:payout", fill=_of_payout, shows=_sold),
    Route("stall:listing", fill=_of_listing, shows=_title, sends=lambda side: {"do": "sold_out"}),
]

#: The shopper's pages of one order, behind its signed link.
ORDER_ROUTES = [
    Route("market:order", fill=_of_order, shows=_title, door=Door.LINK),
    Route("market:order-pay", fill=_of_unpaid, sends=lambda side: {"provider": "cash"}, door=Door.LINK),
    Route("market:order-decide", fill=_of_order, sends=_decide, door=Door.LINK),
    Route("market:order-cancel", fill=_of_order, sends=lambda side: {}, door=Door.LINK),
    Route("market:order-again", fill=_of_order, sends=lambda side: {}, door=Door.LINK),
    Route("market:order-code", fill=_of_code, shows=lambda side: ["<svg"], door=Door.LINK),
]

ROUTES = [*STALL_ROUTES, *ORDER_ROUTES]
