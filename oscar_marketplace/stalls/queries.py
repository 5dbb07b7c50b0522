"""Reads over stalls."""

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.stalls.models import Stall, StallMember

#: Parts of orders that still need the stall. By name: orders stand above stalls.
UNFINISHED = ["awaiting_payment", "new", "accepted", "preparing", "ready", "handed_over"]


def owners_of(stall: Stall) -> QuerySet[StallMember]:
    return stall.members.filter(role=StallMember.Role.OWNER)


def unfinished_orders_of(stall: Stall) -> QuerySet:
    """Parts of orders the stall still has to answer, pack, hand over or be paid for."""
    return stall.stall_orders.filter(state__in=UNFINISHED)


def missing_for_approval(stall: Stall) -> list[Promise]:
    """What the city still has to write down before the stall can sell; empty when nothing is missing."""
    return [
        word
        for is_there, word in [
            (owners_of(stall).exists(), _("an owner who can sign in")),
            (stall.places.exists(), _("a place in a market")),
            (stall.tenures.filter(ends_on=None).exists(), _("a holder who is paid")),
        ]
        if not is_there
    ]
