"""The life of a stall, and who may change it."""

from datetime import date
from decimal import Decimal as D

import pytest
from oscar.core.loading import get_model

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.audit.record import SYSTEM, Actor
from oscar_marketplace.exceptions import NotAllowed
from oscar_marketplace.markets.models import Pitch
from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.stalls.models import Payee, Stall, StallMember, StallPitch, Tenure
from oscar_marketplace.stalls.onboard import (
    approve_stall,
    close_stall,
    pause_stall,
    reject_stall,
    reopen_stall,
    submit_stall,
    suspend_stall,
)
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db

Partner = get_model("partner", "Partner")


@pytest.fixture
def vendor():
    return Actor("stall", factories.make_user("chayo").pk)


@pytest.fixture
def city():
    return Actor("city", factories.make_user("manager").pk)


@pytest.fixture
def draft(vendor):
    """A draft that has everything the city asks for."""
    market = factories.make_market()
    stall = Stall.objects.create(operator=market.operator, name="Verduras Doña Chayo", slug="verduras-dona-chayo")
    StallMember.objects.create(stall=stall, user_id=vendor.user_id, role=StallMember.Role.OWNER)
    StallPitch.objects.create(stall=stall, pitch=Pitch.objects.create(market=market, number="14"))
    payee = Payee.objects.create(operator=market.operator, name="Rosario Méndez")
    Tenure.objects.create(stall=stall, payee=payee, starts_on=date(2020, 1, 1))
    return stall


def put_in_state(stall, state):
    if state not in {"draft", "submitted", "rejected"}:
        stall.partner, _ = Partner.objects.get_or_create(code="x", name="x")
    Stall.objects.filter(pk=stall.pk).update(state=state, partner=stall.partner)


def state_of(stall):
    return Stall.objects.get(pk=stall.pk).state


def test_from_draft_to_a_stall_that_sells(draft, vendor, city):
    submit_stall(draft, by=vendor)
    stall = approve_stall(draft, by=city)

    assert stall.state == state_of(draft) == "approved"
    assert (stall.partner.name, stall.partner.code) == ("Verduras Doña Chayo", "verduras-dona-chayo")
    assert not stall.partner.users.exists()
    entries = AuditEntry.objects.values_list("verb", "target", "actor", "data")
    assert list(entries) == [
        ("submit_stall", f"stall:{stall.pk}", vendor.user_id, {"old": "draft", "new": "submitted"}),
        ("approve_stall", f"stall:{stall.pk}", city.user_id, {"old": "submitted", "new": "approved"}),
    ]


def test_a_partner_of_the_shop_itself_keeps_its_code(draft, vendor, city):
    house = Partner.objects.create(name="House", code="verduras-dona-chayo")
    submit_stall(draft, by=vendor)

    stall = approve_stall(draft, by=city)

    assert stall.partner != house
    assert stall.partner.code not in {"", house.code}


@pytest.mark.parametrize(
    ("missing", "word"),
    [("members", "an owner who can sign in"), ("places", "a place in a market"), ("tenures", "a holder who is paid")],
)
def test_what_is_missing_is_said_and_nothing_is_written(draft, vendor, city, missing, word):
    getattr(draft, missing).all().delete()
    submit_stall(draft, by=vendor)

    with pytest.raises(NotAllowed) as refused:
        approve_stall(draft, by=city)

    assert refused.value.code == "incomplete"
    assert str(refused.value) == f"The stall cannot sell yet. Missing: {word}."
    assert state_of(draft) == "submitted"
    assert not Partner.objects.exists()


def test_an_assistant_alone_is_no_owner_and_an_ended_tenure_no_holder(draft, vendor, city):
    draft.members.update(role=StallMember.Role.ASSISTANT)
    draft.tenures.update(ends_on=date(2021, 1, 1))
    submit_stall(draft, by=vendor)

    with pytest.raises(NotAllowed) as refused:
        approve_stall(draft, by=city)

    assert refused.value.params["things"] == "an owner who can sign in and a holder who is paid"


def test_sent_back_with_a_reason_and_handed_in_again(draft, vendor, city):
    submit_stall(draft, by=vendor)
    reject_stall(draft, by=city, reason="The permit is of last year.")
    rejected = state_of(draft)

    stall = approve_stall(submit_stall(draft, by=vendor), by=city)

    assert (rejected, stall.state) == ("rejected", "approved")
    assert AuditEntry.objects.get(verb="reject_stall").reason == "The permit is of last year."


