"""What every act on stall orders has in common: lock, compare versions, change the state, write down who did it.

::

    with acting("accept", by=by, now=now) as act:
        row = act.take(stall_order)
        if act.is_done(row, "accept", version=version):
            return row
        act.move(row, "accept")

One transaction. Rows are locked in the project's order: stock records, places in waves, stall orders, charges (only
:attr:`Act.settle` touches them), hand-overs. What the world outside is told of starts from the commit.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django_fsm import can_proceed
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor, entry
from oscar_marketplace.exceptions import IllegalTransition
from oscar_marketplace.markets.models import Operator, WavePlace
from oscar_marketplace.orders.conflict import acts_since, is_same_act, stale
from oscar_marketplace.orders.decisions import refresh_rest_decision
from oscar_marketplace.orders.hand_over_state import recompute_hand_overs
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.orders.project_status import project_order
from oscar_marketplace.orders.states import StallOrderState
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.outbox.write import write
from oscar_marketplace.signals import stall_order_changed

#: Columns an act may change; the contract as placed is not among them.
CHANGED_FIELDS = [
    "state",
    "version",
    "state_since",
    "undo_state",
    "undo_until",
    "final_incl_tax",
    "final_excl_tax",
    "accept_by",
    "ready_by",
    "complete_at",
    "released_at",
    "reason",
    "liable",
]


class Act:
    """One act while it happens. ``data`` is what tells it from another act of the same kind: strings and numbers."""

    def __init__(self, verb: str, *, by: Actor, now: datetime | None, reason: str, data: dict[str, Any]):
        self.verb, self.by, self.reason, self.data = verb, by, reason, data
        self.now = now or timezone.now()
        #: Called once the stall orders are written, before charges and hand-overs are locked.
        self.ask: Callable[[], None] | None = None
        #: Called with each changed stall order where charges stand in the lock order.
        self.settle: Callable[[StallOrder], None] | None = None
        self._moved: list[tuple[StallOrder, str]] = []
        self._noted: list[StallOrder] = []
        self._events: list[OutboxEvent] = []

    def take(self, stall_order: StallOrder, *, goods: bool = False) -> StallOrder:
        """The row as it is now, locked. ``goods`` locks its stock and its place in a wave before it."""
        return self.take_all([stall_order], goods=goods)[0]

    def take_all(self, stall_orders: Iterable[StallOrder], *, goods: bool = False) -> list[StallOrder]:
        """Several rows in primary key order, each as it is now and locked."""
        ids = [each.pk for each in stall_orders]
        if goods:
            lock_goods(ids)
        rows = StallOrder.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
        return list(rows.select_related("order", "stall__operator", "hand_over__wave", "hand_over__market__operator"))

    def is_done(self, row: StallOrder, transition: str, *, version: int | None = None) -> bool:
        """Whether this very act was done before, by whomever: then there is nothing left to do.

        ``version`` is what the person saw; None for clocks and for acts that depend on no page.

        Raises:
            StaleVersion: somebody did something else in between; it says who and when.
            IllegalTransition: the state does not allow the act.
        """
        if version is not None and version != row.version:
            return self._was_done_since(row, version)
        if can_proceed(getattr(row, transition)):
            return False
        latest = acts_since(row, version=row.version - 1)
        if version is None and latest and is_same_act(latest[-1], self.verb, self.data):
            return True
        raise IllegalTransition(state=row.get_state_display())

    def _was_done_since(self, row: StallOrder, version: int) -> bool:
        since = acts_since(row, version=version)
        if not since or not is_same_act(since[0], self.verb, self.data):
            raise stale(row, since[0] if since else None)
        # Done, and then taken back: doing it again needs a look at why.
        taken_back = next((each for each in since[1:] if each.verb == "undo"), None)
        if taken_back is not None and self.verb != "undo":
            raise stale(row, taken_back)
        return True

    def move(self, row: StallOrder, transition: str) -> None:
        """Change the state. A further act ends the time in which the one before could be undone.

        Raises:
            IllegalTransition: the state does not allow it.
        """
        if not can_proceed(getattr(row, transition)):
            raise IllegalTransition(state=row.get_state_display())
        old = row.state
        getattr(row, transition)()
        row.version += 1
        row.state_since = self.now
        row.undo_state, row.undo_until = "", None
        self._moved.append((row, old))

    def allow_undo(self, row: StallOrder, *, back_to: str) -> None:
        """Let a person take the act back for a while; a clock's act is not taken back."""
        operator = operator_of(row)
        if operator is None or not operator.undo_seconds or self.by.role == "system":
            return
        row.undo_state = back_to
        row.undo_until = self.now + timedelta(seconds=operator.undo_seconds)

    def note(self, row: StallOrder) -> None:
        """Save and audit a row whose state did not change: its version stays what people see."""
        self._noted.append(row)

    def tell(self, event: OutboxEvent) -> None:
        """Write an outbox row with the act."""
        self._events.append(event)

    def finish(self) -> None:
        moved = [row for row, _old in self._moved]
        changed = moved + [row for row in self._noted if row not in moved]
        if not changed:
            return
        StallOrder.objects.bulk_update(changed, CHANGED_FIELDS)
        AuditEntry.objects.bulk_create(self._entries())
        for order_id in sorted({row.order_id for row in moved}):
            refresh_rest_decision(order_id, now=self.now)
        if self.ask is not None:
            self.ask()
        write(*self._events)
        if self.settle is not None:
            for row in changed:
                self.settle(row)
        recompute_hand_overs(
            {row.hand_over_id for row in changed if row.hand_over_id},
            kept_from=self.now if any(row.state == StallOrderState.READY for row in moved) else None,
        )
        # Functions, not partials: Django names the callback that failed, and a partial has no name.
        for row, old in self._moved:
            transaction.on_commit(self._announcement(row, old, row.state), robust=True)
        for order_id in sorted({row.order_id for row in changed}):
            transaction.on_commit(lambda order_id=order_id: project_order(order_id), robust=True)

    def _entries(self) -> list[AuditEntry]:
        told = {"act": self.data} if self.data else {}
        moves = [entry(self.verb, row, by=self.by, reason=self.reason) for row, _old in self._moved]
        for written, (row, old) in zip(moves, self._moved, strict=True):
            written.at = self.now
            written.data = {"from": old, "to": row.state, "version": row.version, **told}
        return moves + [entry(self.verb, row, by=self.by, reason=self.reason, **told) for row in self._noted]

    def _announcement(self, row: StallOrder, old: str, new: str) -> Callable[[], None]:
        def announce() -> None:
            stall_order_changed.send_robust(StallOrder, stall_order=row, old=old, new=new, by=self.by)

        return announce


