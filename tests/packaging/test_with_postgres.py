"""``scripts/with_postgres`` hands a server to a command and cleans up after it."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "with_postgres"
TELL = "import os; print(os.environ.get('TEST_POSTGRES_URL', 'none'))"


@pytest.fixture
def script() -> dict:
    return runpy.run_path(str(SCRIPT))


def run_with_postgres(code: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, SCRIPT, sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_a_given_server_is_taken_as_it_is():
    url = "postgresql://city:secret@db.example.org/markets"

    told = run_with_postgres(TELL, DATABASE_URL=url)

    assert told.stdout.strip() == url


def test_the_commands_status_is_ours():
    ended = run_with_postgres("raise SystemExit(7)", DATABASE_URL="postgresql://db.example.org/markets")

    assert ended.returncode == 7


def test_without_a_command_it_explains_itself():
    refused = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True)

    assert refused.returncode == 2
    assert "scripts/with_postgres python -m pytest" in refused.stderr


def test_a_temporary_server_takes_databases_and_is_gone_afterwards(script):
    binaries = script["_find_binaries"]()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed: sudo apt install postgresql")

    with script["_temporary_server"](binaries) as (url, _):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE of_a_test")
            (folder,) = connection.execute("SHOW data_directory").fetchone()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(make_conninfo(url, password="a guess"))

    assert not Path(folder).exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
