"""Who works at a stall. A stall never loses its last owner: nobody could answer for it any more."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from oscar_marketplace.audit.record import Actor, record
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.stalls.models import Stall, StallMember
from oscar_marketplace.stalls.queries import owners_of

OWNER = StallMember.Role.OWNER


def add_member(stall: Stall, *, user, role: str, by: Actor) -> StallMember:
    """Let a person work at a stall; for one who already does, see :func:`change_role`. Locks the stall.

    Raises:
        NotAllowed: ``by`` is a member without being an owner.
    """
    with transaction.atomic():
        _lock_for(stall, by)
        member, created = StallMember.objects.get_or_create(stall=stall, user=user, defaults={"role": role})
        if created:
            record("add_member", stall, by=by, user=user.pk, role=role)
    return member


def change_role(member: StallMember, *, role: str, by: Actor) -> StallMember:
    """Make a member owner or assistant. Locks the stall.

    Raises:
        NotAllowed: it would leave the stall without an owner, or ``by`` is a member without being an owner.
    """
    with transaction.atomic():
        stall = _lock_for(member.stall, by)
        member = StallMember.objects.get(pk=member.pk)
        if member.role == role:
            return member
        _check_not_last_owner(stall, member)
        old, member.role = member.role, role
        member.save(update_fields=["role"])
        record("change_role", stall, by=by, user=member.user_id, old=old, new=role)
    return member


def remove_member(member: StallMember, *, by: Actor, reason: str = "") -> None:
    """End a membership: from now on the person sees nothing of the stall. Done twice, it is done. Locks the stall.

    Raises:
        NotAllowed: the last owner, or ``by`` is a member who is neither an owner nor the one who leaves.
    """
    with transaction.atomic():
        stall = _lock_for(member.stall, by, leaving=member.user_id)
        # Read again under the lock: another owner may have left a moment ago.
        member = StallMember.objects.filter(pk=member.pk).first()
        if member is None:
            return
        _check_not_last_owner(stall, member)
        member.delete()
        record("remove_member", stall, by=by, reason=reason, user=member.user_id, role=member.role)


def _lock_for(stall: Stall, by: Actor, *, leaving: int | None = None) -> Stall:
    """The stall, locked, if ``by`` may change who works there."""
    stall = Stall.objects.select_for_update().get(pk=stall.pk)
    if by.role == "stall" and by.user_id != leaving and not owners_of(stall).filter(user_id=by.user_id).exists():
        raise NotAllowed(_("Only an owner may change who works at the stall."), code="not_an_owner")
    return stall


def _check_not_last_owner(stall: Stall, member: StallMember) -> None:
    if member.role == OWNER and not owners_of(stall).exclude(pk=member.pk).exists():
        raise NotAllowed(_("This is the stall's only owner. Make somebody else an owner first."), code="last_owner")
