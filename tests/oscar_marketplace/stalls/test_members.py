"""Who works at a stall; it never loses its last owner."""

import pytest

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.stalls.members import add_member, change_role, remove_member
from oscar_marketplace.stalls.models import StallMember
from oscar_marketplace.stalls.permissions import stalls_of
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db

OWNER, ASSISTANT = StallMember.Role.OWNER, StallMember.Role.ASSISTANT
CITY = Actor("city")


@pytest.fixture
def chayo():
    return factories.make_user("chayo")


@pytest.fixture
def beto():
    return factories.make_user("beto")


@pytest.fixture
def stall(chayo):
    return factories.make_stall(owner=chayo)


def member(stall, user):
    return stall.members.get(user=user)


def acting(user):
    return Actor.of(user, role="stall")


def test_an_owner_adds_an_assistant(stall, chayo, beto):
    added = add_member(stall, user=beto, role=ASSISTANT, by=acting(chayo))

    assert (added.user, added.role) == (beto, ASSISTANT)
    assert list(stalls_of(beto)) == [stall]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.target, entry.actor) == ("add_member", f"stall:{stall.pk}", chayo)
    assert entry.data == {"user": beto.pk, "role": "assistant"}


def test_adding_somebody_who_is_there_changes_nothing(stall, chayo):
    added = add_member(stall, user=chayo, role=ASSISTANT, by=CITY)

    assert added.role == OWNER
    assert not AuditEntry.objects.exists()


def test_somebody_who_is_removed_sees_nothing_any_more(stall, chayo, beto):
    add_member(stall, user=beto, role=ASSISTANT, by=CITY)

    remove_member(member(stall, beto), by=acting(chayo), reason="Moved away")

    assert not stalls_of(beto).exists()
    entry = AuditEntry.objects.get(verb="remove_member")
    assert (entry.actor, entry.reason, entry.data) == (chayo, "Moved away", {"user": beto.pk, "role": "assistant"})


@pytest.mark.parametrize("by", [CITY, Actor("system"), None], ids=["city", "system", "themselves"])
def test_the_last_owner_cannot_be_removed(stall, chayo, beto, by):
    add_member(stall, user=beto, role=ASSISTANT, by=CITY)

    with pytest.raises(NotAllowed) as refused:
        remove_member(member(stall, chayo), by=by or acting(chayo))

    assert refused.value.code == "last_owner"
    assert stall.members.count() == 2
    assert not AuditEntry.objects.filter(verb="remove_member").exists()


def test_the_last_owner_cannot_become_an_assistant(stall, chayo):
    with pytest.raises(NotAllowed) as refused:
        change_role(member(stall, chayo), role=ASSISTANT, by=CITY)

    assert refused.value.code == "last_owner"
    assert member(stall, chayo).role == OWNER


def test_of_two_owners_one_may_go_and_the_other_stays(stall, chayo, beto):
    add_member(stall, user=beto, role=OWNER, by=CITY)
    first, second = member(stall, chayo), member(stall, beto)

    remove_member(first, by=acting(beto))

    # Both were read before either left: the rule looks at what is there now.
    with pytest.raises(NotAllowed):
        remove_member(second, by=acting(beto))
    assert list(stall.members.all()) == [second]


def test_an_owner_of_another_stall_does_not_count(stall, chayo, beto):
    factories.make_stall(owner=beto)

    with pytest.raises(NotAllowed):
        remove_member(member(stall, chayo), by=CITY)


def test_removing_twice_is_removing_once(stall, chayo, beto):
    added = add_member(stall, user=beto, role=ASSISTANT, by=CITY)
    again = StallMember.objects.get(pk=added.pk)

    remove_member(added, by=CITY)
    remove_member(again, by=CITY)

    assert AuditEntry.objects.filter(verb="remove_member").count() == 1


def test_an_assistant_changes_nobody_but_may_leave(stall, chayo, beto):
    lupita = factories.make_user("lupita")
    add_member(stall, user=beto, role=ASSISTANT, by=CITY)
    add_member(stall, user=lupita, role=ASSISTANT, by=CITY)
    assistant = acting(beto)

    for act in (
        lambda: remove_member(member(stall, lupita), by=assistant),
        lambda: change_role(member(stall, beto), role=OWNER, by=assistant),
        lambda: add_member(stall, user=factories.make_user(), role=OWNER, by=assistant),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "not_an_owner"
    remove_member(member(stall, beto), by=assistant)

    assert set(stall.members.values_list("user", "role")) == {(chayo.pk, OWNER), (lupita.pk, ASSISTANT)}


def test_a_stranger_changes_nobody(stall, chayo, beto):
    with pytest.raises(NotAllowed):
        add_member(stall, user=beto, role=OWNER, by=acting(beto))

    assert not stalls_of(beto).exists()


def test_a_new_role_is_written_down(stall, chayo, beto):
    added = add_member(stall, user=beto, role=ASSISTANT, by=CITY)

    change_role(added, role=OWNER, by=acting(chayo))
    change_role(added, role=OWNER, by=acting(chayo))

    assert member(stall, beto).role == OWNER
    assert AuditEntry.objects.get(verb="change_role").data == {"user": beto.pk, "old": "assistant", "new": "owner"}
