"""Pay: ask a provider for the money of an order that exists.

Three steps, none of which holds a transaction open while the provider is called: write the charges with their
references, call, apply what was answered. A crash between them is mended by pressing again or by the tick: the same
reference is one charge.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import SYSTEM, Actor, entry, record
from oscar_marketplace.backends import payment_providers
from oscar_marketplace.conf import settings
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.markets.models import Wave
from oscar_marketplace.money import to_minor
from oscar_marketplace.orders.models import CheckoutAttempt, Contact, HandOver, OrderCharge, StallOrder, StallOrderLine
from oscar_marketplace.orders.settle_part import final_amounts
from oscar_marketplace.orders.states import ChargeState, StallOrderState
from oscar_marketplace.orders.tracking import tracking_path
from oscar_marketplace.payments.bank.match import close_short
from oscar_marketplace.payments.bank.models import BankReference
from oscar_marketplace.payments.bank.references import give_reference
from oscar_marketplace.payments.capture import close_charge
from oscar_marketplace.payments.delay import confirm_by, keep_goods, why_too_near
from oscar_marketplace.payments.models import Charge, ChargeShare
from oscar_marketplace.payments.providers.base import (
    ChargeFact,
    ChargeRequest,
    ProviderRefused,
    ProviderTimeout,
)
from oscar_marketplace.payments.settle import apply_facts, fetch_and_apply
from oscar_marketplace.stalls.models import Stall

logger = logging.getLogger("oscar_marketplace.payments")

PENDING = [ChargeState.CREATED, ChargeState.ACTION_REQUIRED, ChargeState.PROCESSING]
#: The shopper may go on paying it.
GOING_ON = [*PENDING, ChargeState.PARTIALLY_PAID]


@dataclass(frozen=True)
class Started:
    """Where to send the shopper: to the provider's page, or (None) to the order's."""

    redirect_url: str | None


def start_payment(order, *, provider: str, by: Actor) -> Started:
    """Ask ``provider`` (an alias) for everything of the order that is not paid yet.

    Where the provider can, the most that the goods may weigh is only set aside, and ``payments.capture`` takes what
    they came to. Repeating it continues the same charges. Choosing another provider first asks the old one what became
    of its charges: one that was paid meanwhile counts, the others are cancelled.

    Raises:
        NotAllowed: nothing is left to pay, or the provider is not offered here.
    """
    if provider not in payment_providers.aliases():
        raise NotAllowed(_("This way to pay is not offered here."), code="unknown_provider")
    _give_up_others(order, provider, by)
    charges = _write_charges(order, provider, by)
    facts = _call(payment_providers[provider], charges, order)
    apply_facts(facts)
    going_on = [fact.redirect_url for fact in facts.values() if fact.state == ChargeState.ACTION_REQUIRED]
    return Started(going_on[0] if going_on else None)


def _give_up_others(order, provider: str, by: Actor) -> None:
    for charge in Charge.objects.filter(order=order, state__in=GOING_ON).exclude(provider=provider):
        if charge.state != ChargeState.CREATED or charge.is_unknown:
            fetch_and_apply(charge.pk)
        with transaction.atomic(durable=True):
            locked = Charge.objects.select_for_update().get(pk=charge.pk)
            if locked.state in PENDING:
                locked.cancel()
                locked.save()
                record("charge_given_up", locked, by=by, provider=locked.provider)
            elif locked.state == ChargeState.PARTIALLY_PAID:
                close_short(locked, by=by)
        if locked.external_id:
            # Else a page left open in another tab could still be paid; the tick tells providers that do not answer.
            close_charge(charge.pk)


def _write_charges(order, provider: str, by: Actor) -> list[Charge]:
    """The provider's open charges for what is still unpaid; those that are missing are written."""
    backend = payment_providers[provider]
    with transaction.atomic(durable=True):
        waiting = StallOrder.objects.filter(order=order, state=StallOrderState.AWAITING_PAYMENT)
        parts = list(waiting.select_for_update().order_by("pk"))
        if not parts:
            if StallOrder.objects.filter(order=order, state=StallOrderState.EXPIRED).exists():
                raise NotAllowed(_("The time to pay is over and the goods went back."), code="expired")
            return []
        known = list(Charge.objects.filter(order=order).order_by("pk"))
        going_on = {charge.pk: charge for charge in known if charge.provider == provider and charge.state in GOING_ON}
        covered = set(ChargeShare.objects.filter(charge__in=going_on).values_list("stall_order", flat=True))
        missing = [part for part in parts if part.pk not in covered]
        groups = [[part] for part in missing] if backend.per_stall else [missing] if missing else []
        until = _until(order, backend, parts) if groups else None
        new = _write_new(order, provider, groups, first_number=len(known) + 1, by=by, until=until)
        if groups:
            _keep_goods(order, parts, known, until=until)
        return list(going_on.values()) + new


def _until(order, backend, parts: list[StallOrder]) -> datetime | None:
    """Until when the money has to be here, for a provider that takes days.

    Raises:
        NotAllowed: the pick-up time is too near.
    """
    now = timezone.now()
    waves = Wave.objects.filter(hand_overs__stall_orders__in=parts).select_related("market__operator").distinct()
    if words := why_too_near(backend, waves, currency=order.currency, now=now):
        raise NotAllowed(words, code="pick_up_too_near")
    return confirm_by(backend, currency=order.currency, now=now)


