"""``make demo``: the first start makes a city, the second is quick, and the site it names answers."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_SOURCES = shutil.ignore_patterns(".git", ".venv", ".tox", "var", "__pycache__", "*.mo", "tests", "docs")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory) -> Path:
    """A copy: somebody who edits a file meanwhile would make the second start a first one."""
    copy = tmp_path_factory.mktemp("checkout") / "mercado"
    shutil.copytree(CHECKOUT, copy, ignore=NOT_SOURCES)
    return copy


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """The demo in a folder of its own, with the packages that run this test."""
    passed_on = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return {
        **passed_on,
        "USE_PYTHON": sys.executable,
        "EXAMPLE_VAR_DIR": str(tmp_path_factory.mktemp("demo")),
        "PORT": port,
    }


@pytest.fixture(scope="module")
def first_start(checkout, environment) -> subprocess.CompletedProcess:
    return start(checkout, environment)


def start(checkout: Path, environment: dict[str, str]) -> subprocess.CompletedProcess:
    return subprocess.run(
        [checkout / "scripts" / "demo"],
        cwd=checkout,
        env={**environment, "DEMO_NO_SERVE": "1"},
        capture_output=True,
        text=True,
    )


def seconds_taken(started: subprocess.CompletedProcess) -> int:
    return int(re.search(r"Ready in (\d+) s", started.stdout).group(1))


def test_first_start_is_ready_within_three_minutes(first_start):
    assert first_start.returncode == 0, first_start.stdout + first_start.stderr
    assert seconds_taken(first_start) < 180
    assert [line[:5] for line in first_start.stdout.splitlines() if line.startswith("[")] == [
        "[1/5]",
        "[2/5]",
        "[3/5]",
        "[4/5]",
    ]


def test_second_start_does_nothing_again_and_is_ready_within_15_seconds(first_start, checkout, environment):
    second = start(checkout, environment)

    assert second.returncode == 0, second.stderr
    assert second.stdout.count("nothing changed") == 2
    assert seconds_taken(second) < 15


def test_a_lost_database_is_made_again(first_start, checkout, environment):
    (Path(environment["EXAMPLE_VAR_DIR"]) / "demo.sqlite3").unlink()

    again = start(checkout, environment)

    assert again.returncode == 0, again.stderr
    assert "nothing changed" not in again.stdout


def test_the_site_it_names_answers_and_closes_with_it(first_start, checkout, environment):
    with subprocess.Popen(
        ["scripts/demo"],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as demo:
        lines = iter(demo.stdout.readline, "")
        named = next(line for line in lines if "The market is open" in line)
        site = re.search(r"http://\S+", named).group()
        page = urllib.request.urlopen(site).read().decode()
        demo.send_signal(signal.SIGTERM)
        logins = "".join(lines)
        demo.wait()

    assert "<html" in page
    assert "@" in logins
    assert_closed(int(environment["PORT"]))


def assert_closed(port: int, timeout_seconds: int = 20) -> None:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server outlived the demo")
