"""Emptying a test database that refuses to empty its books.

``TransactionTestCase`` deletes every row after a test. PostgreSQL truncates, which the guards of the ledger allow the
tables' owner; SQLite deletes, which they refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.sqlite3.base import DatabaseOperations

GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'oscar_marketplace_ledger%'"


@contextmanager
def books_may_be_flushed() -> Iterator[None]:
    """While it lasts, ``flush`` on SQLite takes the guards of the books away and puts them back."""
    real = DatabaseOperations.execute_sql_flush

    def flush(self, sql_list) -> None:
        with without_guards(self.connection):
            real(self, sql_list)

    DatabaseOperations.execute_sql_flush = flush
    try:
        yield
    finally:
        DatabaseOperations.execute_sql_flush = real


@contextmanager
def without_guards(connection) -> Iterator[None]:
    """SQLite without the guards of the books, for tests that need wrong books or none."""
    with connection.cursor() as cursor:
        guards = cursor.execute(GUARDS).fetchall()
        for name, _sql in guards:
            cursor.execute(f"DROP TRIGGER {name}")
        try:
            yield
        finally:
            for _name, sql in guards:
                cursor.execute(sql)
