"""Prepare: one basket becomes one Oscar order, partitioned into stall orders, in one transaction.

Everything is read again under the basket's lock, compared with what the shopper saw, and written together: order,
stall orders, holds, hand-overs, contact, outbox and audit. Paying comes after the commit (``payments.start``).
"""

import logging

from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_class, get_model

from oscar_marketplace.exceptions import CannotPlace, OutOfStock
from oscar_marketplace.listings.availability import why_not
from oscar_marketplace.listings.queries import TaxTable, listings_of_stockrecords
from oscar_marketplace.markets.models import Wave
from oscar_marketplace.markets.waves import waves_open
from oscar_marketplace.orders.amounts import OrderAmounts, order_amounts
from oscar_marketplace.orders.models import CheckoutAttempt, HandOver, StallOrder
from oscar_marketplace.orders.places import holds_on, places_of_stalls
from oscar_marketplace.orders.plan import CheckoutRequest, ContactDetails, HandOverChoice, Plan, content_hash
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.stalls.models import Stall, StallPitch

__all__ = ["CheckoutRequest", "ContactDetails", "HandOverChoice", "content_hash", "place_order"]

logger = logging.getLogger("oscar_marketplace.orders")

OPEN_STATES = [
    StallOrderState.AWAITING_PAYMENT,
    StallOrderState.NEW,
    StallOrderState.ACCEPTED,
    StallOrderState.PREPARING,
    StallOrderState.READY,
]


def place_order(
    basket,
    *,
    asked: CheckoutRequest,
    user=None,
    request=None,
    status=None,
    shipping_method=None,
    shipping_address=None,
):
    """Place an order for what is in ``basket`` and return it.

    Safe to repeat: the same key, or a basket that was already ordered, returns the order that exists. Commits one
    durable transaction; locks the attempt, the basket, the stock records and a place in each limited wave.

    Raises:
        CannotPlace: nothing was written but the refused attempt; ``code`` says why.
    """
    done = CheckoutAttempt.objects.filter(key=asked.key, state=CheckoutAttempt.State.PLACED).first()
    if done is not None:
        return _own_order(done, basket)
    if basket.pk is None:
        raise CannotPlace(_("Your basket is empty."), code="basket_empty")
    _check_contact(asked.contact)
    try:
        with transaction.atomic(durable=True):
            return _place(basket, asked, user, request, status, shipping_method, shipping_address)
    except CannotPlace as refusal:
        _note_refusal(basket, asked, refusal)
        raise


def _place(basket, asked, user, request, status, shipping_method, shipping_address):
    attempt = _begin_attempt(basket, asked)
    fresh = get_model("basket", "Basket").objects.select_for_update().get(pk=basket.pk)
    if fresh.status == fresh.SUBMITTED:
        return _order_of_basket(fresh)
    if fresh.status != fresh.OPEN:
        raise CannotPlace(_("This basket cannot be ordered. Please start a new one."), code="basket_not_open")
    strategy = _prepare_basket(fresh, user, request)
    _check_lines(fresh, strategy)
    amounts = order_amounts(fresh, request=request, shipping_method=shipping_method)
    if content_hash(fresh, asked.hand_overs, amounts.total) != asked.seen:
        raise CannotPlace(
            _("Something in your basket changed since you saw it. Please check the amounts and confirm again."),
            code="price_changed",
        )
    plan = Plan(
        hand_overs=asked.hand_overs,
        waves=_check_waves(asked.hand_overs),
        contact=asked.contact,
        awaits_payment=True,
        attempt=attempt,
        user=user,
    )
    stalls = _stalls_in(fresh)
    _check_one_operator(stalls)
    plan.places = _choose_places(stalls, plan)
    _check_open_orders(asked, stalls)
    return _write_order(fresh, plan, amounts, user, request, status, shipping_address)


def _begin_attempt(basket, asked) -> CheckoutAttempt:
    # Inserting an existing key is no error; the lock on the row is what lets only one of two presses go on.
    CheckoutAttempt.objects.bulk_create(
        [CheckoutAttempt(key=asked.key, basket_id=basket.pk, content_hash=asked.seen, provider=asked.provider)],
        ignore_conflicts=True,
    )
    attempt = CheckoutAttempt.objects.select_for_update().get(key=asked.key)
    if attempt.basket_id != basket.pk:
        raise CannotPlace(_("This page is out of date. Please go back to your basket."), code="bad_key")
    # A refused attempt may be tried again with the same page, e.g. with another payment.
    attempt.content_hash, attempt.provider = asked.seen, asked.provider
    return attempt


