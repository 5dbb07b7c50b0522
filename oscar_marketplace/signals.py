"""Public events for a city's own code. They are sent after commit and robustly: a failing receiver harms nobody.

Nothing of ours listens to them: inside the package verbs call each other.
"""

from django.dispatch import Signal

#: Sent when an order and its stall orders are written. Arguments: ``order``.
marketplace_order_placed = Signal()
#: Sent after each change of a stall order. Arguments: ``stall_order``, ``old``, ``new``, ``by`` (an ``Actor``).
stall_order_changed = Signal()
