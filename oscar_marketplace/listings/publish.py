"""Bringing goods to the counter and taking them away: draft -> on sale <-> paused -> archived."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from oscar.core.loading import get_model

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.listings.models import Listing, ListingState, StockMode, Unit
from oscar_marketplace.listings.queries import with_price_facts
from oscar_marketplace.listings.set_price import check_price, step_price
from oscar_marketplace.stalls.models import Stall, StallState


def create_listing(stall: Stall, *, product, by: Actor, steps_in_stock: int | None = None, **terms: Any) -> Listing:
    """A draft listing of a catalogue product at a stall, with its Oscar stock record.

    ``terms`` are those of :func:`new_listing`; ``steps_in_stock`` is for counted stock only. One transaction; locks the
    stall, so that two taps make one listing.

    Raises:
        NotAllowed, BadNumber, ValidationError: see :func:`new_listing`.
    """
    with transaction.atomic():
        stall = Stall.objects.select_for_update(of=("self",)).select_related("operator").get(pk=stall.pk)
        listing = new_listing(stall, product=product, **terms)
        is_counted = listing.stock_mode == StockMode.COUNTED
        listing.stockrecord = get_model("partner", "StockRecord").objects.create(
            product=product,
            partner_id=stall.partner_id,
            partner_sku=_free_sku(stall, product),
            price_currency=stall.operator.currency,
            price=step_price(listing),
            num_in_stock=(steps_in_stock or 0) if is_counted else None,
        )
        listing.save(force_insert=True)
        record("create_listing", listing, by=by, product=product.pk, price=listing.price)
    return listing


def new_listing(
    stall: Stall,
    *,
    product,
    price: Decimal,
    price_unit: Unit,
    order_unit: Unit,
    step: Decimal = Decimal(1),
    **details: Any,
) -> Listing:
    """The unsaved listing that :func:`create_listing` would write; for forms that say what is wrong before.

    ``price`` is per ``price_unit``, tax included; ``details`` are other fields of ``Listing``.

    Raises:
        NotAllowed: the stall is no Oscar partner yet or is closed; the product is another stall's, is not in the
            catalogue or is only a heading over variants; the stall already sells it in this unit.
        BadNumber: see ``check_price``.
        ValidationError: a field does not fit, or the units cannot be converted into each other.
    """
    _check_may_sell(stall, product, order_unit)
    check_price(price, currency=stall.operator.currency)
    listing = Listing(stall=stall, price=price, price_unit=price_unit, order_unit=order_unit, step=step, **details)
    listing.state = ListingState.DRAFT
    listing.clean_fields(exclude=["stockrecord"])
    listing.validate_constraints(exclude=["stockrecord"])
    step_price(listing)
    return listing


def publish_listing(listing: Listing, *, by: Actor) -> Listing:
    """Put a draft or paused listing on sale; one on sale stays so. Locks the listing.

    Raises:
        NotAllowed: archived, or the stall is closed.
        ValidationError: the units cannot be converted into each other.
    """
    return _move(listing, ListingState.LIVE, by=by, verb="publish_listing")


def pause_listing(listing: Listing, *, by: Actor) -> Listing:
    """Take a listing off sale for a while; baskets that hold it say so. Locks the listing.

    Raises:
        NotAllowed: it was never on sale, or is archived.
    """
    return _move(listing, ListingState.PAUSED, by=by, verb="pause_listing")


def archive_listing(listing: Listing, *, by: Actor) -> Listing:
    """Take a listing off sale for good. Orders and their history keep it. Locks the listing."""
    return _move(listing, ListingState.ARCHIVED, by=by, verb="archive_listing")


#: Target -> the states it is reached from.
MOVES = {
    ListingState.LIVE: {ListingState.DRAFT, ListingState.PAUSED},
    ListingState.PAUSED: {ListingState.LIVE},
    ListingState.ARCHIVED: {ListingState.DRAFT, ListingState.LIVE, ListingState.PAUSED},
}


def _move(listing: Listing, target: str, *, by: Actor, verb: str) -> Listing:
    with transaction.atomic():
        listing = with_price_facts(Listing.objects.select_for_update(of=("self",)).filter(pk=listing.pk)).get()
        if listing.state == target:
            return listing
        if listing.state not in MOVES[target]:
            raise NotAllowed(
                _("A listing that is “%(state)s” cannot become “%(target)s”."),
                code="wrong_state",
                state=listing.get_state_display(),
                target=ListingState(target).label,
            )
        if target == ListingState.LIVE:
            _check_stall(listing.stall)
            step_price(listing)
        old, listing.state = listing.state, target
        listing.save(update_fields=["state"])
        record(verb, listing, by=by, old=old, new=target)
    return listing


def _check_stall(stall: Stall) -> None:
    if stall.partner_id is None:
        raise NotAllowed(_("The stall has to be approved first."), code="not_approved")
    if stall.state == StallState.CLOSED:
        raise NotAllowed(_("The stall is closed for good."), code="stall_closed")


def _check_may_sell(stall: Stall, product, order_unit: Unit) -> None:
    _check_stall(stall)
    entry = getattr(product, "catalogue_entry", None)
    if entry is None or product.is_parent:
        raise NotAllowed(_("This product is not in the markets' catalogue."), code="not_in_catalogue")
    if entry.owner_id not in {None, stall.pk}:
        raise NotAllowed(_("This product belongs to another stall."), code="foreign_product")
    same = Listing.objects.filter(stall=stall, stockrecord__product=product, order_unit=order_unit)
    if same.exclude(state=ListingState.ARCHIVED).exists():
        raise NotAllowed(_("The stall already sells this, in this unit."), code="already_listed")


def _free_sku(stall: Stall, product) -> str:
    """The product's number, with a counter from the second listing of it on. The stall is locked."""
    records = get_model("partner", "StockRecord").objects.filter(partner_id=stall.partner_id)
    taken = set(records.filter(partner_sku__startswith=str(product.pk)).values_list("partner_sku", flat=True))
    sku, n = str(product.pk), 1
    while sku in taken:
        n += 1
        sku = f"{product.pk}-{n}"
    return sku
