"""Every order line in exactly one stall order, to the cent; also when there is only one stall.

Written inside the transaction that writes the order, with a number of statements that depends neither on lines nor on
stalls.
"""

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor, entry
from oscar_marketplace.commissions.freeze import Sale, freeze_commissions
from oscar_marketplace.exceptions import CannotPlace
from oscar_marketplace.listings.models import LineWish, Listing, StockHold
from oscar_marketplace.listings.price import step_measure
from oscar_marketplace.markets.models import WavePlace
from oscar_marketplace.orders.confirm import confirm_parts
from oscar_marketplace.orders.models import Contact, HandOver, OrderCharge, StallOrder, StallOrderLine
from oscar_marketplace.orders.plan import Plan
from oscar_marketplace.orders.states import HandOverState, StallOrderState
from oscar_marketplace.outbox.write import event, write
from oscar_marketplace.stalls.models import Tenure

logger = logging.getLogger("oscar_marketplace.orders")
CODE_DIGITS = 4
THOUSANDTH = Decimal("0.001")


@dataclass
class PlacedLine:
    """A basket line, the order line it became, and the listing it bought (None for partners without a stall)."""

    basket_line: object
    order_line: object
    listing: Listing | None


def partition_order(order, lines: Sequence[PlacedLine], plan: Plan) -> list[StallOrder]:
    """Write the stall orders of a freshly written order, and all that belongs to them.

    Raises:
        CannotPlace: no place is left in a pick-up time; the caller's transaction must be rolled back.
    """
    hand_overs = _write_hand_overs(order, plan)
    _take_wave_places(hand_overs, plan)
    parts = _write_stall_orders(order, lines, plan, hand_overs)
    _write_lines(order, lines, parts)
    _write_order_charges(order, parts)
    if plan.awaits_payment:
        _write_holds(lines)
        freeze_commissions(_sales(parts.values(), plan), now=timezone.now())
    if plan.contact is not None:
        Contact.objects.create(
            order=order,
            name=plan.contact.name.strip(),
            email=plan.contact.email.strip(),
            phone=plan.contact.phone.strip(),
            language=plan.contact.language,
        )
        write(event("order_placed", str(order.pk), order=order.pk))
    actor = Actor.of(plan.user, role="shopper")
    AuditEntry.objects.bulk_create(entry("placed", part, by=actor, order=order.number) for part in parts.values())
    if not plan.awaits_payment:
        confirm_parts([part for part in parts.values() if part.stall is not None], by=actor)
    return list(parts.values())


def _write_hand_overs(order, plan: Plan) -> dict[int, HandOver]:
    hand_overs = []
    for choice in plan.hand_overs:
        wave = plan.waves.get(choice.wave_id)
        hold = None
        if wave is not None:
            minutes = next(
                (
                    p.pitch.market.operator.pickup_hold_minutes
                    for p in plan.places.values()
                    if p.pitch.market_id == choice.market_id
                ),
                120,
            )
            hold = wave.ends_at + timedelta(minutes=minutes)
        hand_overs.append(
            HandOver(
                order=order,
                market_id=choice.market_id,
                kind=choice.kind,
                wave=wave,
                state=HandOverState.RESERVED if plan.awaits_payment else HandOverState.CONFIRMED,
                code=f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}",
                hold_until=hold,
            )
        )
    if hand_overs:
        HandOver.objects.bulk_create(hand_overs)
    return {hand_over.market_id: hand_over for hand_over in hand_overs}


def _take_wave_places(hand_overs: dict[int, HandOver], plan: Plan) -> None:
    for hand_over in sorted(hand_overs.values(), key=lambda each: each.wave_id or 0):
        wave = plan.waves.get(hand_over.wave_id)
        if wave is None or not wave.is_limited:
            continue
        # A place another checkout is about to take is skipped, not waited for: shoppers at different stalls of one
        # market never queue for each other.
        place = WavePlace.objects.filter(wave=wave, hand_over=None).select_for_update(skip_locked=True).first()
        if place is None:
            raise CannotPlace(
                _("The time you chose to pick up has just filled up. Please choose another."),
                code="slot_full",
            )
        place.hand_over = hand_over
        place.save(update_fields=["hand_over"])


def _write_stall_orders(order, lines, plan: Plan, hand_overs: dict[int, HandOver]) -> dict[int, StallOrder]:
    """Partner pk -> stall order, in the order in which partners first appear."""
    by_partner: dict[int, list[PlacedLine]] = {}
    for line in lines:
        by_partner.setdefault(line.order_line.partner_id, []).append(line)
    tenures = _tenures([group[0].listing.stall_id for group in by_partner.values() if group[0].listing])
    parts = {}
    for sequence, (partner_id, group) in enumerate(by_partner.items(), start=1):
        first = group[0]
        stall = first.listing.stall if first.listing else None
        place = plan.places.get(stall.pk) if stall else None
        parts[partner_id] = StallOrder(
            order=order,
            kind=StallOrder.Kind.STALL if stall else StallOrder.Kind.HOUSE,
            partner_id=partner_id,
            stall=stall,
            tenure=tenures.get(stall.pk) if stall else None,
            hand_over=hand_overs.get(place.pitch.market_id) if place else None,
            sequence=sequence,
            seller_name=stall.name if stall else first.order_line.partner_name,
            pitch_text=" · ".join(filter(None, [place.pitch.number, place.pitch.section])) if place else "",
            currency=order.currency,
            shopper_language=(plan.contact.language if plan.contact else "") or translation.get_language() or "",
            stall_language=stall.language if stall else "",
            state=_first_state(stall, plan),
            placed_incl_tax=sum((line.order_line.line_price_incl_tax for line in group), Decimal(0)),
            placed_excl_tax=sum((line.order_line.line_price_excl_tax for line in group), Decimal(0)),
            placed_discount=sum((_discount(line.order_line) for line in group), Decimal(0)),
        )
    StallOrder.objects.bulk_create(parts.values())
    return parts


