"""Threads with their own database connections that start together."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def together(*acts: Callable[[], object]) -> list[object]:
    """Run the acts at the same time, each on its own connection; returns their results or exceptions, in order."""
    barrier = threading.Barrier(len(acts))

    def run(act):
        try:
            barrier.wait(timeout=20)
            return act()
        except Exception as failure:  # noqa: BLE001 (the caller asks what happened)
            return failure
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
