"""Writing audit rows, and the actor every verb is told of."""

from dataclasses import dataclass
from typing import Any

from oscar_marketplace.audit.models import AuditEntry


@dataclass(frozen=True)
class Actor:
    """Who acts, in which role. ``role``: shopper, stall, agent, desk, city, system."""

    role: str
    user_id: int | None = None
    name: str = ""

    @classmethod
    def of(cls, user, *, role: str) -> "Actor":
        """The actor for a signed-in (or anonymous) user."""
        if user is None or not user.is_authenticated:
            return cls(role)
        return cls(role, user.pk, user.get_full_name() or user.get_username())


SYSTEM = Actor("system")


def target_of(row) -> str:
    return f"{row._meta.model_name}:{row.pk}"


def entry(verb: str, row, *, by: Actor, reason: str = "", **data: Any) -> AuditEntry:
    """An unsaved audit row, for callers that write several at once."""
    return AuditEntry(
        verb=verb, target=target_of(row), actor_id=by.user_id, role=by.role, reason=reason[:200], data=data
    )


def record(verb: str, row, *, by: Actor, reason: str = "", **data: Any) -> AuditEntry:
    """Write one audit row in the caller's transaction."""
    written = entry(verb, row, by=by, reason=reason, **data)
    written.save()
    return written
