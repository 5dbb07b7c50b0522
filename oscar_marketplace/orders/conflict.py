"""Two people act on one stall order: who was faster, when, and what they did.

The audit row of each act holds the version it made, so an act that saw an older version finds what came after it.
"""

from datetime import datetime

from django.utils import formats, timezone
from django.utils.translation import gettext, gettext_lazy

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import target_of
from oscar_marketplace.exceptions import StaleVersion

#: What the faster one did -> the sentence for the slower one.
SENTENCES = {
    "confirm": gettext_lazy("%(who)s confirmed this order (%(when)s). Please look at it again."),
    "expire": gettext_lazy("The time to pay ran out (%(when)s). Please look at the order again."),
    "accept": gettext_lazy("%(who)s already accepted this order (%(when)s). Please look at it again."),
    "reject": gettext_lazy("%(who)s already refused this order (%(when)s). Please look at it again."),
    "leave_unanswered": gettext_lazy("The time to answer ran out (%(when)s). Please look at the order again."),
    "prepare": gettext_lazy("%(who)s already began to prepare this order (%(when)s). Please look at it again."),
    "make_ready": gettext_lazy("%(who)s already packed this order (%(when)s). Please look at it again."),
    "undo": gettext_lazy("%(who)s took the last step back (%(when)s). Please look at the order again."),
    "cancel": gettext_lazy("%(who)s cancelled this order (%(when)s). Please look at it again."),
    "deliver": gettext_lazy("%(who)s already handed this order over (%(when)s). Please look at it again."),
    "move_to_desk": gettext_lazy("%(who)s already took this order to the desk (%(when)s). Please look at it again."),
    "take_back": gettext_lazy("%(who)s already took this order back (%(when)s). Please look at it again."),
    "complete": gettext_lazy("This order was completed (%(when)s). Please look at it again."),
    "revive": gettext_lazy("%(who)s took this order up again (%(when)s). Please look at it again."),
}
#: Whoever is not named: a shopper's name is nobody's business, and a clock has none.
ROLES = {
    "shopper": gettext_lazy("The shopper"),
    "desk": gettext_lazy("The desk"),
    "city": gettext_lazy("The market's office"),
    "agent": gettext_lazy("The market's agent"),
    "system": gettext_lazy("The market's clock"),
}


def acts_since(stall_order, *, version: int) -> list[AuditEntry]:
    """The acts that made the versions after ``version``, oldest first."""
    entries = AuditEntry.objects.filter(target=target_of(stall_order)).select_related("actor").order_by("pk")
    return [entry for entry in entries if entry.data.get("version", 0) > version]


def is_same_act(entry: AuditEntry, verb: str, data: dict) -> bool:
    """Whether an audit row records this very act: the same verb with the same answer."""
    return entry.verb == verb and entry.data.get("act", {}) == data


def stale(stall_order, entry: AuditEntry | None) -> StaleVersion:
    """The refusal for the slower one; without an entry the page they saw is simply out of date."""
    if entry is None:
        return StaleVersion(gettext("This page is out of date. Please look at the order again."))
    return StaleVersion(
        SENTENCES.get(entry.verb, StaleVersion.message),
        who=who_acted(entry),
        when=say_when(entry.at, stall_order),
        verb=entry.verb,
    )


def who_acted(entry: AuditEntry) -> str:
    """The name of a colleague, else the role in words. Never the name of a shopper."""
    if entry.actor is not None and entry.role != "shopper":
        return entry.actor.get_full_name() or entry.actor.get_username()
    return str(ROLES.get(entry.role, gettext_lazy("Somebody")))


def say_when(moment: datetime, stall_order) -> str:
    """The time on the wall of the market, with the day unless it is today: ``8:20`` or ``Saturday 21, 8:20``."""
    zone = stall_order.hand_over.market.zone if stall_order.hand_over else timezone.get_current_timezone()
    local = moment.astimezone(zone)
    is_today = local.date() == timezone.now().astimezone(zone).date()
    return formats.date_format(local, "G:i" if is_today else "l j, G:i")
