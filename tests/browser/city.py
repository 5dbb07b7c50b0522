"""A small city for the browser: two markets, stalls with pictures, orders in every state a person may meet."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from oscar_marketplace.aftersales.cancel import cancel_by_shopper
from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.aftersales.expire import expire_order
from oscar_marketplace.aftersales.refusal import carry_out_refusal
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.listings.models import CatalogueEntry, PreparationOption
from oscar_marketplace.markets.models import Wave
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.payments.models import Charge
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.stalls.models import StallMember
from oscar_marketplace.test import factories
from tests.browser.portal_pages import make_portal_pages
from tests.wagtail_mercado.portal import Portal

SHOPPER = Actor("shopper")
CODE = "4821"
#: Sold and priced by the piece; its unit is a row, which no module makes while it is imported.
PIECE = {"by": "piece"}

#: Stall -> trade, colour, what it sells: (name, picture, colour card, price, further arguments).
STALLS = {
    "Verduras Doña Chayo": (
        "Verduras",
        "verde",
        [
            ("Jitomate saladet", "tomato", "rojo", "32.49", {}),
            ("Aguacate Hass", "avocado", "verde", "78.00", {"stock": 8}),
            ("Cilantro", "herb", "verde", "20.00", {"step": Decimal(10), "by_amount": True}),
            ("Calabacita", "cucumber", "verde", "24.00", {}),
        ],
    ),
    "Cremería La Vaquita": (
        "Lácteos",
        "azul",
        [
            ("Queso fresco", "cheese-wedge", "amarillo", "144.00", {"is_estimated": True}),
            ("Crema de rancho", "glass-of-milk", "azul", "96.00", {}),
        ],
    ),
    "Tortillería El Comal": (
        "Tortillería",
        "cafe",
        [
            ("Tortilla de maíz", "tortillas", "cafe", "26.00", {"tax_rate": "0.16"}),
            ("Tamal de elote", "tamale", "amarillo", "18.00", PIECE),
        ],
    ),
}


@dataclass
class City:
    """What the pages are about. ``orders`` are by the state they are in; ``members`` by stall."""

    market: Any
    stalls: dict[str, Any]
    listings: dict[str, Any]
    members: dict[str, Any]
    orders: dict[str, Any] = field(default_factory=dict)
    #: Who works at two of the stalls, and who at none.
    helper: Any = None
    stranger: Any = None
    #: The Wagtail site around it.
    portal: Portal | None = None

    @property
    def chayo(self):
        return self.stalls["Verduras Doña Chayo"]

    @property
    def chayos_member(self):
        return self.members["Verduras Doña Chayo"]

    def part(self, state: str) -> StallOrder:
        """Doña Chayo's part of the order in this state."""
        return StallOrder.objects.get(order=self.orders[state], stall=self.chayo)

    def path(self, state: str) -> str:
        """The order's own page."""
        return tracking_path(self.orders[state])


def make_city() -> City:
    """The markets, their stalls and what they sell; no orders yet."""
    operator = factories.make_operator(
        phone="33 5550 0100",
        terms_url="https://example.org/reglas",
        privacy_url="https://example.org/privacidad",
        language="es",
        # All orders are one shopper's.
        max_open_cash_orders=0,
    )
    market = _make_market(operator)
    _publish_commissions(operator)
    factories.make_wave(market, starts_in=timedelta(hours=5), capacity=40)
    _fill(factories.make_wave(market, starts_in=timedelta(hours=8), capacity=1))
    factories.make_market(
        operator=operator, name="Mercado Las Conchas", slug="las-conchas", hue="azul", always_open=False
    )
    city = City(market, {}, {}, {})
    for name, (trade, hue, goods) in STALLS.items():
        _make_stall(city, name, trade, hue, goods)
    _second_offer(city)
    city.helper, city.stranger = factories.make_user("helper", first_name="Beto"), factories.make_user("stranger")
    for name in ("Verduras Doña Chayo", "Cremería La Vaquita"):
        StallMember.objects.create(stall=city.stalls[name], user=city.helper)
    city.portal = make_portal_pages(city)
    return city


def _publish_commissions(operator) -> None:
    factories.make_commission_rule(
        operator, title="Primeros 90 días", position=10, percent=Decimal(0), first_days=90, reason="Para probar."
    )
    factories.make_commission_rule(
        operator, title="Mercados municipales", position=20, cap=Decimal("25.00"), tax_percent=Decimal(16)
    )
    factories.make_commission_rule(operator, title="El año que viene", starts_on=date(2199, 1, 1))


def _make_market(operator):
    return factories.make_market(
        operator=operator,
        name="Mercado Jacaranda",
        slug="jacaranda",
        prefix="JA",
        hue="rosa",
        summary="El mercado del centro, bajo las jacarandas.",
        description="Abrió en 1931 junto al jardín.",
        address="Av. Jacarandas 12",
        latitude="20.675700",
        longitude="-103.340000",
        phone="33 5550 0101",
        desk_place="Entrada sur, junto a la fuente",
        access_facts="Entrada a nivel de calle.\nPasillos de dos metros.",
    )