def _prepare_basket(fresh, user, request):
    strategy = get_class("partner.strategy", "Selector")().strategy(request=request, user=user)
    fresh.strategy = strategy
    lines = list(fresh.all_lines())
    if not lines:
        raise CannotPlace(_("Your basket is empty."), code="basket_empty")
    listings = listings_of_stockrecords({line.stockrecord_id for line in lines})
    for line in lines:
        listing = listings.get(line.stockrecord_id)
        if listing is not None:
            # One copy of the stock record, read in this transaction.
            listing.stockrecord.product = line.product = listing.stockrecord.product
            line.stockrecord = listing.stockrecord
    strategy.learn(listings.values(), tax_table=TaxTable())
    get_class("offer.applicator", "Applicator")().apply(fresh, user, request)
    return strategy


def _check_lines(fresh, strategy) -> None:
    refused = []
    now = timezone.now()
    for line in fresh.all_lines():
        info = line.purchase_info
        listing = getattr(info.price, "listing", None)
        if listing is not None:
            reason = why_not(listing, line.quantity, now=now)
        else:
            permitted, words = info.availability.is_purchase_permitted(line.quantity)
            reason = None if permitted else CannotPlace(str(words), code="cannot_buy")
        if reason is not None:
            refused.append((line, reason))
    if refused:
        raise CannotPlace(
            " ".join(str(reason) for _line, reason in refused),
            code=refused[0][1].code,
            lines=[line.pk for line, _reason in refused],
        )


def _check_waves(hand_overs: tuple[HandOverChoice, ...]) -> dict[int, Wave]:
    """The waves chosen, by pk; each is still on offer, in the market it was chosen for."""
    if any(choice.kind not in HandOver.Kind.values for choice in hand_overs):
        raise CannotPlace(_("Please choose how to receive your order."), code="hand_over_missing")
    waves = waves_open(now=timezone.now()).in_bulk([choice.wave_id for choice in hand_overs if choice.wave_id])
    for choice in hand_overs:
        wave = waves.get(choice.wave_id)
        if wave is None or wave.market_id != choice.market_id:
            raise CannotPlace(
                _("The time you chose to pick up is no longer offered. Please choose another."),
                code="slot_gone",
            )
    return waves


def _stalls_in(fresh) -> dict[int, Stall]:
    listings = (getattr(line.purchase_info.price, "listing", None) for line in fresh.all_lines())
    return {listing.stall_id: listing.stall for listing in listings if listing is not None}


def _check_one_operator(stalls: dict[int, Stall]) -> None:
    # Adding refuses it; two baskets that become one at sign-in can still hold goods of two.
    if len({stall.operator_id for stall in stalls.values()}) > 1:
        raise CannotPlace(
            _("Your basket holds goods of another city's markets. Finish or empty it first."), code="other_operator"
        )


def _choose_places(stalls: dict[int, Stall], plan: Plan) -> dict[int, StallPitch]:
    """Stall -> where it stands on the day its market's pick-up was chosen for; every chosen market has a stall.

    A wave is made only within its market's hours, so the market's days need not be read again.
    """
    by_stall = places_of_stalls(stalls, with_market_days=False)
    places = {}
    for stall_id, stall in stalls.items():
        offered = [
            (place, choice)
            for choice in plan.hand_overs
            for place in by_stall.get(stall_id, [])
            if place.pitch.market_id == choice.market_id
        ]
        if not offered:
            raise CannotPlace(_("Please choose how to receive your order from each market."), code="hand_over_missing")
        here = [place for place, choice in offered if holds_on(place, _day_of(place, plan.waves[choice.wave_id]))]
        if not here:
            raise CannotPlace(
                _("%(stall)s is not at %(market)s on the day you chose. Please choose another day."),
                code="slot_gone",
                stall=stall.name,
                market=offered[0][0].pitch.market.name,
            )
        places[stall_id] = here[0]
    used = {place.pitch.market_id for place in places.values()}
    if len(plan.hand_overs) != len(used) or used != {choice.market_id for choice in plan.hand_overs}:
        raise CannotPlace(_("Please choose how to receive your order from each market."), code="hand_over_missing")
    return places


def _day_of(place: StallPitch, wave: Wave):
    return timezone.localdate(wave.starts_at, place.pitch.market.zone)


