"""Charges that asked for a person: money that came late, that does not fit, or that is to be given back."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.payments.models import Charge


def mark_reviewed(charge: Charge, *, by: Actor, reason: str) -> Charge:
    """Say what was done about a charge that needed review; moves no money. Locks the charge. Twice is once.

    A provider's answer that still does not fit asks for review again.

    Raises:
        NotAllowed: nothing is written about what was done.
    """
    if not reason.strip():
        raise NotAllowed(_("Write what was done."), code="reason_missing")
    with transaction.atomic():
        charge = Charge.objects.select_for_update().get(pk=charge.pk)
        if charge.needs_review:
            charge.needs_review = False
            charge.save(update_fields=["needs_review"])
            record("charge_reviewed", charge, by=by, reason=reason)
    return charge
