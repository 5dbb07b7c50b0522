"""Each clock runs out at its moment, does its work once, and does nothing when it runs again."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from oscar.core.loading import get_model

from oscar_marketplace.markets.models import Wave, WaveRule
from oscar_marketplace.orders import advance
from oscar_marketplace.orders.hand_over import deliver_at_stall
from oscar_marketplace.orders.models import Decision, HandOver
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, new_parts, pack, placed_parts
from oscar_marketplace.tick.jobs import JOBS
from oscar_marketplace.tick.models import JobRun
from oscar_marketplace.tick.run import run_due_jobs

pytestmark = pytest.mark.django_db

START = "2026-11-24 15:00:00+00:00"


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def stalls(clock, market):
    return [factories.make_stall(market=market) for _ in range(2)]


@pytest.fixture
def vendors(stalls):
    return [member_of(stall) for stall in stalls]


@pytest.fixture
def lines(stalls):
    return [(factories.make_listing(stall=stall, stock=20), 4) for stall in stalls]


@pytest.fixture
def parts(lines):
    return new_parts(lines)


def tick(*names):
    """How many things each of the named jobs did."""
    return tuple(run_due_jobs([job for job in JOBS if job.name in names]).get(name) for name in names)


def twice(name, clock, *, at):
    """What a job does a second before ``at``, at it, and when it runs again."""
    clock.move_to(at - timedelta(seconds=1))
    before = tick(name)
    clock.move_to(at)
    return before + tick(name) + tick(name)


def stock(line):
    record = fresh(line[0].stockrecord)
    return record.num_in_stock, record.num_allocated


def test_unpaid_orders_expire(clock, lines):
    parts = placed_parts(lines)

    did = twice("expire_unpaid", clock, at=timezone.now() + timedelta(minutes=10))

    assert did == (0, 1, 0)
    assert [fresh(part).state for part in parts] == [S.EXPIRED] * 2
    assert [stock(line) for line in lines] == [(20, 0)] * 2


def test_stalls_that_do_not_answer_are_not_waited_for(clock, parts, lines, vendors):
    advance.accept(parts[1], by=vendors[1])

    did = twice("unanswered", clock, at=parts[0].accept_by)

    assert did == (0, 1, 0)
    assert [fresh(part).state for part in parts] == [S.UNANSWERED, S.ACCEPTED]
    assert [stock(line) for line in lines] == [(20, 0), (20, 4)]


def test_a_crash_between_the_silence_and_what_follows_is_made_good(clock, parts, lines):
    clock.move_to(parts[0].accept_by)
    advance.leave_unanswered(parts[0])

    assert tick("refusals") + tick("refusals") == (1, 0)
    assert stock(lines[0]) == (20, 0)


def test_refusals_take_effect_when_they_cannot_be_undone(clock, parts, lines, vendors):
    advance.reject(parts[0], by=vendors[0])

    did = twice("refusals", clock, at=timezone.now() + timedelta(seconds=60))

    assert did == (0, 1, 0)
    assert (stock(lines[0]), Decision.objects.count()) == ((20, 0), 1)


def test_packed_goods_are_used_up(clock, parts, lines, vendors):
    pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])

    did = twice("packed_goods", clock, at=timezone.now() + timedelta(seconds=60))

    assert (did, stock(lines[0])) == ((0, 1, 0), (16, 0))


def test_questions_are_closed_by_their_default(clock, parts, vendors):
    advance.reject(parts[0], by=vendors[0])
    clock.shift(timedelta(seconds=60))
    tick("refusals")

    did = twice("decisions", clock, at=Decision.objects.get().decide_by)

    assert (did, Decision.objects.get().answer) == ((0, 1, 0), "keep")


def test_bags_nobody_fetched_are_given_up(clock, parts, vendors):
    pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])

    did = twice("no_shows", clock, at=HandOver.objects.get().hold_until)

    assert (did, fresh(parts[0]).state, fresh(parts[0]).reason) == ((0, 1, 0), S.CANCELLED, "no_show")


def test_delivered_parts_are_completed(clock, parts, vendors):
    row = pack(advance.accept(parts[0], by=vendors[0]), by=vendors[0])
    row = deliver_at_stall(row, code=row.hand_over.code, by=vendors[0])

    did = twice("complete", clock, at=row.complete_at)

    assert (did, fresh(row).state) == ((0, 1, 0), S.COMPLETED)


def test_pick_up_times_are_made_every_quarter_of_an_hour(clock, market):
    WaveRule.objects.create(market=market, weekday=3, starts="12:00", ends="14:00")

    assert tick("waves") == (1,)
    assert tick("waves") == (None,)  # not due yet
    clock.shift(timedelta(minutes=15))
    assert tick("waves") == (0,)
    assert Wave.objects.count() == 1


def test_statuses_a_crash_left_behind_are_written(clock, parts, vendors):
    advance.accept(parts[0], by=vendors[0])
    clock.shift(timedelta(minutes=2))

    tick("project_statuses")

    assert get_model("order", "Line").objects.get(stall_order_line__stall_order=parts[0]).status == "Being processed"


def test_messages_leave_when_their_time_has_come(clock, parts, vendors):
    advance.accept(parts[0], by=vendors[0], offers={parts[0].lines.get().pk: 0.5})
    OutboxEvent.objects.exclude(topic="stall_order_shorted").delete()

    did = twice("send_outbox", clock, at=timezone.now() + timedelta(seconds=60))

    assert (did, [message.to for message in mail.outbox]) == ((0, 1, 0), [["ana@example.org"]])


def test_a_message_that_was_withdrawn_never_leaves(clock, parts, vendors):
    advance.accept(parts[0], by=vendors[0], offers={parts[0].lines.get().pk: 0.5})
    advance.undo(parts[0], by=vendors[0])
    OutboxEvent.objects.exclude(topic="stall_order_shorted").delete()
    clock.shift(timedelta(hours=1))

    assert (tick("send_outbox"), mail.outbox) == ((0,), [])


def test_one_tick_does_everything_that_is_due_and_the_next_nothing(clock, parts, vendors):
    advance.reject(parts[0], by=vendors[0])
    clock.shift(timedelta(minutes=2))

    first = run_due_jobs()
    second = run_due_jobs()

    assert first["refusals"] == 1
    assert first["send_outbox"] == OutboxEvent.objects.exclude(sent_at=None).count() > 0
    assert not any(second.values())
    assert set(JobRun.objects.values_list("job", flat=True)) == {job.name for job in JOBS}


def test_from_placing_to_completed_by_the_clock_alone(clock, lines, vendors):
    """Nobody ever answers: the order ends, the goods are free, and everybody was told once."""
    placed_parts(lines)
    advance.confirm_parts(list(HandOver.objects.get().stall_orders.all()), by=vendors[0])
    for _ in range(60):
        run_due_jobs()
        clock.shift(timedelta(minutes=3))

    parts = list(HandOver.objects.get().stall_orders.all())
    assert [part.state for part in parts] == [S.UNANSWERED] * 2
    assert [stock(line) for line in lines] == [(20, 0)] * 2
    told = sorted(message.to[0] for message in mail.outbox)
    assert told.count("ana@example.org") == len({m.subject for m in mail.outbox if m.to == ["ana@example.org"]})
    assert not OutboxEvent.objects.filter(sent_at=None).exists()
