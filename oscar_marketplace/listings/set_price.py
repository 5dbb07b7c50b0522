"""The price of the day: read as a counter writes it, asked back when it looks like a slip of the finger."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import BadNumber, MarketplaceError, NotAllowed
from oscar_marketplace.listings.models import Listing, ListingState
from oscar_marketplace.listings.price import line_amount
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.money import exponent
from oscar_marketplace.number_input import parse_decimal

#: A price this many times the last one, or the last one this many times the new, needs a second tap.
SUSPICIOUS_FACTOR = 3
#: Oscar's column for the price of a step holds ten digits before the point.
TOO_LARGE = Decimal(10**10)


class PriceNeedsConfirmation(MarketplaceError):
    """The price is far from the last one; nothing was written. ``old`` and ``new`` are amounts in the currency."""

    code = "price_needs_confirmation"
    message = _("The price was %(old)s and now is %(new)s. Is that right?")

    def __init__(self, old: Decimal, new: Decimal):
        super().__init__(old=old, new=new)
        self.old, self.new = old, new


def read_price(text: str, *, currency: str) -> Decimal:
    """The price a person typed: ``28,50``, ``$ 28``, ``1.250,00``.

    Raises:
        BadNumber: not a number, readable in two ways, zero, too large, or finer than the currency.
    """
    price = parse_decimal(text)
    check_price(price, currency=currency)
    return price


def check_price(price: Decimal, *, currency: str) -> None:
    """Refuse a number that cannot be a price.

    Raises:
        BadNumber: zero or less, too large, or finer than the currency.
    """
    if price <= 0:
        raise BadNumber(_("A price is more than zero."), code="not_positive")
    if price >= 10**8:
        raise BadNumber(_("That price is too large."), code="too_large")
    if price % exponent(currency):
        raise BadNumber(
            _("Write the price without parts smaller than %(smallest)s."),
            code="too_fine",
            smallest=exponent(currency),
        )


def step_price(listing: Listing) -> Decimal:
    """What Oscar's lists sort by: the price of one step. Never charged.

    Raises:
        BadNumber: it would cost nothing, or more than Oscar's column holds.
        ValidationError: the two units cannot be converted into each other.
    """
    amount = line_amount(listing, 1)
    if amount <= 0:
        raise BadNumber(_("At that price the smallest amount would cost nothing."), code="too_small")
    if amount >= TOO_LARGE:
        raise BadNumber(_("That price is too large."), code="too_large")
    return amount


def is_far_from(old: Decimal, new: Decimal) -> bool:
    """Over three times or under a third: more often a slip of the finger than a price."""
    return new > old * SUSPICIOUS_FACTOR or new * SUSPICIOUS_FACTOR < old


def set_price(listing: Listing, *, price: Decimal, by: Actor, confirmed: bool = False) -> Listing:
    """Change the price per price unit, tax included, in the operator's currency; returns the listing as written.

    Baskets show the new price at once, placed orders keep theirs. The same price again writes nothing. One
    transaction; locks the listing.

    Raises:
        BadNumber: see :func:`check_price`.
        NotAllowed: the listing is archived.
        PriceNeedsConfirmation: over three times or under a third of the price it has, and not ``confirmed``.
    """
    with transaction.atomic():
        listing = with_price_facts(Listing.objects.select_for_update(of=("self",)).filter(pk=listing.pk)).get()
        check_price(price, currency=listing.stall.operator.currency)
        if listing.state == ListingState.ARCHIVED:
            raise NotAllowed(_("This is no longer sold."), code="archived")
        old = listing.price
        if price == old:
            return listing
        if not confirmed and is_far_from(old, price):
            raise PriceNeedsConfirmation(old, price)
        listing.price = price
        listing.price_changed_at = timezone.now()
        listing.save(update_fields=["price", "price_changed_at"])
        write_projection(listing)
        record("set_price", listing, by=by, old=old, new=price, confirmed=confirmed)
    return listing


def write_projection(listing: Listing) -> None:
    """Write the price of a step into Oscar's stock record, in the caller's transaction."""
    record_of = type(listing.stockrecord).objects.filter(pk=listing.stockrecord_id)
    record_of.update(
        price=step_price(listing), price_currency=listing.stall.operator.currency, date_updated=timezone.now()
    )
