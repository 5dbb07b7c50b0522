"""Who is told. The shopper's contact is looked up when a message leaves and goes nowhere but into its address."""

from django.conf import settings as django_settings
from django.contrib.auth import get_user_model

from oscar_marketplace.markets.models import Operator
from oscar_marketplace.notifications.channels.base import Recipient
from oscar_marketplace.orders.models import Contact
from oscar_marketplace.stalls.models import Stall


def shopper_of(order) -> list[Recipient]:
    """The person who ordered; nobody once the contact was blanked."""
    contact = Contact.objects.filter(order=order).first()
    if contact is None:
        # Placed by a page that is not ours: Oscar knows the address.
        return [Recipient(f"order:{order.pk}", _language_of(order), email=order.email)] if order.email else []
    if not contact.email and not contact.phone:
        return []
    language = contact.language or _language_of(order)
    return [Recipient(f"contact:{contact.pk}", language, email=contact.email, phone=contact.phone)]


def members_of(stall: Stall) -> list[Recipient]:
    """Everybody who works at the stall, in the stall's language."""
    users = get_user_model().objects.filter(stall_memberships__stall=stall, is_active=True).order_by("pk")
    return [Recipient(f"user:{user.pk}", stall.language, email=user.email) for user in users]


def desk_of(operator: Operator) -> list[Recipient]:
    """Whoever watches over the markets."""
    return [Recipient(f"operator:{operator.pk}", operator.language, email=operator.email, phone=operator.phone)]


def _language_of(order) -> str:
    part = order.stall_orders.order_by("pk").first()
    return part.shopper_language if part and part.shopper_language else django_settings.LANGUAGE_CODE
