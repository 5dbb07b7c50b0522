"""Pay: ask a provider for the money of an order that exists.

Three steps, none of which holds a transaction open while the provider is called: write the charges with their
references, call, apply what was answered. A crash between them is mended by pressing again or by the tick: the same
reference is one charge.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.audit.record import SYSTEM, Actor, record
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.money import to_minor
from oscar_marketplace.orders.models import CheckoutAttempt, OrderCharge, StallOrder
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.orders.tracking import tracking_url
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import ChargeRequest, ProviderTimeout
from oscar_marketplace.payments.settle import apply_fact, fetch_and_apply

logger = logging.getLogger("oscar_marketplace.payments")

PENDING = [ChargeState.CREATED, ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING]


@dataclass(frozen=True)
class Started:
    """Where to send the shopper: to the provider's page, or (None) to the order's."""

    redirect_url: str | None


def start_payment(order, *, provider: str, by: Actor) -> Started:
    """Ask ``provider`` (an alias) for everything of the order that is not paid yet.

    Repeating it continues the same charges. Choosing another provider first asks the old one what became of its
    charges: one that was paid meanwhile counts, the others are cancelled.

    Raises:
        NotAllowed: nothing is left to pay, or the provider is not offered here.
    """
    if provider not in payment_providers.aliases():
        raise NotAllowed(_("This way to pay is not offered here."), code="unknown_provider")
    _give_up_others(order, provider, by)
    charges = _write_charges(order, provider, by)
    backend = payment_providers[provider]
    redirect_url = None
    for charge in charges:
        redirect_url = _call(backend, charge, order) or redirect_url
    return Started(redirect_url)


def _give_up_others(order, provider: str, by: Actor) -> None:
    for charge in Charge.objects.filter(order=order, state__in=PENDING).exclude(provider=provider):
        if charge.state != ChargeState.CREATED or charge.is_unknown:
            fetch_and_apply(charge.pk)
        with transaction.atomic(durable=True):
            locked = Charge.objects.select_for_update().get(pk=charge.pk)
            if locked.state in PENDING:
                locked.cancel()
                locked.save()
                record("charge_given_up", locked, by=by, provider=locked.provider)


def _write_charges(order, provider: str, by: Actor) -> list[Charge]:
    backend = payment_providers[provider]
    with transaction.atomic(durable=True):
        parts = list(
            StallOrder.objects.select_for_update()
            .filter(order=order, state=StallOrderState.AWAITING_PAYMENT)
            .order_by("pk")
        )
        if not parts:
            if StallOrder.objects.filter(order=order, state=StallOrderState.EXPIRED).exists():
                raise NotAllowed(_("The time to pay is over and the goods went back."), code="expired")
            return []
        open_charges = Charge.objects.filter(order=order, provider=provider, state__in=PENDING)
        covered = set(
            ChargeShare.objects.filter(charge__in=open_charges, stall_order__in=parts).values_list(
                "stall_order", flat=True
            )
        )
        missing = [part for part in parts if part.pk not in covered]
        tries = Charge.objects.filter(order=order).count()
        groups = [[part] for part in missing] if backend.per_stall else [missing] if missing else []
        new = [
            _write_charge(order, provider, group, number=tries + n, extras=n == 1, by=by)
            for n, group in enumerate(groups, start=1)
        ]
        return (
            list(open_charges.filter(shares__stall_order__in=parts).distinct().exclude(pk__in=[c.pk for c in new]))
            + new
        )


def _write_charge(order, provider: str, parts: list[StallOrder], *, number: int, extras: bool, by: Actor) -> Charge:
    currency = order.currency
    shares = [(part, None, to_minor(part.amount_due, currency)) for part in parts]
    if extras:
        shares += [
            (None, each, to_minor(each.amount_incl_tax, currency)) for each in OrderCharge.objects.filter(order=order)
        ]
    charge = Charge.objects.create(
        order=order,
        provider=provider,
        reference=f"{order.number}-{number}",
        currency=currency,
        requested=sum(amount for _part, _charge, amount in shares),
    )
    ChargeShare.objects.bulk_create(
        ChargeShare(charge=charge, stall_order=part, order_charge=order_charge, amount=amount)
        for part, order_charge, amount in shares
    )
    record("charge_created", charge, by=by, provider=provider, amount=charge.requested)
    return charge


def _call(backend, charge: Charge, order) -> str | None:
    """Call the provider, with no transaction open, and apply its answer. Returns where to send the shopper."""
    request = ChargeRequest(
        reference=charge.reference,
        amount=charge.requested,
        currency=charge.currency,
        description=_("%(shop)s, order %(number)s") % {"shop": _shop_name(), "number": order.number},
        return_url=tracking_url(order).removeprefix(settings.SITE_URL.rstrip("/")),
    )
    try:
        fact = backend.start(request)
    except ProviderTimeout:
        logger.warning("charge %s: the provider did not answer", charge.reference)
        Charge.objects.filter(pk=charge.pk).update(is_unknown=True, checked_at=timezone.now())
        return None
    apply_fact(charge.pk, fact)
    return fact.redirect_url if fact.state == ChargeState.ACTION_REQUIRED else None


def _shop_name() -> str:
    from django.conf import settings as django_settings

    return django_settings.OSCAR_SHOP_NAME


def resume_payments(*, limit: int = 50) -> int:
    """Start the payment of orders whose charge was never written or never asked for (the process died in between).

    Called by the tick; returns how many were resumed.
    """
    resumed = 0
    stuck = CheckoutAttempt.objects.filter(
        state=CheckoutAttempt.State.PLACED,
        order__stall_orders__state=StallOrderState.AWAITING_PAYMENT,
        created_at__lt=timezone.now() - timedelta(seconds=RESUME_AFTER_SECONDS),
    ).filter(Q(order__marketplace_charges=None) | Q(order__marketplace_charges__state=ChargeState.CREATED))
    stuck = stuck.distinct()
    for attempt in stuck.select_related("order")[:limit]:
        try:
            start_payment(attempt.order, provider=attempt.provider, by=SYSTEM)
            resumed += 1
        except NotAllowed as refusal:
            logger.warning("order %s cannot be paid by %s: %s", attempt.order.number, attempt.provider, refusal.code)
    return resumed


#: Younger orders are still in the hands of the request that placed them.
RESUME_AFTER_SECONDS = 20
