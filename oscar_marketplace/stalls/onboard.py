"""The life of a stall: draft -> submitted -> approved <-> paused -> suspended -> approved or closed.

Every act locks the stall, is written to the audit trail and returns the row as it is now; the caller's is stale. The
same act twice is one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from oscar.core.loading import get_model

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.stalls.models import Stall, StallState
from oscar_marketplace.stalls.queries import missing_for_approval, unfinished_orders_of

#: Roles that decide for the city.
CITY = {"city", "system"}


def submit_stall(stall: Stall, *, by: Actor, reason: str = "") -> Stall:
    """Ask the city to approve a draft or rejected stall."""
    return _move(stall, "submit_stall", by=by, reason=reason)


def approve_stall(stall: Stall, *, by: Actor, reason: str = "") -> Stall:
    """Let a submitted stall sell: it becomes an Oscar partner.

    The partner has no users: Oscar's partner dashboard shows its users other partners' orders.

    Raises:
        NotAllowed: not the city's act, not submitted, or something is missing (owner, place, holder).
    """
    return _move(stall, "approve_stall", by=by, reason=reason, prepare=_make_partner)


def reject_stall(stall: Stall, *, by: Actor, reason: str) -> Stall:
    """Send a submitted stall back; the reason is for the vendor.

    Raises:
        NotAllowed: not the city's act, not submitted, or no reason.
    """
    return _move(stall, "reject_stall", by=by, reason=reason)


def pause_stall(stall: Stall, *, by: Actor, reason: str = "") -> Stall:
    """Take no new orders for a while; open ones live on.

    Raises:
        NotAllowed: the stall is not approved.
    """
    return _move(stall, "pause_stall", by=by, reason=reason)


def reopen_stall(stall: Stall, *, by: Actor, reason: str = "") -> Stall:
    """Sell again after a pause or, which only the city may do, after a suspension.

    Raises:
        NotAllowed: neither paused nor suspended, or a suspension that is not the member's to lift.
    """
    return _move(stall, "reopen_stall", by=by, reason=reason, prepare=_check_may_reopen)


def suspend_stall(stall: Stall, *, by: Actor, reason: str) -> Stall:
    """The city stops new orders (a permit, a debt); open ones live on.

    Raises:
        NotAllowed: not the city's act, neither approved nor paused, or no reason.
    """
    return _move(stall, "suspend_stall", by=by, reason=reason)


def close_stall(stall: Stall, *, by: Actor, reason: str) -> Stall:
    """End a stall for good. Its orders, prices and partner stay: what was sold stays true.

    Raises:
        NotAllowed: not the city's act, never approved, with unfinished orders, or no reason.
    """
    return _move(stall, "close_stall", by=by, reason=reason, prepare=_check_nothing_open)


@dataclass(frozen=True)
class _Act:
    transition: Callable
    sources: frozenset[str]
    target: str
    only_city: bool = False
    needs_reason: bool = False


S = StallState
ACTS = {
    "submit_stall": _Act(Stall.submit, frozenset({S.DRAFT, S.REJECTED}), S.SUBMITTED),
    "approve_stall": _Act(Stall.approve, frozenset({S.SUBMITTED}), S.APPROVED, only_city=True),
    "reject_stall": _Act(Stall.reject, frozenset({S.SUBMITTED}), S.REJECTED, only_city=True, needs_reason=True),
    "pause_stall": _Act(Stall.pause, frozenset({S.APPROVED}), S.PAUSED),
    "reopen_stall": _Act(Stall.approve, frozenset({S.PAUSED, S.SUSPENDED}), S.APPROVED),
    "suspend_stall": _Act(
        Stall.suspend, frozenset({S.APPROVED, S.PAUSED}), S.SUSPENDED, only_city=True, needs_reason=True
    ),
    "close_stall": _Act(
        Stall.close, frozenset({S.APPROVED, S.PAUSED, S.SUSPENDED}), S.CLOSED, only_city=True, needs_reason=True
    ),
}


def _move(
    stall: Stall, verb: str, *, by: Actor, reason: str, prepare: Callable[[Stall, Actor], None] | None = None
) -> Stall:
    act = ACTS[verb]
    if act.only_city and by.role not in CITY:
        raise NotAllowed(_("Only the city may do this."), code="only_city")
    if act.needs_reason and not reason.strip():
        raise NotAllowed(_("Write the reason: the people of the stall will read it."), code="reason_missing")
    with transaction.atomic():
        stall = Stall.objects.select_for_update().get(pk=stall.pk)
        if stall.state == act.target:
            return stall
        if stall.state not in act.sources:
            raise NotAllowed(
                _("This cannot be done with a stall that is “%(state)s”."),
                code="wrong_state",
                state=stall.get_state_display(),
            )
        if prepare is not None:
            prepare(stall, by)
        old = stall.state
        act.transition(stall)
        stall.save(update_fields=["state", "partner"])
        record(verb, stall, by=by, reason=reason, old=old, new=stall.state)
    return stall


def _make_partner(stall: Stall, by: Actor) -> None:
    missing = missing_for_approval(stall)
    if missing:
        raise NotAllowed(
            _("The stall cannot sell yet. Missing: %(things)s."),
            code="incomplete",
            things=get_text_list([str(word) for word in missing], _("and")),
        )
    if stall.partner_id is None:
        Partner = get_model("partner", "Partner")
        # A partner without a stall may have that code already; without one Oscar makes a free one from the name.
        is_free = not Partner.objects.filter(code=stall.slug).exists()
        stall.partner = Partner.objects.create(name=stall.name, code=stall.slug if is_free else "")


def _check_may_reopen(stall: Stall, by: Actor) -> None:
    if stall.state == StallState.SUSPENDED and by.role not in CITY:
        raise NotAllowed(_("The city suspended the stall. Only the city can lift that."), code="only_city")


def _check_nothing_open(stall: Stall, by: Actor) -> None:
    if unfinished_orders_of(stall).exists():
        raise NotAllowed(
            _("The stall still has open orders. Suspend it, and close it when they are done."), code="open_orders"
        )
