"""Runs the jobs that are due. A job that fails, or one of its rows, never stops the others."""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from oscar_marketplace.tick.models import JobRun

logger = logging.getLogger("oscar_marketplace.tick")
BATCH = 100


@dataclass(frozen=True)
class Job:
    """``work`` is given the time and returns how many things it did; ``every`` is how often it is due."""

    name: str
    work: Callable[[datetime], int]
    every: timedelta = timedelta(0)


class SomeFailed(Exception):
    """Some rows of a job failed; the others are done."""

    def __init__(self, done: int, failed: int, first: Exception):
        self.done = done
        super().__init__(f"{failed} failed, the first with {type(first).__name__}")


def in_batches(rows: QuerySet) -> Iterator[Model]:
    """Rows by primary key, a batch at a time. Each batch is read anew, and a row that stays due comes up once."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def each(things: Iterable[Any], act: Callable[[Any], Any]) -> int:
    """Do ``act`` for each thing, on its own; returns for how many it had something to do.

    ``act`` is a verb that locks its row, looks again and opens its own transaction, so two ticks at once do it once.

    Raises:
        SomeFailed: after the last one.
    """
    done, failed, first = 0, 0, None
    for thing in things:
        try:
            done += bool(act(thing))
        except Exception as problem:
            logger.exception("%s failed for %s", act, getattr(thing, "pk", thing))
            failed, first = failed + 1, first or problem
    if first is not None:
        raise SomeFailed(done, failed, first)
    return done


def run_due_jobs(jobs: Iterable[Job] | None = None, *, now: datetime | None = None) -> dict[str, int]:
    """Run every job that is due, in order; returns how many things each did. Call it outside any transaction."""
    if jobs is None:
        from oscar_marketplace.tick.jobs import JOBS as jobs
    return {job.name: _run(job, now or timezone.now()) for job in jobs if _is_due(job, now or timezone.now())}


def _is_due(job: Job, now: datetime) -> bool:
    if not job.every:
        return True
    return not JobRun.objects.filter(job=job.name, finished_at__gt=now - job.every, last_error="").exists()


def _run(job: Job, now: datetime) -> int:
    JobRun.objects.update_or_create(job=job.name, defaults={"started_at": now})
    done, error = 0, ""
    try:
        done = job.work(now)
    except SomeFailed as problem:
        done, error = problem.done, str(problem)
    except Exception as problem:
        logger.exception("job %s failed", job.name)
        error = type(problem).__name__
    JobRun.objects.filter(job=job.name).update(finished_at=timezone.now(), done=done, last_error=error[:300])
    return done


def late_jobs(jobs: Iterable[Job], *, within: timedelta, now: datetime | None = None) -> list[str]:
    """Names of jobs that did not finish in the last ``within`` (plus the time between two runs)."""
    now = now or timezone.now()
    finished = dict(JobRun.objects.values_list("job", "finished_at"))
    return [job.name for job in jobs if finished.get(job.name) is None or finished[job.name] < now - within - job.every]
