"""The demo's own time: what happened yesterday is written by the same verbs, at yesterday's hour."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import time_machine


@contextmanager
def clock_at(moment: datetime) -> Iterator[datetime]:
    """Inside, it is ``moment`` for everything in this process."""
    # In UTC, as time_machine would change the process's zone with a zoned moment.
    with time_machine.travel(moment.astimezone(UTC), tick=False):
        yield moment
