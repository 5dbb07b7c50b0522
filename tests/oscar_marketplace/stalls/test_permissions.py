"""A person sees the rows of the stalls where they are a member, and no other row."""

from decimal import Decimal as D

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from oscar.core.loading import get_model

from oscar_marketplace.orders.models import StallOrder
from oscar_marketplace.stalls.models import Stall, StallMember
from oscar_marketplace.stalls.permissions import listings_of, stall_of, stall_orders_of, stalls_of
from oscar_marketplace.test import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def chayo():
    return factories.make_user("chayo")


@pytest.fixture
def own(chayo):
    return factories.make_stall(name="Verduras Doña Chayo", owner=chayo)


@pytest.fixture
def foreign():
    return factories.make_stall(name="Cremería La Vaquita", owner=factories.make_user("meche"))


def put_in_state(stall, state):
    Stall.objects.filter(pk=stall.pk).update(state=state)


def make_part(stall, state="new"):
    order = get_model("order", "Order").objects.create(
        number=f"{stall.pk}-{state}", total_incl_tax=D(10), total_excl_tax=D(10), currency="MXN"
    )
    return StallOrder.objects.create(
        order=order,
        partner=stall.partner,
        stall=stall,
        sequence=1,
        currency="MXN",
        state=state,
        placed_incl_tax=D(10),
        placed_excl_tax=D(10),
    )


def test_a_member_has_their_own_stalls_and_no_other(chayo, own, foreign):
    second = factories.make_stall(name="Flores Chayo")
    StallMember.objects.create(stall=second, user=chayo, role=StallMember.Role.ASSISTANT)

    assert set(stalls_of(chayo)) == {own, second}


def test_two_members_do_not_double_a_stall(chayo, own):
    StallMember.objects.create(stall=own, user=factories.make_user("beto"))

    assert list(stalls_of(chayo)) == [own]


@pytest.mark.parametrize("state", ["approved", "paused", "suspended"])
def test_a_stall_that_is_not_selling_today_still_has_its_open_orders(chayo, own, state):
    put_in_state(own, state)

    assert stall_of(chayo, own.slug) == own


@pytest.mark.parametrize("state", ["draft", "submitted", "rejected", "closed"])
def test_a_stall_without_a_counter_opens_no_area(chayo, own, state):
    put_in_state(own, state)

    with pytest.raises(Http404):
        stall_of(chayo, own.slug)


@pytest.mark.parametrize("state", ["approved", "closed"])
def test_another_stall_does_not_exist_for_a_member(chayo, own, foreign, state):
    put_in_state(foreign, state)

    with pytest.raises(Http404):
        stall_of(chayo, foreign.slug)


def test_a_superuser_is_no_member(own):
    boss = factories.make_user("boss", is_superuser=True, is_staff=True)

    assert not stalls_of(boss).exists()


@pytest.mark.parametrize("who", [None, AnonymousUser()], ids=["nobody", "anonymous"])
def test_without_an_account_there_is_nothing(own, who):
    make_part(own)
    factories.make_listing(stall=own)

    assert not stalls_of(who).exists()
    assert not stall_orders_of(who).exists()
    assert not listings_of(who).exists()


def test_a_blocked_account_has_nothing(chayo, own):
    chayo.is_active = False

    assert not stalls_of(chayo).exists()


def test_somebody_who_left_sees_nothing_any_more(chayo, own):
    part = make_part(own)
    StallMember.objects.filter(user=chayo).delete()

    assert not stall_orders_of(chayo).filter(pk=part.pk).exists()


def test_orders_of_other_stalls_are_out_of_reach(chayo, own, foreign):
    mine, theirs = make_part(own), make_part(foreign)

    assert list(stall_orders_of(chayo)) == [mine]
    assert not stall_orders_of(chayo).filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("state", "seen"), [("awaiting_payment", False), ("expired", False), ("new", True), ("unanswered", True)]
)
def test_an_unpaid_order_is_not_the_stalls_business(chayo, own, state, seen):
    part = make_part(own, state)

    assert stall_orders_of(chayo).filter(pk=part.pk).exists() is seen


def test_listings_of_other_stalls_are_out_of_reach(chayo, own, foreign):
    mine = factories.make_listing(stall=own)
    factories.make_listing(stall=foreign)

    assert list(listings_of(chayo)) == [mine]


def test_each_answer_is_one_statement(chayo, own, django_assert_num_queries):
    make_part(own)

    with django_assert_num_queries(1):
        list(stall_orders_of(chayo))
    with django_assert_num_queries(1):
        assert stall_of(chayo, own.slug).operator == own.operator