def _check_contact(contact: ContactDetails) -> None:
    if not contact.email and not contact.phone:
        raise CannotPlace(_("Write an e-mail address or a phone number."), code="contact_missing")
    if len(contact.name) > 120 or len(contact.email) > 254 or len(contact.phone) > 30:
        raise CannotPlace(_("Your name, e-mail or phone is too long."), code="contact_too_long")
    if contact.language and contact.language not in dict(django_settings.LANGUAGES):
        raise CannotPlace(_("This language is not offered here."), code="unknown_language")
    if contact.email:
        try:
            validate_email(contact.email)
        except ValidationError:
            raise CannotPlace(_("Check your e-mail address."), code="bad_email") from None


def _check_open_orders(asked: CheckoutRequest, stalls: dict[int, Stall]) -> None:
    operator = next((stall.operator for stall in stalls.values()), None)
    if not asked.pays_later or operator is None or not operator.max_open_cash_orders:
        return
    orders = StallOrder.objects.filter(state__in=OPEN_STATES, order__checkout_attempt__provider=asked.provider)
    if asked.contact.phone:
        orders = orders.filter(order__marketplace_contact__phone=asked.contact.phone)
    else:
        orders = orders.filter(order__marketplace_contact__email__iexact=asked.contact.email)
    if orders.values("order").distinct().count() >= operator.max_open_cash_orders:
        raise CannotPlace(
            _("You have open orders to be paid on pick-up. Pick them up first, or pay this one now."),
            code="too_many_cash_orders",
        )


def _write_order(fresh, plan: Plan, amounts: OrderAmounts, user, request, status, shipping_address):
    if shipping_address is not None:
        shipping_address.save()
    creator = get_class("order.utils", "OrderCreator")()
    creator.marketplace_plan = plan
    extra = {} if user is not None and user.is_authenticated else {"guest_email": plan.contact.email}
    try:
        order = creator.place_order(
            basket=fresh,
            total=amounts.total,
            shipping_method=amounts.shipping_method,
            shipping_charge=amounts.shipping_charge,
            user=user,
            shipping_address=shipping_address,
            status=status,
            request=request,
            surcharges=amounts.surcharges,
            **extra,
        )
    except OutOfStock as refusal:
        _name_what_ran_out(refusal, fresh)
        raise
    except ValueError as refusal:
        # Oscar's own refusals at this point: a voucher this person may no longer use.
        raise CannotPlace(str(refusal), code="refused_by_shop") from refusal
    fresh.submit()
    attempt = plan.attempt
    attempt.order, attempt.state, attempt.refusal = order, CheckoutAttempt.State.PLACED, ""
    attempt.save()
    # Tells the caller who placed it from one who pressed twice and was given the order that exists.
    order.placed_now = True
    return order


def _name_what_ran_out(refusal: OutOfStock, fresh) -> None:
    short = [line for line in fresh.all_lines() if line.stockrecord_id in refusal.params.get("stockrecords", ())]
    refusal.params["titles"] = ", ".join(line.product.get_title() for line in short)
    refusal.lines = tuple(line.pk for line in short)


def _own_order(attempt: CheckoutAttempt, basket):
    if attempt.basket_id != basket.pk and basket.pk is not None and not basket.is_empty:
        raise CannotPlace(_("This page is out of date. Please go back to your basket."), code="bad_key")
    return attempt.order


def _order_of_basket(fresh):
    order = get_model("order", "Order").objects.filter(basket=fresh).first()
    if order is None:
        raise CannotPlace(_("This basket cannot be ordered. Please start a new one."), code="basket_not_open")
    return order


def _note_refusal(basket, asked: CheckoutRequest, refusal: CannotPlace) -> None:
    """Keep why it was refused, for the market's staff; a failure here must not hide the reason from the shopper."""
    logger.info("checkout of basket %s refused: %s", basket.pk, refusal.code)
    if basket.pk is None:
        return
    placed = CheckoutAttempt.objects.filter(key=asked.key).exclude(state=CheckoutAttempt.State.REFUSED)
    if placed.exists():
        return
    CheckoutAttempt.objects.update_or_create(
        key=asked.key,
        defaults={"state": CheckoutAttempt.State.REFUSED, "refusal": refusal.code[:40]},
        create_defaults={
            "basket_id": basket.pk,
            "content_hash": asked.seen[:64],
            "provider": asked.provider,
            "state": CheckoutAttempt.State.REFUSED,
            "refusal": refusal.code[:40],
        },
    )
