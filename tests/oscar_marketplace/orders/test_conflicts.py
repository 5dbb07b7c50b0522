"""Two members of a stall act on one order: the same act twice is once, a contrary one is told who was faster."""

import threading
from datetime import timedelta
from decimal import Decimal as D

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone, translation

from oscar_marketplace.audit.models import AuditEntry
from oscar_marketplace.exceptions import IllegalTransition, MarketplaceError, StaleVersion
from oscar_marketplace.orders import advance, hand_over
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import SHOPPER, bring_to, fresh, member_of, new_parts, pack, placed_parts

pytestmark = pytest.mark.django_db


@pytest.fixture
def stall(market):
    return factories.make_stall(market=market)


@pytest.fixture
def listing(stall):
    return factories.make_listing(stall=stall, stock=20)


@pytest.fixture
def marta(stall):
    return member_of(stall, "Marta")


@pytest.fixture
def pepe(stall):
    return member_of(stall, "Pepe")


@pytest.fixture
def part(listing):
    return new_parts([(listing, 4)])[0]


def test_the_same_act_by_two_members_is_done_once(part, marta, pepe):
    advance.accept(part, by=marta, version=part.version)

    row = advance.accept(part, by=pepe, version=part.version)

    assert (row.state, row.version) == (S.ACCEPTED, part.version + 1)
    assert AuditEntry.objects.filter(verb="accept").count() == 1


def test_a_contrary_act_is_told_who_and_when(part, marta, pepe):
    with time_machine.travel("2026-11-24 14:20:00+00:00", tick=False):
        advance.accept(part, by=marta, version=part.version)

        with pytest.raises(StaleVersion) as refusal:
            advance.reject(part, by=pepe, version=part.version)

    assert refusal.value.code == "stale_version"
    assert str(refusal.value) == "Marta already accepted this order (8:20). Please look at it again."
    assert fresh(part).state == S.ACCEPTED


def test_yesterdays_act_is_told_with_its_day(part, marta, pepe):
    with time_machine.travel("2026-11-24 14:20:00+00:00", tick=False):
        advance.accept(part, by=marta, version=part.version)

    with time_machine.travel("2026-11-25 15:00:00+00:00", tick=False), pytest.raises(StaleVersion) as refusal:
        advance.reject(part, by=pepe, version=part.version)

    assert str(refusal.value) == "Marta already accepted this order (Tuesday 24, 8:20). Please look at it again."


def test_accepting_less_is_not_the_same_as_accepting_all(part, marta, pepe):
    line = part.lines.get()
    advance.accept(part, by=marta, version=part.version)

    with pytest.raises(StaleVersion):
        advance.accept(part, by=pepe, version=part.version, offers={line.pk: D("0.5")})

    assert part.lines.get().offered_measure is None


def test_an_answer_repeated_late_changes_nothing(part, marta):
    seen = part.version
    row = advance.start_preparing(advance.accept(part, by=marta, version=seen), by=marta)

    again = advance.accept(part, by=marta, version=seen)

    assert (again.state, again.version) == (S.PREPARING, row.version)


def test_an_answer_that_was_taken_back_is_not_repeated_by_a_late_press(part, marta, pepe):
    seen = part.version
    advance.undo(advance.accept(part, by=marta, version=seen), by=pepe)

    with pytest.raises(StaleVersion) as refusal:
        advance.accept(part, by=marta, version=seen)

    assert str(refusal.value).startswith("Pepe took the last step back")
    assert fresh(part).state == S.NEW


def test_the_shoppers_name_is_not_told(part, marta):
    shopper = factories.make_user("AnaShopper")
    advance.cancel_part(part, by=SHOPPER.of(shopper, role="shopper"), reason="shopper")

    with pytest.raises(StaleVersion) as refusal:
        advance.accept(part, by=marta, version=part.version)

    assert str(refusal.value).startswith("The shopper cancelled this order")
    assert "Ana" not in str(refusal.value)


def test_a_clock_is_told_as_a_clock(part, marta):
    advance.leave_unanswered(part, now=timezone.now() + timedelta(days=1))

    with pytest.raises(StaleVersion) as refusal:
        advance.accept(part, by=marta, version=part.version)

    assert str(refusal.value).startswith("The time to answer ran out")


