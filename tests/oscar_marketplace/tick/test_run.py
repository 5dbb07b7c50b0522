"""A job that fails, or one of its rows, stops nothing else; a clock that has stopped is seen."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from oscar_marketplace.orders import advance
from oscar_marketplace.orders.states import StallOrderState as S
from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.test import factories
from oscar_marketplace.test.stall_orders import fresh, member_of, new_parts, pack
from oscar_marketplace.tick import jobs as tick_jobs
from oscar_marketplace.tick.jobs import JOBS
from oscar_marketplace.tick.models import JobRun
from oscar_marketplace.tick.run import Job, SomeFailed, each, in_batches, late_jobs, run_due_jobs

pytestmark = pytest.mark.django_db


def fails(now):
    raise RuntimeError("broken")


def test_a_job_that_fails_does_not_stop_the_others():
    done = run_due_jobs([Job("broken", fails), Job("fine", lambda now: 3)])

    assert done == {"broken": 0, "fine": 3}
    broken, fine = JobRun.objects.order_by("job")
    assert (broken.last_error, fine.last_error, fine.done) == ("RuntimeError", "", 3)
    assert broken.finished_at and fine.finished_at


def test_a_job_that_works_again_has_no_error():
    run_due_jobs([Job("job", fails)])

    run_due_jobs([Job("job", lambda now: 1)])

    assert JobRun.objects.get().last_error == ""


def test_a_row_that_fails_does_not_stop_the_rows_after_it():
    def act(thing):
        if thing == 2:
            raise ValueError("this row only")
        return thing != 3

    with pytest.raises(SomeFailed) as problem:
        each([1, 2, 3, 4], act)

    assert (problem.value.done, str(problem.value)) == (2, "1 failed, the first with ValueError")


def test_a_stall_order_that_fails_is_written_down_and_the_others_are_done(market, monkeypatch):
    stalls = [factories.make_stall(market=market) for _ in range(3)]
    parts = new_parts([(factories.make_listing(stall=stall, stock=20), 4) for stall in stalls])
    for part, stall in zip(parts, stalls, strict=True):
        pack(advance.accept(part, by=member_of(stall)), by=member_of(stall))
    real = tick_jobs.use_up_packed_goods

    def use_up(row, *, now):
        if row.pk == parts[1].pk:
            raise RuntimeError("this row only")
        return real(row, now=now)

    monkeypatch.setattr(tick_jobs, "use_up_packed_goods", use_up)
    run_due_jobs([job for job in JOBS if job.name == "packed_goods"], now=timezone.now() + timedelta(minutes=2))

    assert [bool(fresh(part).released_at) for part in parts] == [True, False, True]
    run = JobRun.objects.get()
    assert (run.done, run.last_error) == (2, "1 failed, the first with RuntimeError")


def test_rows_that_stay_due_come_up_once_a_tick(market, monkeypatch):
    monkeypatch.setattr("oscar_marketplace.tick.run.BATCH", 2)
    stalls = [factories.make_stall(market=market) for _ in range(5)]

    seen = [stall.pk for stall in in_batches(type(stalls[0]).objects.all())]

    assert seen == [stall.pk for stall in stalls]


def test_a_job_that_is_not_due_is_left_out_until_it_is_and_a_failed_one_is_due_at_once():
    now = timezone.now()
    hourly = Job("hourly", lambda now: 1, every=timedelta(hours=1))

    assert run_due_jobs([hourly], now=now) == {"hourly": 1}
    assert run_due_jobs([hourly], now=now + timedelta(minutes=59)) == {}
    assert run_due_jobs([hourly], now=now + timedelta(hours=1, minutes=1)) == {"hourly": 1}
    JobRun.objects.update(last_error="RuntimeError")
    assert run_due_jobs([hourly], now=now + timedelta(hours=1, minutes=2)) == {"hourly": 1}


def test_a_clock_that_stopped_is_late():
    now = timezone.now()
    jobs = [Job("often", lambda now: 1), Job("hourly", lambda now: 1, every=timedelta(hours=1)), Job("never", fails)]
    run_due_jobs(jobs[:2], now=now)

    assert late_jobs(jobs, within=timedelta(minutes=10), now=now + timedelta(minutes=9)) == ["never"]
    assert late_jobs(jobs, within=timedelta(minutes=10), now=now + timedelta(minutes=11)) == ["often", "never"]


def command(*args):
    out, err = io.StringIO(), io.StringIO()
    call_command("marketplace_tick", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_runs_every_job_and_says_what_it_did(market):
    [part] = new_parts([(factories.make_listing(stall=factories.make_stall(market=market)), 4)])
    type(part).objects.update(accept_by=timezone.now() - timedelta(seconds=1))

    said, _err = command()

    assert "unanswered: 1\n" in said
    assert fresh(part).state == S.UNANSWERED
    assert JobRun.objects.count() == len(JOBS)


def test_the_check_fails_when_nothing_ran():
    with pytest.raises(CommandError) as problem:
        command("--check")

    assert problem.value.returncode == 1
    assert str(problem.value).startswith("Not run lately: notifications, poll_charges, bank_lines, resume_payments")


def test_the_check_passes_after_a_tick_and_shows_what_was_given_up():
    command()
    OutboxEvent.objects.create(key="x", topic="x", dead_at=timezone.now())
    JobRun.objects.filter(job="waves").update(last_error="1 failed, the first with ValueError")

    said, err = command("--check")

    assert said == "All jobs ran lately.\n"
    assert err.splitlines() == [
        "waves failed last time: 1 failed, the first with ValueError",
        "Messages given up: 1. See the outbox in the admin.",
    ]


def test_the_check_fails_when_one_job_stopped():
    command()
    JobRun.objects.filter(job="no_shows").update(finished_at=timezone.now() - timedelta(minutes=11))

    with pytest.raises(CommandError) as problem:
        command("--check")

    assert str(problem.value) == "Not run lately: no_shows."
    command("--check", "--within", "12")


def test_the_loop_goes_on_until_it_is_stopped(monkeypatch):
    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 3:
            raise KeyboardInterrupt

    refreshed = []
    module = "oscar_marketplace.management.commands.marketplace_tick"
    monkeypatch.setattr(f"{module}.time.sleep", sleep)
    monkeypatch.setattr(f"{module}.close_old_connections", lambda: refreshed.append(True))

    said, _err = command("--loop", "30")

    assert (pauses, said, len(refreshed)) == ([30, 30, 30], "", 3)
    assert JobRun.objects.count() == len(JOBS)
