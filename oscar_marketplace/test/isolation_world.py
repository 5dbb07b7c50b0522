"""Two stalls, their people and their orders, each with texts that may appear on nobody else's page."""

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from oscar_marketplace.aftersales.deliver import deliver_part
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.ledger.models import AccountKind, LedgerPosting, TransactionKind
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.decisions import KEEP, options_now
from oscar_marketplace.orders.models import Decision, HandOver, StallOrder, StallOrderLine
from oscar_marketplace.orders.plan import ContactDetails
from oscar_marketplace.payments.start import start_payment
from oscar_marketplace.payouts.models import Payout, PayoutBatch, PayoutLine
from oscar_marketplace.test import factories

#: Longer than the codes people get, so that no amount or key on a page can be mistaken for it.
CODES = {"a": "739184", "b": "286475"}


@dataclass
class Side:
    """One stall with its member, and one shopper with orders at that stall.

    ``parts`` are the stall's orders by what comes next: ``new`` (of an order that the two stalls share); ``accepted``,
    ``ready``, ``for_desk``, ``open`` (new, with a question to the shopper) and ``sold`` of this stall alone. ``unpaid``
    is an order the stall knows nothing of, ``payout`` one for what was sold. ``own_texts`` may appear to this stall's
    members and its shopper only, ``link_texts`` to the shopper only.
    """

    name: str
    stall: Any
    member: Any
    shopper: Any
    listing: Any
    parts: dict[str, StallOrder] = field(default_factory=dict)
    unpaid: Any = None
    payout: Any = None
    own_texts: tuple[str, ...] = ()
    link_texts: tuple[str, ...] = ()

    @property
    def actor(self) -> Actor:
        return Actor.of(self.member, role="stall")

    @property
    def title(self) -> str:
        """What the stall sells."""
        return self.listing.stockrecord.product.title

    @property
    def wish(self) -> str:
        """The shopper's words on each line."""
        return f"Isolationwish{self.name}"

    @property
    def order(self):
        """The order that is open to everything its shopper may do."""
        return self.parts["open"].order


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
    """Two stalls of one market with orders in every state that pages differ by, made by the package's own verbs."""
    market = factories.make_market()
    market.operator.max_open_cash_orders = 0
    market.operator.save()
    wave = factories.make_wave(market)
    sides = [_make_side(name, market) for name in ("a", "b")]
    contacts = [_contact(side) for side in sides]
    numbers = count(1)
    shared = _place(sides, wave, contacts[0], next(numbers))
    for side, contact in zip(sides, contacts, strict=True):
        orders = [_place([side], wave, contact, next(numbers)) for _ in range(5)]
        accepted, ready, for_desk, open_one, sold = (StallOrder.objects.get(order=order) for order in orders)
        side.parts = {
            "new": StallOrder.objects.get(order=shared, stall=side.stall),
            "accepted": _accept(accepted, side),
            "ready": _pack(_accept(ready, side), side),
            "for_desk": _pack(_accept(for_desk, side), side),
            "open": _ask(open_one),
            "sold": _deliver(_pack(_accept(sold, side), side), side),
        }
        HandOver.objects.filter(stall_orders=side.parts["for_desk"]).update(kind=HandOver.Kind.DESK)
        side.payout = _pay_out(side)
        side.unpaid = _place([side], wave, contact, next(numbers), is_paid=False)
        known = [part.short_number for key, part in side.parts.items() if key != "new"]
        side.own_texts = (side.stall.name, side.stall.slug, side.title, side.wish, side.payout.reference, *known)
        side.link_texts = (contact.name, contact.email, contact.phone, side.order.number, side.unpaid.number)
    staff = factories.make_user("isolationstaff", is_staff=True)
    never = [text for each in contacts for text in (each.name, each.email, each.phone)]
    never += [side.unpaid.number[-4:] for side in sides]
    return World(*sides, staff=staff, contact_texts=(*never, *CODES.values()))


def _make_side(name: str, market) -> Side:
    member = factories.make_user(f"isolationmember{name}")
    stall = factories.make_stall(market=market, name=f"Isolationstall{name}", owner=member)
    # Told apart by more than its last digit: "puesto-1" is also in "puesto-12".
    stall.slug = f"isolationslug-{name}"
    stall.save()
    listing = factories.make_listing(stall=stall, title=f"Isolationgoods{name}", price="40.00", stock=90)
    return Side(name, stall, member, factories.make_user(f"isolationshopper{name}"), listing)


def _contact(side: Side) -> ContactDetails:
    return ContactDetails(
        name=f"Isolationperson{side.name}",
        email=f"isolationmail{side.name}@example.org",
        phone="33556600" + ("11" if side.name == "a" else "22"),
    )


def _place(sides: list[Side], wave, contact: ContactDetails, number: int, *, is_paid: bool = True):
    """An order to be paid in cash at each stall; each line with a wish in the shopper's words."""
    order = factories.place([(side.listing, number + 1) for side in sides], waves=[wave], contact=contact)
    # Signs that no token or key on a page is made of, also in the four characters that are called out.
    order.number = f"ISOLATION-{sides[0].name}~{number:x}"
    order.user = sides[0].shopper
    order.save()
    for side in sides:
        lines = StallOrderLine.objects.filter(stall_order__order=order, stall_order__stall=side.stall)
        lines.update(note=side.wish)
    HandOver.objects.filter(order=order).update(code=CODES[sides[0].name])
    if is_paid:
        start_payment(order, provider="cash", by=Actor("shopper"))
    return order


def _accept(part: StallOrder, side: Side) -> StallOrder:
    """Accepted a moment ago: it can be packed, and the answer can be undone."""
    advance.accept(part, by=side.actor, version=part.version)
    StallOrder.objects.filter(pk=part.pk).update(undo_until=timezone.now() + timedelta(hours=1))
    return StallOrder.objects.get(pk=part.pk)


def _pack(part: StallOrder, side: Side) -> StallOrder:
    """Packed and waiting for its shopper."""
    packed = {line.pk: line.ordered_measure for line in part.lines.all()}
    advance.make_ready(part, by=side.actor, version=part.version, packed=packed, bags=1)
    return StallOrder.objects.get(pk=part.pk)


def _deliver(part: StallOrder, side: Side) -> StallOrder:
    """Handed over and paid."""
    return deliver_part(part, code=CODES[side.name], by=side.actor, version=part.version)


def _ask(part: StallOrder) -> StallOrder:
    """A question to the shopper, as if another stall had refused its part."""
    Decision.objects.create(
        order=part.order,
        stall_order=part,
        kind=Decision.Kind.REST_AFTER_REFUSAL,
        options=options_now(part.order_id),
        default=KEEP,
        decide_by=timezone.now() + timedelta(hours=1),
    )
    return part


def _pay_out(side: Side) -> Payout:
    """A payout that claims what was sold."""
    sold = LedgerPosting.objects.get(
        transaction__order=side.parts["sold"].order,
        transaction__kind=TransactionKind.SALE,
        account__kind=AccountKind.PAYABLE,
    )
    names = {"operator": side.stall.operator, "method": "cash"}
    batch = PayoutBatch.objects.create(reference=f"isolation-{side.name}", **names)
    payout = Payout.objects.create(
        batch=batch,
        payee=sold.account.payee,
        reference=f"isolation-{side.name}-1",
        currency=sold.account.currency,
        amount=-sold.amount,
        **names,
    )
    PayoutLine.objects.create(payout=payout, posting=sold)
    return payout


def version_of(part: StallOrder) -> int:
    return StallOrder.objects.values_list("version", flat=True).get(pk=part.pk)