def test_a_version_nobody_made_is_out_of_date(part, marta):
    with pytest.raises(StaleVersion) as refusal:
        advance.accept(part, by=marta, version=part.version + 7)

    assert str(refusal.value) == "This page is out of date. Please look at the order again."
    assert fresh(part).state == S.NEW


def test_an_act_the_state_does_not_allow_says_what_the_state_is(part, marta):
    row = advance.reject(part, by=marta, version=part.version)

    with pytest.raises(IllegalTransition) as refusal:
        advance.start_preparing(row, by=marta, version=row.version)

    assert str(refusal.value) == "This can no longer be done: the order is refused by the stall."


def test_every_act_has_its_sentence_in_case_it_was_faster(part):
    from oscar_marketplace.orders.conflict import SENTENCES

    verbs = {"confirm", "expire", "revive", "accept", "reject", "leave_unanswered", "prepare", "make_ready", "undo"}
    verbs |= {"cancel", "deliver", "move_to_desk", "take_back", "complete"}
    assert set(SENTENCES) == verbs


MEMBERS_ACTS = {
    "accept": lambda part, by, seen: advance.accept(part, by=by, version=seen),
    "reject": lambda part, by, seen: advance.reject(part, by=by, version=seen),
    "prepare": lambda part, by, seen: advance.start_preparing(part, by=by, version=seen),
    "pack": lambda part, by, seen: advance.make_ready(part, by=by, version=seen, packed={}, bags=1),
    "undo": lambda part, by, seen: advance.undo(part, by=by, version=seen),
    "cancel": lambda part, by, seen: advance.cancel_part(part, by=by, version=seen, reason="stall", liable="stall"),
    "deliver": lambda part, by, seen: hand_over.deliver_at_stall(part, code=part.hand_over.code, by=by, version=seen),
}


@pytest.mark.parametrize("state", [S.NEW, S.ACCEPTED, S.PREPARING, S.READY, S.REJECTED])
def test_any_two_acts_seen_from_the_same_state_end_well_and_both_are_told(listing, marta, pepe, state):
    part = bring_to(placed_parts([(listing, 4)])[0], state, by=marta)
    for first_name, first in MEMBERS_ACTS.items():
        for second_name, second in MEMBERS_ACTS.items():
            with transaction.atomic():
                try:
                    after_first = first(fresh(part), marta, part.version)
                except MarketplaceError:
                    # The state allows no such act: told, and the second is alone.
                    assert fresh(part).version == part.version
                else:
                    _second_is_told(second, part, pepe, after_first, same=first_name == second_name)
                transaction.set_rollback(True)


def _second_is_told(second, part, pepe, after_first, *, same):
    if same:
        row = second(fresh(part), pepe, part.version)
        assert (row.state, row.version) == (after_first.state, after_first.version)
    else:
        with pytest.raises(StaleVersion) as refusal:
            second(fresh(part), pepe, part.version)
        assert "Marta" in str(refusal.value)
    assert (fresh(part).state, fresh(part).version) == (after_first.state, part.version + 1)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_contrary_acts_at_the_same_moment_one_is_done_and_the_other_told(listing, marta, pepe):
    part = new_parts([(listing, 4)])[0]
    start, outcomes = threading.Barrier(2), []

    def act(verb, by):
        try:
            start.wait(timeout=10)
            with translation.override("en"):
                outcomes.append(verb(part, by=by, version=part.version).state)
        except StaleVersion as refusal:
            outcomes.append(str(refusal))
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=[advance.accept, marta]),
        threading.Thread(target=act, args=[advance.reject, pepe]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    done = [each for each in outcomes if each in {S.ACCEPTED, S.REJECTED}]
    told = [each for each in outcomes if "Please look at it again." in each]
    assert (len(done), len(told)) == (1, 1)
    assert fresh(part).state == done[0]
    assert AuditEntry.objects.filter(verb__in=["accept", "reject"]).count() == 1


def test_packing_again_with_other_weights_is_contrary(part, marta, pepe):
    row = advance.accept(part, by=marta)
    pack(row, by=marta)

    with pytest.raises(StaleVersion) as refusal:
        pack(row, by=pepe, share=D("0.5"))

    assert str(refusal.value).startswith("Marta already packed this order")