def _keep_goods(order, parts: list[StallOrder], known: list[Charge], *, until: datetime | None) -> None:
    """The goods are kept as long as the money may take; a way to pay that was given up keeps them no longer."""
    if until is None and any(charge.expires_at for charge in known):
        stalls = Stall.objects.filter(pk__in=[part.stall_id for part in parts]).select_related("operator")
        minutes = [stall.operator.hold_minutes for stall in stalls]
        until = timezone.now() + timedelta(minutes=min(minutes)) if minutes else None
    if until is not None:
        keep_goods(order.pk, until=until)


def _write_new(
    order, provider: str, groups: list[list[StallOrder]], *, first_number: int, by: Actor, until: datetime | None
) -> list[Charge]:
    if not groups:
        return []
    currency = order.currency
    captures_later = _captures_later(payment_providers[provider], groups, currency)
    amounts = most_for(groups[0], currency) if captures_later else {}
    extras = [
        (None, each, to_minor(each.amount_incl_tax, currency)) for each in OrderCharge.objects.filter(order=order)
    ]
    charges, shares = [], []
    for number, group in enumerate(groups, start=first_number):
        own = [(part, None, amounts.get(part.pk, to_minor(part.amount_due, currency))) for part in group]
        own += extras if number == first_number else []
        charge = Charge(
            order=order,
            provider=provider,
            reference=f"{order.number}-{number}",
            currency=currency,
            requested=sum(amount for _part, _charge, amount in own),
            captures_later=captures_later,
            expires_at=until,
        )
        charges.append(charge)
        shares += [ChargeShare(charge=charge, stall_order=p, order_charge=c, amount=amount) for p, c, amount in own]
    Charge.objects.bulk_create(charges)
    ChargeShare.objects.bulk_create(shares)
    if (backend := payment_providers[provider]).is_by_statement:
        for charge in charges:
            give_reference(charge, kind=backend.reference_kind)
    AuditEntry.objects.bulk_create(
        entry("charge_created", charge, by=by, provider=provider, amount=charge.requested) for charge in charges
    )
    return charges


#: Cards hold what is set aside for a week, some for less: what is fetched later is taken at once and refunded.
SET_ASIDE_DAYS = 4


def _captures_later(backend, groups: list[list[StallOrder]], currency: str) -> bool:
    """Whether it is only set aside: one charge, and its goods are packed while the provider holds it."""
    if len(groups) != 1 or not backend.capabilities(currency=currency).captures_later:
        return False
    waves = HandOver.objects.filter(stall_orders__in=groups[0], wave__isnull=False)
    last = waves.order_by("-wave__starts_at").values_list("wave__starts_at", flat=True).first()
    return last is None or last < timezone.now() + timedelta(days=SET_ASIDE_DAYS)


def most_for(parts: list[StallOrder], currency: str) -> dict[int, int]:
    """Part pk -> the most it may come to, in minor units: each line packed to its bound. One statement."""
    found = {part.pk: to_minor(part.amount_due, currency) for part in parts}
    bounded: dict[int, int] = {}
    for line in StallOrderLine.objects.filter(stall_order__in=parts):
        most = max(final_amounts(line, line.bound, currency=currency)[0], line.placed_incl_tax)
        bounded[line.stall_order_id] = bounded.get(line.stall_order_id, 0) + to_minor(most, currency)
    return found | {pk: max(found[pk], amount) for pk, amount in bounded.items()}


def _call(backend, charges: list[Charge], order) -> dict[int, ChargeFact]:
    """Call the provider for each charge, with no transaction open. What is not answered is marked unknown."""
    facts = {}
    contact = Contact.objects.filter(order=order).first() if charges and backend.needs_contact else None
    given: dict[int, str] = {}
    if backend.is_by_statement:
        given = dict(BankReference.objects.filter(charge__in=charges).values_list("charge", "reference"))
    for charge in charges:
        request = ChargeRequest(
            reference=charge.reference,
            amount=charge.requested,
            currency=charge.currency,
            description=_("%(shop)s, order %(number)s")
            % {"shop": django_settings.OSCAR_SHOP_NAME, "number": order.number},
            return_url=settings.SITE_URL.rstrip("/") + tracking_path(order),
            language=contact.language if contact else "",
            capture_later=charge.captures_later,
            email=contact.email if contact else "",
            payer_reference=given.get(charge.pk, ""),
            pay_until=charge.expires_at,
        )
        try:
            # A provider may forget our key after a day: what was not heard of is asked about before it is asked for.
            known = _heard_of(backend, charge) if charge.is_unknown else None
            facts[charge.pk] = known or backend.start(request)
        except ProviderTimeout:
            logger.warning("charge %s: the provider did not answer", charge.reference)
            Charge.objects.filter(pk=charge.pk).update(is_unknown=True, checked_at=timezone.now())
        except ProviderRefused as refusal:
            logger.error("charge %s: the provider refuses it: %s", charge.reference, refusal.code)
            said = (charge.reference, "", ChargeState.FAILED, charge.requested, charge.currency)
            facts[charge.pk] = ChargeFact(*said, decline_code=refusal.code[:60])
    return facts


def _heard_of(backend, charge: Charge) -> ChargeFact | None:
    return backend.fetch(reference=charge.reference, external_id=charge.external_id)


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
