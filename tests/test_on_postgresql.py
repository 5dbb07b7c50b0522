"""Runs what is promised on PostgreSQL (marks ``postgres`` and ``both``) in a session of its own."""

import os
import re
import subprocess
import sys

import pytest

URL = os.environ.get("TEST_POSTGRES_URL", "")


@pytest.mark.skipif(not URL, reason="no PostgreSQL server: scripts/with_postgres finds or makes one")
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("which", ["not alone", pytest.param("alone", marks=pytest.mark.alone)])
def test_what_is_promised_on_postgresql_holds_there(which):
    selection = f"(postgres or both) and {which}"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.plugins.no_skips", "-m", selection, "tests"]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    environment = {**outside, "DATABASE_URL": URL}

    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    print(run.stdout[-6000:], run.stderr[-3000:])
    assert run.returncode == 0
    passed = re.search(r"(\d+) passed", run.stdout)
    assert passed and int(passed.group(1)) > 0
