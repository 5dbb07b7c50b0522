"""The wheel, built once for every test that installs it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NOT_SOURCES = shutil.ignore_patterns(
    ".git", ".venv", ".tox", "var", "__pycache__", "*.mo", "*.egg-info", "build", "dist", "_build", ".*_cache"
)


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """Built from the source distribution, which is built from a copy without any compiled translation."""
    copy, out = tmp_path_factory.mktemp("source") / "mercado", tmp_path_factory.mktemp("dist")
    shutil.copytree(CHECKOUT, copy, ignore=NOT_SOURCES)
    built = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, copy],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return next(out.glob("*.whl"))
