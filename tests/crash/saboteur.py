"""Makes one step of a request fail: the n-th SQL statement, commit or commit callback."""

from contextlib import contextmanager

from django.db import OperationalError, connection


class Crash(OperationalError):
    """What the saboteur raises: the kind of error a database that goes away raises."""


class Saboteur:
    """Counts the steps of what runs inside it, and raises at the ``at``-th.

    A step is an SQL statement (before it runs), a commit (before it, and once more after it) or a commit callback
    (before it runs).
    """

    def __init__(self, at: int):
        self.at, self.steps, self.fired_in = at, 0, ""

    def step(self, what: str) -> None:
        self.steps += 1
        if self.steps == self.at:
            self.fired_in = what
            raise Crash(f"step {self.at}: {what}")

    def _execute(self, execute, sql, params, many, context):
        self.step(sql[:90])
        return execute(sql, params, many, context)

    def _commit(self):
        self.step("before COMMIT")
        self._real_commit()
        self.step("after COMMIT")

    def _on_commit(self, func, robust=False):
        def sabotaged():
            self.step(f"callback {getattr(func, '__qualname__', func)}")
            func()

        return self._real_on_commit(sabotaged, robust=robust)

    @contextmanager
    def at_work(self):
        self._real_commit, self._real_on_commit = connection._commit, connection.on_commit
        connection._commit, connection.on_commit = self._commit, self._on_commit
        try:
            with connection.execute_wrapper(self._execute):
                yield self
        finally:
            del connection._commit
            del connection.on_commit
            if connection.in_atomic_block or connection.needs_rollback:
                # The request's connection would be closed by the handler; here the test goes on with it.
                connection.close()
