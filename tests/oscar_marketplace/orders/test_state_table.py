"""Every act in every state: what the table of states allows happens, everything else leaves no trace."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.exceptions import MarketplaceError
from oscar_marketplace.orders import advance, hand_over
from oscar_marketplace.orders.models import HandOver, StallOrder
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import CLOCK, DESK, SHOPPER, bring_to, fresh, member_of, pack, placed_parts

pytestmark = pytest.mark.django_db

#: (state, act) -> state, as the domain has it.
TABLE = {
    (S.AWAITING_PAYMENT, "confirm"): S.NEW,
    (S.AWAITING_PAYMENT, "expire"): S.EXPIRED,
    (S.AWAITING_PAYMENT, "cancel_as_shopper"): S.CANCELLED,
    (S.AWAITING_PAYMENT, "cancel_as_desk"): S.CANCELLED,
    (S.EXPIRED, "revive"): S.NEW,
    (S.NEW, "accept"): S.ACCEPTED,
    (S.NEW, "reject"): S.REJECTED,
    (S.NEW, "leave_unanswered"): S.UNANSWERED,
    (S.NEW, "cancel_as_shopper"): S.CANCELLED,
    (S.NEW, "cancel_as_desk"): S.CANCELLED,
    (S.ACCEPTED, "prepare"): S.PREPARING,
    (S.ACCEPTED, "make_ready"): S.READY,
    (S.ACCEPTED, "pack_nothing"): S.CANCELLED,
    (S.ACCEPTED, "undo"): S.NEW,
    (S.ACCEPTED, "cancel_as_desk"): S.CANCELLED,
    (S.PREPARING, "make_ready"): S.READY,
    (S.PREPARING, "pack_nothing"): S.CANCELLED,
    (S.PREPARING, "cancel_as_desk"): S.CANCELLED,
    (S.READY, "undo"): S.ACCEPTED,
    (S.READY, "cancel_as_desk"): S.CANCELLED,
    (S.READY, "deliver_at_stall"): S.DELIVERED,
    (S.READY, "move_to_desk"): S.HANDED_OVER,
    (S.REJECTED, "undo"): S.NEW,
    (S.HANDED_OVER, "deliver_at_desk"): S.DELIVERED,
    (S.HANDED_OVER, "take_back"): S.RETURNED,
    (S.DELIVERED, "complete"): S.COMPLETED,
}
ACTS = {
    "confirm": lambda part, by: advance.confirm_part(part, by=CLOCK),
    "expire": lambda part, by: advance.expire_part(part),
    "revive": lambda part, by: advance.revive_part(part, by=DESK),
    "accept": lambda part, by: advance.accept(part, by=by, version=part.version),
    "reject": lambda part, by: advance.reject(part, by=by, version=part.version),
    "leave_unanswered": lambda part, by: advance.leave_unanswered(part, now=later()),
    "prepare": lambda part, by: advance.start_preparing(part, by=by, version=part.version),
    "make_ready": lambda part, by: pack(part, by=by),
    "pack_nothing": lambda part, by: pack(part, by=by, share=0),
    "undo": lambda part, by: advance.undo(part, by=by, version=part.version),
    "cancel_as_shopper": lambda part, by: advance.cancel_part(part, by=SHOPPER, reason="shopper"),
    "cancel_as_desk": lambda part, by: advance.cancel_part(part, by=DESK, reason="desk", liable="operator"),
    "deliver_at_stall": lambda part, by: hand_over.deliver_at_stall(part, code=part.hand_over.code, by=by),
    "move_to_desk": lambda part, by: hand_over.move_to_desk(part, by=by),
    "deliver_at_desk": lambda part, by: hand_over.deliver_at_desk(part.hand_over, code=part.hand_over.code, by=DESK),
    "take_back": lambda part, by: hand_over.take_back(part, bags=[1], by=by),
    "complete": lambda part, by: advance.complete_part(part, now=later()),
}
AT_THE_DESK = {"move_to_desk", "deliver_at_desk", "take_back"}
# A part that is picked up at its stall never stands at a desk.
CASES = [
    (state, kind)
    for kind in HandOver.Kind.values
    for state in S.values
    if kind == HandOver.Kind.DESK or state not in {S.HANDED_OVER, S.RETURNED}
]


def later():
    return timezone.now() + timedelta(days=30)


def trace():
    """All that an act may leave behind."""
    parts = StallOrder.objects.order_by("pk").values_list(
        "state", "version", "undo_state", "released_at", "final_incl_tax"
    )
    return list(parts), AuditEntry.objects.count(), OutboxEvent.objects.count()


@pytest.mark.parametrize(("state", "kind"), CASES)
def test_only_what_the_table_allows_happens(state, kind):
    stall = factories.make_stall()
    by = member_of(stall)
    [part] = placed_parts([(factories.make_listing(stall=stall, stock=20), 4)], kind=kind)
    part = bring_to(fresh(part), state, by=by)
    found = {}

    for name, act in ACTS.items():
        before = trace()
        with transaction.atomic():
            try:
                act(fresh(part), by)
            except MarketplaceError as refusal:
                assert str(refusal)
                assert trace() == before, f"{name} was refused and left a trace"
            else:
                if fresh(part).state == state:
                    assert trace() == before, f"{name} did nothing and left a trace"
            found[name] = str(fresh(part).state)
            transaction.set_rollback(True)

    expected = {
        name: str(TABLE[state, name]) if (state, name) in TABLE and _fits(name, kind) else str(state) for name in ACTS
    }
    assert found == expected


def _fits(name: str, kind: str) -> bool:
    if name == "deliver_at_stall":
        return kind == HandOver.Kind.STALL
    return name not in AT_THE_DESK or kind == HandOver.Kind.DESK
