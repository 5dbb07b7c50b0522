"""The documentation builds without a warning, and the README's links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]


def broken_links(page: Path) -> list[str]:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    return [target for target in targets if not (page.parent / target).exists()]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_of_the_front_pages_lead_to_files(page):
    assert broken_links(CHECKOUT / page) == []


def test_a_broken_link_is_noticed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("[there](page.md), [away](https://example.org), [gone](gone.md#part)")

    assert broken_links(page) == ["gone.md"]


def test_documentation_builds_without_a_warning(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "docs", str(tmp_path)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )

    assert built.returncode == 0, built.stderr
    assert (tmp_path / "explanation" / "overlay.html").exists()
