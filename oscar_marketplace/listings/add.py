"""The one way into a basket: every form, reorder, wish list and API goes through :func:`add_listing`.

Oscar's ``Basket.add_product`` cannot name a stock record; here the strategy is narrowed to the listing's, so the line
that is added is that stall's.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.core.loading import get_class

from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import CannotBuy
from oscar_marketplace.listings.availability import why_not
from oscar_marketplace.listings.models import LineWish, Listing, PreparationOption
from oscar_marketplace.listings.queries import with_price_facts


def add_listing(basket, listing: Listing, steps: int, *, wish: dict | None = None):
    """Add ``steps`` steps of a listing to an open basket and return the basket line.

    Added to what the basket already holds of it. ``wish`` takes the arguments of :func:`set_wish`. Writes in one
    transaction; the basket's offers are applied anew by the caller (Oscar's middleware does so on each request).

    Raises:
        CannotBuy: with the reason; nothing was written.
    """
    if not isinstance(steps, int) or steps < 1:
        raise CannotBuy(_("Choose how much you want."), code="too_little")
    listing = with_price_facts(Listing.objects.filter(pk=listing.pk)).get()
    held = _steps_held(basket, listing)
    _check(basket, listing, held + steps, is_new=not held)
    strategy = _strategy_of(basket)
    with transaction.atomic():
        with strategy.narrowed_to(listing.stockrecord):
            line, _created = basket.add_product(listing.stockrecord.product, steps)
        if wish:
            set_wish(line, **wish)
    return line


def change_steps(line, steps: int) -> None:
    """Set a basket line to ``steps`` steps; 0 takes it out.

    Raises:
        CannotBuy: with the reason; the line is as it was.
    """
    if steps < 0:
        raise CannotBuy(_("Choose how much you want."), code="too_little")
    if steps == 0:
        line.delete()
    else:
        listing = with_price_facts(Listing.objects.filter(stockrecord_id=line.stockrecord_id)).get()
        if steps > line.quantity:
            _check(line.basket, listing, steps, is_new=False)
        elif steps < listing.min_steps:
            raise why_not(listing, steps, now=timezone.now()) or CannotBuy(code="too_little")
        line.quantity = steps
        line.save(update_fields=["quantity", "date_updated"])
    line.basket.reset_offer_applications()


def set_wish(line, *, substitution: str = LineWish.Substitution.NONE, preparation=None, note: str = "") -> LineWish:
    """Say what the shopper wishes for a basket line. ``preparation`` is an option of the same listing, or its pk.

    Raises:
        CannotBuy: a preparation of another listing, an unknown substitution or a note over 140 characters.
    """
    if substitution not in LineWish.Substitution.values:
        raise CannotBuy(_("Choose what to do if there is none left."), code="bad_wish")
    if len(note) > 140:
        raise CannotBuy(_("The note is too long: 140 characters at most."), code="note_too_long")
    if preparation is not None:
        pk = getattr(preparation, "pk", preparation)
        preparation = PreparationOption.objects.filter(pk=pk, listing__stockrecord_id=line.stockrecord_id).first()
        if preparation is None:
            raise CannotBuy(_("Choose one of the stall's ways to prepare it."), code="bad_wish")
    values = {"substitution": substitution, "preparation": preparation, "note": note.strip()}
    return LineWish.objects.update_or_create(basket_line=line, defaults=values)[0]


def _check(basket, listing: Listing, steps: int, *, is_new: bool) -> None:
    refusal = why_not(listing, steps, now=timezone.now())
    if refusal:
        raise refusal
    others = _operators_in(basket)
    if others and others != {listing.stall.operator_id}:
        raise CannotBuy(
            _("Your basket holds goods of another city's markets. Finish or empty it first."),
            code="other_operator",
        )
    if is_new and basket.pk and basket.lines.count() >= settings.MAX_LINES:
        raise CannotBuy(_("Your basket is full. Please order these first."), code="basket_full")


def _steps_held(basket, listing: Listing) -> int:
    if basket.pk is None:
        return 0
    return sum(basket.lines.filter(stockrecord_id=listing.stockrecord_id).values_list("quantity", flat=True))


def _operators_in(basket) -> set:
    if basket.pk is None:
        return set()
    listings = Listing.objects.filter(stockrecord__basket_lines__basket_id=basket.pk)
    return set(listings.values_list("stall__operator_id", flat=True))


def _strategy_of(basket):
    if not basket.has_strategy:
        basket.strategy = get_class("partner.strategy", "Selector")().strategy()
    return basket.strategy
