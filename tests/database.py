"""A test database that is migrated once and then copied.

Migrating Oscar takes most of a minute; a copy takes none. The template is named by a hash of every migration of every
installed app, so a changed migration makes a new one. SQLite: a file is copied. PostgreSQL: ``CREATE DATABASE …
TEMPLATE``.
"""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connections

CACHE = Path(os.environ.get("TEST_DATABASE_CACHE", Path(tempfile.gettempdir()) / "mercado-test-databases"))


def migrations_hash() -> str:
    """Changes with the content of any migration and with the set of installed apps."""
    digest = hashlib.sha256()
    for config in sorted(apps.get_app_configs(), key=lambda each: each.name):
        digest.update(config.name.encode())
        for path in sorted(Path(config.path).glob("migrations/*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def one_builder(template: str) -> Iterator[None]:
    """Of the processes that want a template at the same time one makes it; the others wait here, then find it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with open(CACHE / f"{template}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def copy_file(template: str, target: Path, *, make: Callable[[], object]) -> None:
    """Put a copy of the cached file ``template`` at ``target``; ``make`` makes ``target`` where there is none yet."""
    with one_builder(template):
        if not (CACHE / template).exists():
            make()
            # Renaming is atomic: a run that is killed leaves no half template.
            building = CACHE / f"{template}.{os.getpid()}.building"
            shutil.copy(target, building)
            building.rename(CACHE / template)
    shutil.copy(CACHE / template, target)


def use_copy(worker: str) -> None:
    """Point the default connection at a fresh copy of the migrated template, making the template if it is missing."""
    if connections["default"].vendor == "sqlite":
        _use_sqlite_copy(worker)
    else:
        _use_postgresql_copy(worker)


def drop_copy() -> None:
    """Throw the copy away."""
    connection = connections["default"]
    name = connection.settings_dict["NAME"]
    connection.close()
    if connection.vendor == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
    else:
        _maintain(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _point_at(name: str) -> None:
    connection = connections["default"]
    connection.close()
    connection.settings_dict["NAME"] = str(name)
    connection.settings_dict["TEST"]["NAME"] = str(name)


def _migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False, run_syncdb=True)
    connections["default"].close()


def _use_sqlite_copy(worker: str) -> None:
    copy = Path(tempfile.mkdtemp(prefix="mercado-db-")) / f"{worker}.sqlite3"
    _point_at(copy)
    copy_file(f"{migrations_hash()}.sqlite3", copy, make=_migrate)


def _use_postgresql_copy(worker: str) -> None:
    template = f"mercado_tests_{migrations_hash()}"
    with _maintenance_cursor() as cursor:
        # One builder at a time; the others wait for it and then find the template.
        cursor.execute("SELECT pg_advisory_lock(727001)")
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [template])
        if cursor.fetchone() is None:
            building = f"{template}_building"
            cursor.execute(f'DROP DATABASE IF EXISTS "{building}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{building}"')
            _point_at(building)
            _migrate()
            cursor.execute(f'ALTER DATABASE "{building}" RENAME TO "{template}"')
        copy = f"mercado_tests_{worker}_{os.getpid()}"
        cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
        cursor.execute("SELECT pg_advisory_unlock(727001)")
    _point_at(copy)


def _maintenance_cursor():
    import psycopg

    settings = connections["default"].settings_dict
    connection = psycopg.connect(
        dbname="postgres",
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        autocommit=True,
    )

    class _Closing:
        def __enter__(self):
            return connection.cursor()

        def __exit__(self, *exc_info):
            connection.close()

    return _Closing()


def _maintain(statement: str) -> None:
    with _maintenance_cursor() as cursor:
        cursor.execute(statement)
