"""Fixtures of the whole suite; thin, the public ones live in ``oscar_marketplace.test``."""

import os
import socket

import pytest
from django.test import TestCase, TransactionTestCase
from django.utils import translation

from tests import database

pytest_plugins = ["oscar_marketplace.test.fixtures"]

REAL_CONNECT = socket.socket.connect
#: What measures time, or that requests overlap; and Wagtail's editor, whose scripts are late when others keep the
#: processor busy: what is clicked before them is lost.
ALONE = (
    "tests/benchmarks/",
    "tests/concurrency/",
    "tests/crash/test_killed_process.py",
    "tests/browser/test_editor.py",
)
EMPTYING_FIXTURES = {"transactional_db", "live_server", "django_db_reset_sequences", "django_db_serialized_rollback"}
#: Fixtures of the session that take minutes to make, once for each database.
SHARED_CITIES = ("plain_city", "plain_city_with_noticeboard")


def _connect_only_here(self, address):
    host = address[0] if isinstance(address, tuple) else ""
    if host not in {"", "localhost", "127.0.0.1", "::1", "0.0.0.0"}:
        raise RuntimeError(f"a test tried to reach {host}: tests use no network")
    return REAL_CONNECT(self, address)


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite: about SQLite itself; left out of a PostgreSQL session")
    config.addinivalue_line("markers", "both: promised on SQLite and on PostgreSQL; runs on either")
    config.addinivalue_line("markers", "xdist_group(name): goes to one worker; known also where pytest-xdist is absent")
    config.addinivalue_line("markers", "wagtail8: about what Wagtail 7.4 does not have; left out of a session on it")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if item.nodeid.startswith(ALONE):
            item.add_marker(pytest.mark.alone)
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    _leave_out_what_runs_elsewhere(config, items)
    yield
    # The longest first, or one worker would still be at them when the others are done. But what empties the database
    # takes the rows that migrations wrote along, which other tests of the same worker need: it comes last of all.
    items.sort(key=lambda item: (empties_database(item), -_seconds_allowed(item)))


def _group(item) -> str:
    """The tests of one group go to one worker: those of a file, or of the files that share a city.

    Those of a file that empty the database are a group of their own, for they come later.
    """
    parameters = item.callspec.params if hasattr(item, "callspec") else {}
    cities = [f"{name}-{parameters[name]}" for name in SHARED_CITIES if name in parameters]
    own = f"{item.nodeid.partition('::')[0]}{' emptied' if empties_database(item) else ''}"
    return cities[0] if cities else own


def empties_database(item) -> bool:
    """Whether a test commits, so that every row is deleted after it."""
    mark = item.get_closest_marker("django_db")
    if mark is not None and mark.kwargs.get("transaction"):
        return True
    if EMPTYING_FIXTURES & set(getattr(item, "fixturenames", ())):
        return True
    owner = getattr(item, "cls", None)
    return owner is not None and issubclass(owner, TransactionTestCase) and not issubclass(owner, TestCase)


def _seconds_allowed(item) -> int:
    limit = item.get_closest_marker("timeout")
    return limit.args[0] if limit else 600 if item.get_closest_marker("slow") else 0


def _leave_out_what_runs_elsewhere(config, items):
    """Tests that need PostgreSQL run in a session of their own (tests/test_on_postgresql.py), not as skips here.

    So do those that need Wagtail 8: in an environment that has it.
    """
    import wagtail
    from django.db import connection

    foreign = {"sqlite" if connection.vendor == "postgresql" else "postgres"}
    if wagtail.VERSION < (8,):
        foreign.add("wagtail8")
    elsewhere = [item for item in items if any(item.get_closest_marker(marker) for marker in foreign)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(autouse=True, scope="session")
def no_network():
    socket.socket.connect = _connect_only_here
    yield
    socket.socket.connect = REAL_CONNECT


@pytest.fixture(autouse=True)
def own_language():
    """A request in Spanish leaves Spanish behind in its thread; each test begins in the language of the settings."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Replaces pytest-django's: a copy of a database migrated once."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        database.use_copy(worker)
    yield
    with django_db_blocker.unblock():
        database.drop_copy()
