"""The plugin that CI loads: what skips elsewhere fails there."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

SKIPPING = {
    "in_a_test": "import pytest\n\ndef test_it():\n    pytest.skip('no browser here')\n",
    "by_a_mark": "import pytest\n\n@pytest.mark.skip('no browser here')\ndef test_it():\n    pass\n",
    "in_a_fixture": (
        "import pytest\n\n@pytest.fixture\ndef browser():\n    pytest.skip('no browser here')\n\n"
        "def test_it(browser):\n    pass\n"
    ),
    "of_a_module": "import pytest\n\npytest.skip('no browser here', allow_module_level=True)\n",
}


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess:
    (folder / "pytest.ini").write_text("[pytest]\n")
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:django",
            "-c",
            f"{folder}/pytest.ini",
            *arguments,
            str(folder),
        ],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("source", SKIPPING.values(), ids=SKIPPING)
def test_a_skip_fails_and_says_why(source, tmp_path):
    (tmp_path / "test_it.py").write_text(source)

    without = run_pytest(tmp_path)
    loaded = run_pytest(tmp_path, "-p", "tests.plugins.no_skips")

    assert "1 skipped" in without.stdout
    assert loaded.returncode != 0
    assert "no browser here" in loaded.stdout


def test_an_expected_failure_is_not_a_skip(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n@pytest.mark.xfail(reason='known')\ndef test_it():\n    raise AssertionError\n"
    )

    loaded = run_pytest(tmp_path, "-p", "tests.plugins.no_skips")

    assert loaded.returncode == 0
    assert "1 xfailed" in loaded.stdout