def _fill(wave: Wave) -> None:
    """Take the wave's only place, so that a full time is shown."""
    order = factories.place([(factories.make_listing(stall=factories.make_stall(market=wave.market)), 1)], waves=[wave])
    wave.places.update(hand_over=HandOver.objects.get(order=order))


def _make_stall(city: City, name: str, trade: str, hue: str, goods: list) -> None:
    member = factories.make_user(first_name="Rosario", last_name=name.split()[-1])
    stall = factories.make_stall(
        market=city.market,
        name=name,
        owner=member,
        hue=hue,
        languages="es,en",
        summary="Del campo a su mesa, desde hace tres generaciones.",
        story="Abre a las seis y escoge pieza por pieza.",
    )
    stall.trades.add(factories.make_trade(trade, hue=hue))
    city.stalls[name], city.members[name] = stall, member
    for title, picture, card, price, more in goods:
        more = factories.by_piece() if more == PIECE else more
        listing = factories.make_listing(stall=stall, title=title, price=price, **more)
        _paint(listing, picture, card)
        city.listings[title] = listing


def _paint(listing, picture: str, hue: str) -> None:
    CatalogueEntry.objects.filter(product=listing.stockrecord.product).update(icon=picture, hue=hue)


def _second_offer(city: City) -> None:
    """The same tomatoes at a second stall, and what else a page may have to say of goods."""
    tomatoes = city.listings["Jitomate saladet"].stockrecord.product
    other = city.stalls["Cremería La Vaquita"]
    city.listings["second"] = factories.make_listing(stall=other, product=tomatoes, price="35.00")
    cheese = city.listings["Queso fresco"]
    cheese.note, cheese.allergens = "De vaca, del día", "leche"
    cheese.save()
    PreparationOption.objects.create(listing=cheese, name="Rallado")
    sold_out = city.listings["Calabacita"]
    sold_out.sold_out_on = timezone.localdate(timezone=city.market.zone)
    sold_out.save()


def take_orders(city: City) -> City:
    """Orders in every state, brought there by the verbs that real ones go through."""
    wave = city.market.waves.earliest("starts_at")
    for state, act in _ACTS.items():
        city.orders[state] = order = _place(city, wave, provider="dummy" if state in _UNPAID else "cash")
        act(city, order)
    return city


def _place(city: City, wave, *, provider: str):
    wanted = [(city.listings[title], steps) for title, steps in BASKET.items()]
    order = factories.place(wanted, waves=[wave], provider=provider)
    HandOver.objects.filter(order=order).update(code=CODE)
    start_payment(order, provider=provider, by=SHOPPER)
    return order


BASKET = {"Jitomate saladet": 4, "Queso fresco": 2, "Tortilla de maíz": 4}
_UNPAID = {"awaiting_payment", "declined", "expired"}


def _parts(order):
    return StallOrder.objects.filter(order=order).order_by("sequence")


def _by(city: City, part) -> Actor:
    return Actor.of(city.members[part.seller_name], role="stall")


def _nothing(city: City, order) -> None:
    pass


def _decline(city: City, order) -> None:
    charge = Charge.objects.get(order=order)
    payment_providers["dummy"].answer(charge.reference, "decline")
    fetch_and_apply(charge.pk)


def _refuse_last(city: City, order) -> None:
    """One stall has nothing, and its minute to undo is over: the shopper is asked about the rest."""
    *_others, last = _parts(order)
    advance.reject(last, by=_by(city, last), reason="nothing_there", now=timezone.now() - timedelta(minutes=5))
    carry_out_refusal(last)


def _accept(city: City, order) -> None:
    for part in _parts(order):
        advance.accept(part, by=_by(city, part))


def _pack(city: City, order) -> None:
    _accept(city, order)
    for part in _parts(order):
        packed = {line.pk: line.ordered_measure for line in part.lines.all()}
        advance.make_ready(part, by=_by(city, part), packed=packed, bags=1)


def _deliver(city: City, order) -> None:
    _pack(city, order)
    for part in _parts(order):
        deliver_part(part, code=CODE, by=_by(city, part))


def _complete(city: City, order) -> None:
    _deliver(city, order)
    for part in _parts(order):
        advance.complete_part(part, now=timezone.now() + timedelta(days=3))


def _cancel(city: City, order) -> None:
    cancel_by_shopper(order, by=SHOPPER)


def _pack_for_desk(city: City, order) -> None:
    """To be fetched at the market's desk; the stalls have not brought it there yet."""
    HandOver.objects.filter(order=order).update(kind=HandOver.Kind.DESK)
    _pack(city, order)


def _expire(city: City, order) -> None:
    expire_order(order.pk, now=timezone.now() + timedelta(hours=2))


_ACTS = {
    "awaiting_payment": _nothing,
    "declined": _decline,
    "new": _nothing,
    "decision": _refuse_last,
    "accepted": _accept,
    "ready": _pack,
    "delivered": _deliver,
    "completed": _complete,
    "cancelled": _cancel,
    "for_desk": _pack_for_desk,
    "expired": _expire,
    # Answered by a colleague while the page to answer it is open.
    "contested": _nothing,
}
