"""Places a planned order the way a shopper does: fill a basket, choose when to collect, confirm, pay."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from oscar.core.loading import get_class, get_model

from example_site.demo.assortment import chance
from example_site.demo.files import by_code
from example_site.demo.order_plan import PlannedOrder
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.exceptions import CannotBuy, CannotPlace
from oscar_marketplace.listings.add import add_listing
from oscar_marketplace.models import Charge, LineWish, Listing, PreparationOption, Wave
from oscar_marketplace.orders.amounts import order_amounts
from oscar_marketplace.orders.place import (
    CheckoutRequest,
    ContactDetails,
    HandOverChoice,
    content_hash,
    place_order,
)
from oscar_marketplace.orders.places import place_on
from oscar_marketplace.orders.queries import MarketPart, basket_by_market
from oscar_marketplace.payments.delay import why_too_near
from oscar_marketplace.payments.settle import fetch_and_apply
from oscar_marketplace.payments.start import start_payment

Basket = get_model("basket", "Basket")

PROVIDERS = {"cash": "cash", "card": "dummy", "transfer": "transfer"}
#: Ends of orders whose shopper never finished paying.
UNPAID = frozenset({"unpaid", "expired"})


def place_planned(planned: PlannedOrder, *, listings: dict, user=None, wave: Wave | None = None):
    """The Oscar order, placed and paid as of now (the demo's now); None if nothing of it can be had.

    ``listings`` are by stall and product. ``wave`` is when it is collected, else the soonest that still takes orders.
    """
    # The order keeps what its shopper read.
    with translation.override(site_language(by_code("shoppers", "key")[planned.shopper]["language"])):
        return _place(planned, listings, user, wave)


def _place(planned: PlannedOrder, listings: dict, user, wave: Wave | None):
    basket = Basket.objects.create(owner=user)
    basket.strategy = get_class("partner.strategy", "Selector")().strategy(user=user)
    for part in planned.parts:
        for product, steps in part.lines:
            _add(basket, listings.get((part.stall, product)), steps, planned)
    hand_overs = _hand_overs(basket, planned, wave) if basket.num_lines else None
    if hand_overs is None:
        basket.delete()
        return None
    asked = _asked(basket, planned, hand_overs, user)
    try:
        order = place_order(basket, asked=asked, user=user)
    except CannotPlace:
        # Somebody played with the demo and bought, paused or closed what the plan counted on.
        return None
    _pay(order, planned, asked.provider)
    return order


def _add(basket, listing: Listing | None, steps: int, planned: PlannedOrder) -> None:
    if listing is None:
        return
    options = list(PreparationOption.objects.filter(listing=listing).order_by("pk"))
    drawn = chance(planned.key, str(listing.stockrecord_id), "wish")
    wish = {
        "note": "" if basket.num_lines else planned.note,
        "preparation": options[drawn % len(options)] if options and drawn < 60 else None,
        "substitution": LineWish.Substitution.values[drawn % 3],
    }
    try:
        add_listing(basket, listing, steps, wish=wish)
    except CannotBuy:
        return


def _hand_overs(basket, planned: PlannedOrder, wave: Wave | None) -> tuple[HandOverChoice, ...] | None:
    """How each market's part is collected; None if a market has no time left to collect it."""
    choices = []
    for part in basket_by_market(basket):
        chosen = wave if wave is not None and wave.market_id == part.market.pk else _soonest(part, planned)
        if chosen is None:
            return None
        choices.append(HandOverChoice(part.market.pk, planned.kind, chosen.pk))
    return tuple(choices)


def _soonest(part: MarketPart, planned: PlannedOrder) -> Wave | None:
    """The first pick-up time that takes orders, leaves the time to pay, and is on a day when all stalls stand there."""
    now = timezone.now()
    waves = Wave.objects.filter(market=part.market, closed=False, cutoff_at__gt=now).select_related("market__operator")
    offered = PROVIDERS[planned.provider] in payment_providers.aliases()
    backend = payment_providers[PROVIDERS[planned.provider]] if offered else None
    for wave in waves.order_by("starts_at"):
        day = timezone.localdate(wave.starts_at, part.market.zone)
        if backend and why_too_near(backend, [wave], currency=part.market.operator.currency, now=now):
            continue
        if all(place_on(each.places, day, market_id=part.market.pk) for each in part.stalls):
            return wave
    return None


def _asked(basket, planned: PlannedOrder, hand_overs, user) -> CheckoutRequest:
    get_class("offer.applicator", "Applicator")().apply(basket, user, None)
    shopper = by_code("shoppers", "key")[planned.shopper]
    provider = PROVIDERS[planned.provider]
    offered = payment_providers.aliases()
    return CheckoutRequest(
        key=planned.key,
        hand_overs=hand_overs,
        contact=ContactDetails(shopper["name"], shopper["email"], shopper["phone"], site_language(shopper["language"])),
        provider=provider if provider in offered else offered[0],
        seen=content_hash(basket, hand_overs, order_amounts(basket).total),
        pays_later=provider == PROVIDERS["cash"],
    )


def site_language(language: str) -> str:
    """The site's variant of a language: ``es-mx`` for ``es``; its first language if it has none."""
    codes = [code for code, _ in settings.LANGUAGES]
    return next((code for code in codes if code.split("-")[0] == language), codes[0])


def _pay(order, planned: PlannedOrder, provider: str) -> None:
    start_payment(order, provider=provider, by=Actor("shopper"))
    if provider != PROVIDERS["card"] or planned.ends & UNPAID:
        return
    for charge in Charge.objects.filter(order=order):
        payment_providers[provider].answer(charge.reference, "pay")
        fetch_and_apply(charge.pk)


def collecting_wave(market_id: int, *, by: datetime, collected: bool) -> Wave | None:
    """The pick-up time that is on at ``by`` or comes next; with ``collected``, the last one that began before."""
    waves = Wave.objects.filter(market_id=market_id, closed=False)
    if collected:
        return waves.filter(starts_at__lte=by).order_by("-starts_at").first()
    return waves.filter(ends_at__gt=by).order_by("starts_at").first()
