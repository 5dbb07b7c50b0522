"""Holds Oscar's ``order_placed`` back until the order is committed.

Oscar sends it from inside ``place_order``. Inside our transaction a city's receiver would run while we hold locks, and
one that raises would undo the order, or leave it half told. So while an order is being placed the signal is kept and
sent, robustly, after the commit. Outside of it the signal is as Oscar made it.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import transaction
from oscar.apps.order.signals import order_placed

logger = logging.getLogger("oscar_marketplace.overlay")
_deferring: ContextVar[bool] = ContextVar("oscar_marketplace_deferring_order_placed", default=False)


def _send_after_commit(sender, named) -> None:
    for receiver, result in order_placed.send_robust(sender, **named):
        if isinstance(result, Exception):
            logger.error(
                "a receiver of order_placed failed: %s",
                getattr(receiver, "__name__", receiver),
                exc_info=result,
            )


def install() -> None:
    """Make the signal wait while :func:`deferred` is active. Called once, when the apps are ready."""
    if hasattr(order_placed, "send_now"):
        return
    order_placed.send_now = order_placed.send

    def send(sender, **named):
        if not _deferring.get():
            return order_placed.send_now(sender, **named)
        transaction.on_commit(lambda: _send_after_commit(sender, named), robust=True)
        return []

    order_placed.send = send


@contextmanager
def deferred():
    """While active, ``order_placed`` waits for the commit of the current transaction."""
    token = _deferring.set(True)
    try:
        yield
    finally:
        _deferring.reset(token)
