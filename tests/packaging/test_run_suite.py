"""The suite in two sessions: nothing runs beside what must run alone, and nothing is lost between the two."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.test_no_skips import SKIPPING

CHECKOUT = Path(__file__).resolve().parents[2]
PASSES, FAILS, NOTHING_SELECTED = 0, 1, 5

#: Each test writes into the file which worker ran it; "main" where there are no workers.
WRITES = """
import os, pathlib, pytest

def note(name):
    with open(pathlib.Path(__file__).parent / "ran", "a") as ran:
        ran.write(f"{name} {'side by side' if 'PYTEST_XDIST_WORKER' in os.environ else 'alone'}\\n")
"""
BESIDE = "def test_beside():\n    note('beside')\n"
ALONE = "@pytest.mark.alone\ndef test_alone():\n    note('alone')\n"
SLOW = "@pytest.mark.slow\ndef test_slow():\n    note('slow')\n"
FAILING = "def test_failing():\n    assert False\n"


def run_suite(folder: Path, source: str, *arguments: str, **environment: str) -> tuple[int, list[str]]:
    """The status, and what ran how."""
    (folder / "pytest.ini").write_text("[pytest]\nmarkers =\n    alone\n    slow\n")
    (folder / "test_it.py").write_text(source)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST")}
    done = subprocess.run(
        [sys.executable, "scripts/run_suite", sys.executable, "-p", "no:django", "-c", f"{folder}/pytest.ini"]
        + [*arguments, str(folder)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        env={**outside, **environment},
    )
    ran = folder / "ran"
    return done.returncode, sorted(ran.read_text().splitlines()) if ran.exists() else []


def test_what_measures_time_runs_after_the_rest_and_with_nothing_beside_it(tmp_path):
    done = run_suite(tmp_path, WRITES + BESIDE + ALONE + SLOW)

    assert done == (PASSES, ["alone alone", "beside side by side", "slow side by side"])


def test_a_mark_is_left_out_of_both_sessions(tmp_path):
    done = run_suite(tmp_path, WRITES + BESIDE + ALONE + SLOW + "@pytest.mark.slow\n" + ALONE, TEST_LEAVE_OUT="slow")

    assert done == (PASSES, ["beside side by side"])


@pytest.mark.parametrize("failing", [FAILING, f"@pytest.mark.alone\n{FAILING}"], ids=["beside", "alone"])
def test_a_failure_in_either_session_is_one_of_the_suite_and_hides_no_other_test(failing, tmp_path):
    done = run_suite(tmp_path, WRITES + BESIDE + ALONE + failing)

    assert done == (FAILS, ["alone alone", "beside side by side"])


@pytest.mark.parametrize(
    ("source", "status"), [(BESIDE, PASSES), (ALONE, PASSES), ("", NOTHING_SELECTED)], ids=["beside", "alone", "none"]
)
def test_a_part_of_the_suite_may_have_tests_of_one_kind_only(source, status, tmp_path):
    assert run_suite(tmp_path, WRITES + source)[0] == status


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING)
def test_a_skip_on_a_worker_fails_too(source, tmp_path):
    assert run_suite(tmp_path, source, "-p", "tests.plugins.no_skips")[0] != PASSES


def test_what_empties_the_database_comes_after_what_needs_its_rows():
    """The story commits, and is longer; Wagtail's choosers need the groups that a migration wrote."""
    names = ["tests/story", "tests/wagtail_mercado/test_choosers.py", "tests/crash/test_payment_crashes.py"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", "", *names],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )

    files = [line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line]
    last_chooser = max(n for n, name in enumerate(files) if name == names[1])
    assert last_chooser < min(n for n, name in enumerate(files) if name != names[1])
