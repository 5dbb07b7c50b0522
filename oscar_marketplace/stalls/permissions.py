"""Whose rows a person may see and touch. Every view of the stall area starts here; nothing else answers.

Another stall's object is a 404, never a 403: that it exists is nobody's business either.
"""

from django.apps import apps
from django.db.models import QuerySet
from django.http import Http404

from oscar_marketplace.stalls.models import Stall, StallState

#: A stall in one of these has a counter to work at. Suspended: no new orders, but the open ones live on.
AT_WORK = [StallState.APPROVED, StallState.PAUSED, StallState.SUSPENDED]

#: A stall is not told of an order before it is paid or promised, and never of one that was not.
NOT_THE_STALLS_BUSINESS = ["awaiting_payment", "expired"]


def stalls_of(user) -> QuerySet[Stall]:
    """The stalls at which this person is a member and may work, with their operator."""
    if user is None or not user.is_authenticated or not user.is_active:
        return Stall.objects.none()
    return Stall.objects.filter(state__in=AT_WORK, members__user_id=user.pk).select_related("operator")


def stall_of(user, slug: str) -> Stall:
    """The person's own stall with this slug.

    Raises:
        Http404: there is none, or it is somebody else's.
    """
    stall = stalls_of(user).filter(slug=slug).first()
    if stall is None:
        raise Http404("No such stall of yours.")
    return stall


def stall_orders_of(user) -> QuerySet:
    """Parts of orders that the person's stalls were told of."""
    # By name: orders stand above stalls.
    stall_orders = apps.get_model("oscar_marketplace", "StallOrder").objects.all()
    return stall_orders.filter(stall__in=stalls_of(user)).exclude(state__in=NOT_THE_STALLS_BUSINESS)


def listings_of(user) -> QuerySet:
    """What the person's stalls sell, in whatever state."""
    return apps.get_model("oscar_marketplace", "Listing").objects.filter(stall__in=stalls_of(user))
