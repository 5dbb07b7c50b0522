"""Two stalls, their people and their orders, each with texts that may appear on nobody else's page."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils import timezone

from oscar_marketplace.audit.record import Actor
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.models import HandOver, StallOrder, StallOrderLine
from oscar_marketplace.orders.plan import ContactDetails
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.test import factories

#: Longer than the codes people get, so that no amount or key on a page can be mistaken for it.
CODES = {"a": "739184", "b": "286475"}


@dataclass
class Side:
    """One stall with its member, and one shopper with orders at that stall.

    ``parts`` are the stall's orders: ``new`` (of an order that the two stalls share), ``accepted``, ``ready`` and
    ``for_desk`` (of this stall alone). ``own_texts`` may appear to this stall's members only, ``link_texts`` to whoever
    has the link of :attr:`order` only.
    """

    name: str
    stall: Any
    member: Any
    shopper: Any
    listing: Any
    parts: dict[str, StallOrder] = field(default_factory=dict)
    order: Any = None
    own_texts: tuple[str, ...] = ()
    link_texts: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor.of(self.member, role="stall")

    @property
    def title(self) -> str:
        """What the stall sells."""
        return self.listing.stockrecord.product.title


@dataclass
class World:
    """Sides ``a`` and ``b``, somebody of the city's staff without rights here, and what no vendor may ever read."""

    a: Side
    b: Side
    staff: Any
    contact_texts: tuple[str, ...]

    def other(self, side: Side) -> Side:
        return self.b if side is self.a else self.a


def make_world() -> World:
    """Two stalls of one market with orders in three states, made by the package's own verbs."""
    market = factories.make_market()
    wave = factories.make_wave(market)
    sides = [_make_side(name, market) for name in ("a", "b")]
    contacts = [_contact(side) for side in sides]
    shared = _place([(side, 2) for side in sides], wave, contacts[0])
    for side, contact in zip(sides, contacts, strict=True):
        side.parts["new"] = StallOrder.objects.get(order=shared, stall=side.stall)
        side.parts["accepted"] = _accepted(side, wave, contact)
        side.parts["ready"] = _ready(side, wave, contact)
        side.parts["for_desk"] = _ready(side, wave, contact)
        HandOver.objects.filter(stall_orders=side.parts["for_desk"]).update(kind=HandOver.Kind.DESK)
        side.order = side.parts["accepted"].order
        side.own_texts = _own_texts(side)
        side.link_texts = (contact.name, contact.email, contact.phone, side.order.number)
    staff = factories.make_user("isolationstaff", is_staff=True)
    contact_texts = [text for each in contacts for text in (each.name, each.email, each.phone)]
    return World(*sides, staff=staff, contact_texts=(*contact_texts, *CODES.values()))


def _make_side(name: str, market) -> Side:
    member = factories.make_user(f"isolationmember{name}")
    stall = factories.make_stall(market=market, name=f"Isolationstall{name}", owner=member)
    # Told apart by more than its last digit: "puesto-1" is also in "puesto-12".
    stall.slug = f"isolationslug-{name}"
    stall.save()
    listing = factories.make_listing(
        stall=stall, title=f"Isolationgoods{name}", price="40.00", stock=90, note=f"Isolationnote{name}"
    )
    return Side(name, stall, member, factories.make_user(f"isolationshopper{name}"), listing)


def _contact(side: Side) -> ContactDetails:
    return ContactDetails(
        name=f"Isolationperson{side.name}",
        email=f"isolationmail{side.name}@example.org",
        phone="33556600" + ("11" if side.name == "a" else "22"),
        language="en",
    )


def _place(wanted: list[tuple[Side, int]], wave, contact: ContactDetails):
    """An order to be paid in cash at each stall, confirmed; each line with a wish in the shopper's words."""
    order = factories.place([(side.listing, steps) for side, steps in wanted], waves=[wave], contact=contact)
    start_payment(order, provider="cash", by=Actor("shopper"))
    for side, _steps in wanted:
        lines = StallOrderLine.objects.filter(stall_order__order=order, stall_order__stall=side.stall)
        lines.update(note=f"Isolationwish{side.name}")
    HandOver.objects.filter(order=order).update(code=CODES[wanted[0][0].name])
    return order


def _accepted(side: Side, wave, contact: ContactDetails) -> StallOrder:
    """Accepted a moment ago: it can be packed, and the answer can be undone."""
    part = StallOrder.objects.get(order=_place([(side, 3)], wave, contact))
    offers = {line.pk: line.ordered_measure for line in part.lines.all()}
    advance.accept(part, by=side.actor, version=part.version, offers=offers)
    StallOrder.objects.filter(pk=part.pk).update(undo_until=timezone.now() + timedelta(hours=1))
    return StallOrder.objects.get(pk=part.pk)


def _ready(side: Side, wave, contact: ContactDetails) -> StallOrder:
    """Packed and waiting for its shopper."""
    part = _accepted(side, wave, contact)
    packed = {line.pk: line.ordered_measure for line in part.lines.all()}
    advance.make_ready(part, by=side.actor, version=part.version, packed=packed, bags=1)
    return StallOrder.objects.get(pk=part.pk)


def _own_texts(side: Side) -> tuple[str, ...]:
    own = [side.parts[key].order.number for key in ("accepted", "ready", "for_desk")]
    return (side.stall.name, side.stall.slug, side.title, f"Isolationwish{side.name}", *own)


def version_of(part: StallOrder) -> int:
    return StallOrder.objects.values_list("version", flat=True).get(pk=part.pk)