def _first_state(stall, plan: Plan) -> StallOrderState:
    # Partners without a stall keep Oscar's ways: nobody is asked to answer for them.
    return StallOrderState.AWAITING_PAYMENT if stall or plan.awaits_payment else StallOrderState.NEW


def _tenures(stall_ids: list[int]) -> dict[int, Tenure]:
    if not stall_ids:
        return {}
    return {tenure.stall_id: tenure for tenure in Tenure.objects.filter(stall_id__in=stall_ids, ends_on=None)}


def _discount(order_line) -> Decimal:
    return order_line.line_price_before_discounts_incl_tax - order_line.line_price_incl_tax


def _write_lines(order, lines: Sequence[PlacedLine], parts: dict[int, StallOrder]) -> None:
    wishes = LineWish.objects.filter(basket_line_id__in=[line.basket_line.pk for line in lines])
    wishes = {wish.basket_line_id: wish for wish in wishes.select_related("preparation")}
    StallOrderLine.objects.bulk_create(
        _line(line, parts[line.order_line.partner_id], wishes.get(line.basket_line.pk)) for line in lines
    )


def _line(line: PlacedLine, part: StallOrder, wish: LineWish | None) -> StallOrderLine:
    placed = line.order_line
    written = StallOrderLine(
        stall_order=part,
        order_line=placed,
        listing=line.listing,
        title=placed.title,
        steps=placed.quantity,
        placed_incl_tax=placed.line_price_incl_tax,
        placed_excl_tax=placed.line_price_excl_tax,
        placed_discount=_discount(placed),
        substitution=wish.substitution if wish else LineWish.Substitution.NONE,
        preparation=wish.preparation.name if wish and wish.preparation else "",
        note=wish.note if wish else "",
    )
    if line.listing is None:
        written.ordered_measure = written.bound = Decimal(placed.quantity)
        written.price = placed.unit_price_incl_tax
        return written
    return _freeze_listing(written, line)


def _freeze_listing(written: StallOrderLine, line: PlacedLine) -> StallOrderLine:
    listing = line.listing
    measure = (step_measure(listing) * line.order_line.quantity).quantize(THOUSANDTH)
    entry_ = getattr(listing.stockrecord.product, "catalogue_entry", None)
    written.icon, written.hue = (entry_.icon, entry_.hue) if entry_ else ("", "")
    written.step, written.by_amount, written.is_estimated = (
        listing.step,
        listing.by_amount,
        listing.is_estimated,
    )
    written.order_unit, written.price_unit, written.price = (
        listing.order_unit,
        listing.price_unit,
        listing.price,
    )
    written.tax_rate = line.basket_line.purchase_info.price.rate
    written.ordered_measure = measure
    grace = Decimal(listing.bound_percent) / 100 if listing.is_estimated else Decimal(0)
    written.bound = (measure * (1 + grace)).quantize(THOUSANDTH)
    return written


def _sales(parts: Iterable[StallOrder], plan: Plan) -> list[Sale]:
    """The parts of stalls, as the commission's rules want to know them."""
    sold = []
    for part in parts:
        if part.stall is not None:
            market = plan.places[part.stall_id].pitch.market
            sold.append(Sale(part.pk, part.stall_id, part.stall.operator_id, market.pk, market.zone))
    return sold


def _write_order_charges(order, parts: dict[int, StallOrder]) -> None:
    """What the order costs beside goods, so that parts and charges sum to the order's total to the cent."""
    charges = []
    if order.shipping_incl_tax:
        charges.append((order.shipping_code, order.shipping_method, order.shipping_incl_tax, order.shipping_excl_tax))
    for surcharge in order.surcharges.all() if order.total_incl_tax != _sum_of(parts, charges) else ():
        charges.append((surcharge.code, surcharge.name, surcharge.incl_tax, surcharge.excl_tax))
    missing = order.total_incl_tax - _sum_of(parts, charges)
    if missing:
        # A city's own total calculator may add what we know nothing of; it is named, never spread over the stalls.
        logger.info("order %s: %s in its total belongs to no line", order.number, missing)
        charges.append(("other", str(_("Other")), missing, missing))
    OrderCharge.objects.bulk_create(
        OrderCharge(order=order, code=code, name=name, amount_incl_tax=incl, amount_excl_tax=excl)
        for code, name, incl, excl in charges
    )


def _sum_of(parts: dict[int, StallOrder], charges) -> Decimal:
    return sum((part.placed_incl_tax for part in parts.values()), Decimal(0)) + sum(
        (charge[2] for charge in charges), Decimal(0)
    )


def _write_holds(lines: Sequence[PlacedLine]) -> None:
    now = timezone.now()
    StockHold.objects.bulk_create(
        StockHold(
            order_line=line.order_line,
            stockrecord_id=line.order_line.stockrecord_id,
            quantity=line.order_line.quantity,
            expires_at=now + timedelta(minutes=line.listing.stall.operator.hold_minutes),
        )
        for line in lines
        if line.listing is not None
    )


def orders_without_parts():
    """Orders placed after the install that have no part; always empty, which a test and the check rely on."""
    return get_model("order", "Order").objects.filter(stall_orders=None, checkout_attempt__isnull=False)
