"""The link to an order: signed, for people without an account. Who has the link may see and answer for the order."""

from django.core import signing
from django.http import Http404
from django.urls import reverse
from oscar.core.loading import get_model

from oscar_marketplace.conf import settings


def tracking_token(order) -> str:
    return signing.Signer(salt=settings.TRACKING_SALT).sign(order.number)


def tracking_path(order) -> str:
    """Path of the order's page."""
    return reverse("market:order", kwargs={"token": tracking_token(order)})


def tracking_url(order) -> str:
    """Whole address of the order's page, for messages."""
    return settings.SITE_URL.rstrip("/") + tracking_path(order)


def order_from_token(token: str):
    """The order behind a signed link.

    Raises:
        Http404: the link was changed, or the order is not one of ours.
    """
    try:
        number = signing.Signer(salt=settings.TRACKING_SALT).unsign(token)
    except signing.BadSignature:
        raise Http404 from None
    order = get_model("order", "Order").objects.filter(number=number).select_related("marketplace_contact").first()
    if order is None:
        raise Http404
    return order
