"""Placing an order: allocation with an upper bound, few statements, always partitioned, signal after the commit.

Order of a composed class: this mixin, the city's class, Oscar's. The city's ``place_order`` and hooks run; where a
per-line hook is overridden, it is called once per line as in Oscar, otherwise lines are written in bulk.
"""

import secrets

from django.db import models, transaction
from django.db.models.signals import post_save, pre_save

from oscar_marketplace.overlay import order_signal

#: Oscar's hooks that are called for each line; a city that overrides one gets the calls.
PER_LINE_HOOKS = (
    "create_line_models",
    "create_line_price_models",
    "create_line_attributes",
    "create_line_discount_models",
    "create_additional_line_models",
    "update_stock_records",
)
# No letters or digits that are mistaken for each other when read aloud or from a slip of paper.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class OrderNumberGeneratorMixin:
    """Numbers nobody can guess or count: Oscar's are 100000 plus the basket's key."""

    def order_number(self, basket=None):
        return "".join(secrets.choice(ALPHABET) for _ in range(8))


def overridden_hooks(creator_class: type) -> list[str]:
    """The per-line hooks that the city overrides; empty when lines can be written in bulk."""
    names = []
    for name in PER_LINE_HOOKS:
        owner = next(cls for cls in creator_class.__mro__ if name in vars(cls) and cls is not OrderCreatorMixin)
        if owner.__module__ != "oscar.apps.order.utils":
            names.append(name)
    return names


class OrderCreatorMixin:
    #: Set by ``orders.place``; without it the order comes from a page or an API that took its payment itself.
    marketplace_plan = None
    _placement = None

    def place_order(
        self,
        basket,
        total,
        shipping_method,
        shipping_charge,
        user=None,
        shipping_address=None,
        billing_address=None,
        order_number=None,
        status=None,
        request=None,
        surcharges=None,
        **kwargs,
    ):
        from oscar.core.loading import get_class

        from oscar_marketplace.overlay.order_placement import Placement

        if not order_number:
            order_number = get_class("order.utils", "OrderNumberGenerator")().order_number(basket)
        with transaction.atomic(), order_signal.deferred():
            self._placement = Placement(
                self, basket, user=user, guest_email=kwargs.get("guest_email"), shipping_address=shipping_address
            )
            try:
                self._placement.allocate()
                order = super().place_order(
                    basket=basket,
                    total=total,
                    shipping_method=shipping_method,
                    shipping_charge=shipping_charge,
                    user=user,
                    shipping_address=shipping_address,
                    billing_address=billing_address,
                    order_number=order_number,
                    status=status,
                    request=request,
                    surcharges=surcharges,
                    **kwargs,
                )
                self._placement.write(order)
            finally:
                self._placement = None
        return order

    def create_line_models(self, order, basket_line, extra_line_fields=None):
        placement = self._placement
        if placement is None:
            return super().create_line_models(order, basket_line, extra_line_fields)
        if placement.in_bulk:
            return placement.note(basket_line)
        order_line = super().create_line_models(order, basket_line, extra_line_fields)
        placement.note(basket_line, order_line)
        return order_line

    def create_discount_model(self, order, discount):
        if discount["result"].affects_basket and self._placement is not None:
            discount = {
                **discount,
                "discount": self._placement.discount_of(discount["offer"], discount["discount"]),
            }
        return super().create_discount_model(order, discount)

    def create_line_price_models(self, order, order_line, basket_line):
        if "create_line_price_models" in overridden_hooks(type(self)):
            return super().create_line_price_models(order, order_line, basket_line)
        from oscar_marketplace.overlay.order_placement import line_prices

        order_line.prices.bulk_create(line_prices(order, order_line, basket_line))
        return None

    def update_stock_records(self, line):
        if self._placement is None:
            return super().update_stock_records(line)
        if "update_stock_records" not in overridden_hooks(type(self)):
            return None
        # The stock is already allocated, with an upper bound; a city's hook that calls Oscar's must not do it twice.
        line.stockrecord.allocate = lambda quantity: None
        try:
            return super().update_stock_records(line)
        finally:
            del line.stockrecord.allocate


#: Listeners to every model's saves that have no business with order lines: search and reference indexes.
DEAF_TO_LINES = ("haystack.", "wagtail.", "modelsearch.")


def lines_can_be_bulk_written(creator_class: type, line_model: type[models.Model]) -> bool:
    """Whether nobody would notice: no hook overridden, no ``save`` of their own, nobody listening to saves."""
    return (
        not overridden_hooks(creator_class)
        and line_model.save is models.Model.save
        and not _is_heard(post_save, line_model)
        and not _is_heard(pre_save, line_model)
    )


def _is_heard(signal, model: type[models.Model]) -> bool:
    for receivers in signal._live_receivers(model):
        for receiver in receivers:
            home = type(receiver.__self__) if hasattr(receiver, "__self__") else receiver
            if not home.__module__.startswith(DEAF_TO_LINES):
                return True
    return False
