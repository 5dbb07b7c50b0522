"""Oscar's way to place an order: never for a stall's goods, and an order that is written stays written."""

import logging
from contextlib import nullcontext

from django.db import connection, transaction
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from oscar.apps.order.exceptions import UnableToPlaceOrder
from oscar.core.loading import get_model

logger = logging.getLogger("oscar_marketplace.overlay")


class OrderPlacementMixin:
    def place_order(self, order_number, user, basket, *args, **kwargs):
        """
        Raises:
            UnableToPlaceOrder: the basket holds a stall's goods; Oscar shows the reason and keeps the basket.
        """
        from oscar_marketplace.orders.queries import has_listings

        if has_listings(basket):
            raise UnableToPlaceOrder(
                _("Your basket holds goods from the market. Please finish your order on the market's own pages.")
            )
        return super().place_order(order_number, user, basket, *args, **kwargs)

    def handle_successful_order(self, order):
        """What follows a written order may fail; the shopper still sees the order, not “a problem occurred”."""
        try:
            # Inside a request's transaction a failing statement must not take the order with it; outside of one,
            # none is opened: mail is sent here.
            with transaction.atomic() if connection.in_atomic_block else nullcontext():
                return super().handle_successful_order(order)
        except Exception:
            logger.exception("order %s is placed, but a step after it failed", order.number)
            self.checkout_session.flush()
            self.request.session["checkout_order_id"] = order.id
            return HttpResponseRedirect(self.get_success_url())

    def restore_frozen_basket(self):
        """A basket that became an order is never opened again: it would be bought twice."""
        Basket = get_model("basket", "Basket")
        try:
            basket = self.get_submitted_basket()
        except Basket.DoesNotExist:
            return
        if get_model("order", "Order").objects.filter(basket=basket).exists():
            if basket.status != basket.SUBMITTED:
                basket.submit()
            return
        super().restore_frozen_basket()