@contextmanager
def acting(
    verb: str, *, by: Actor, now: datetime | None = None, reason: str = "", data: dict[str, Any] | None = None
) -> Iterator[Act]:
    """One transaction around an act; what it changed is written, audited and told when the block ends."""
    act = Act(verb, by=by, now=now, reason=reason, data=data or {})
    with transaction.atomic():
        yield act
        act.finish()


def lock_goods(stall_order_ids: Iterable[int]) -> None:
    """Lock what comes before stall orders: their counted stock, then their places in waves, each by primary key."""
    ids = list(stall_order_ids)
    lines = get_model("order", "Line").objects.filter(stall_order_line__stall_order__in=ids)
    lines = lines.filter(Q(num_allocated__gt=0) | Q(allocation_cancelled=True))
    records = get_model("partner", "StockRecord").objects.filter(pk__in=lines.values("stockrecord"))
    list(records.order_by("pk").select_for_update().values_list("pk"))
    parts = StallOrder.objects.filter(pk__in=ids, hand_over__isnull=False)
    places = WavePlace.objects.filter(hand_over__in=parts.values("hand_over"))
    list(places.order_by("pk").select_for_update().values_list("pk"))


def operator_of(row: StallOrder) -> Operator | None:
    """Whose clocks hold for a stall order; None for a partner without a stall."""
    return row.stall.operator if row.stall else None
