"""Fixtures of the whole suite; thin, the public ones live in ``oscar_marketplace.test``."""

import os
import socket

import pytest

from tests import database

pytest_plugins = ["oscar_marketplace.test.fixtures"]

REAL_CONNECT = socket.socket.connect


def _connect_only_here(self, address):
    host = address[0] if isinstance(address, tuple) else ""
    if host not in {"", "localhost", "127.0.0.1", "::1", "0.0.0.0"}:
        raise RuntimeError(f"a test tried to reach {host}: tests use no network")
    return REAL_CONNECT(self, address)


def pytest_configure(config):
    config.addinivalue_line("markers", "sqlite: about SQLite itself; left out of a PostgreSQL session")
    config.addinivalue_line("markers", "both: promised on SQLite and on PostgreSQL; runs on either")
    config.addinivalue_line("markers", "wagtail8: about what Wagtail 7.4 does not have; left out of a session on it")


def pytest_collection_modifyitems(config, items):
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


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_blocker):
    """Replaces pytest-django's: a copy of a database migrated once."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with django_db_blocker.unblock():
        database.use_copy(worker)
    yield
    with django_db_blocker.unblock():
        database.drop_copy()