def test_paused_and_reopened_by_the_stall_itself(draft, vendor):
    put_in_state(draft, "approved")

    states = [pause_stall(draft, by=vendor, reason="Holidays").state, reopen_stall(draft, by=vendor).state]

    assert states == ["paused", "approved"]


def test_a_suspension_is_the_citys_to_lift(draft, vendor, city):
    put_in_state(draft, "approved")
    suspend_stall(draft, by=city, reason="Permit ran out")

    with pytest.raises(NotAllowed) as refused:
        reopen_stall(draft, by=vendor)
    still = state_of(draft)
    reopen_stall(draft, by=city)

    assert (refused.value.code, still, state_of(draft)) == ("only_city", "suspended", "approved")


def test_a_member_cannot_get_out_of_a_suspension_by_pausing(draft, vendor, city):
    put_in_state(draft, "suspended")

    with pytest.raises(NotAllowed):
        pause_stall(draft, by=vendor)

    assert state_of(draft) == "suspended"


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (approve_stall, "submitted"),
        (reject_stall, "submitted"),
        (suspend_stall, "approved"),
        (close_stall, "approved"),
    ],
)
@pytest.mark.parametrize("role", ["stall", "agent", "shopper", "desk"])
def test_only_the_city_decides(draft, act, state, role):
    put_in_state(draft, state)

    with pytest.raises(NotAllowed) as refused:
        act(draft, by=Actor(role), reason="because")

    assert refused.value.code == "only_city"
    assert state_of(draft) == state
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("act", "state"), [(reject_stall, "submitted"), (suspend_stall, "approved"), (close_stall, "approved")]
)
@pytest.mark.parametrize("reason", ["", "   "])
def test_a_hard_decision_needs_a_reason(draft, city, act, state, reason):
    put_in_state(draft, state)

    with pytest.raises(NotAllowed) as refused:
        act(draft, by=city, reason=reason)

    assert refused.value.code == "reason_missing"
    assert state_of(draft) == state


ALLOWED = {
    submit_stall: {"draft", "rejected", "submitted"},
    approve_stall: {"submitted", "approved"},
    reject_stall: {"submitted", "rejected"},
    pause_stall: {"approved", "paused"},
    reopen_stall: {"paused", "suspended", "approved"},
    suspend_stall: {"approved", "paused", "suspended"},
    close_stall: {"approved", "paused", "suspended", "closed"},
}


@pytest.mark.parametrize("act", ALLOWED, ids=lambda act: act.__name__)
@pytest.mark.parametrize("state", ["draft", "submitted", "rejected", "approved", "paused", "suspended", "closed"])
def test_every_act_from_every_state(draft, act, state):
    put_in_state(draft, state)

    if state in ALLOWED[act]:
        act(draft, by=SYSTEM, reason="because")
        # The target state is among the allowed ones: doing it twice is doing it once.
        act(draft, by=SYSTEM, reason="because")
        assert AuditEntry.objects.count() <= 1
        assert AuditEntry.objects.count() == (state != state_of(draft))
    else:
        with pytest.raises(NotAllowed) as refused:
            act(draft, by=SYSTEM, reason="because")
        assert refused.value.code == "wrong_state"
        assert state_of(draft) == state
        assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("state", "is_open"),
    [("new", True), ("ready", True), ("handed_over", True), ("completed", False), ("rejected", False)],
)
def test_a_stall_with_open_orders_is_not_closed(draft, city, state, is_open):
    put_in_state(draft, "approved")
    order = get_model("order", "Order").objects.create(number="1", total_incl_tax=D(1), total_excl_tax=D(1))
    StallOrder.objects.create(
        order=order,
        partner=Stall.objects.get().partner,
        stall=draft,
        sequence=1,
        currency="MXN",
        state=state,
        placed_incl_tax=D(1),
        placed_excl_tax=D(1),
    )

    if is_open:
        with pytest.raises(NotAllowed) as refused:
            close_stall(draft, by=city, reason="Retired")
        assert refused.value.code == "open_orders"
    else:
        close_stall(draft, by=city, reason="Retired")

    assert state_of(draft) == ("approved" if is_open else "closed")
