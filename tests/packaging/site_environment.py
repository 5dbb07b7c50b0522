"""An environment that holds the built wheel and exactly what it declares, made without a network.

A plain copy of the running environment would hide a dependency that nobody declared. So the declared ones are
followed through the metadata of the installed distributions, and only those are linked in.
"""

import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


class SiteEnvironment:
    """A virtual environment with ``wheel`` installed, plus what the host itself brings (``extra``)."""

    def __init__(self, folder: Path, *, wheel: Path, extra: tuple[str, ...] = ()):
        self.folder = folder
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        self.packages = next(folder.glob("lib/python*/site-packages"))
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "--python",
                self.python,
                "install",
                "-q",
                "--no-deps",
                "--no-index",
                wheel,
            ],
            check=True,
        )
        installed = metadata.Distribution.at(next(self.packages.glob("wagtail_mercado-*.dist-info")))
        for name in closure([*(installed.requires or []), *extra]):
            self._link(metadata.distribution(name))

    def _link(self, distribution: metadata.Distribution) -> None:
        for top in {file.parts[0] for file in distribution.files or [] if file.parts[0] != ".."}:
            link = self.packages / top
            if not link.exists():
                link.symlink_to(distribution.locate_file(top))

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
        """Run this environment's Python; the checkout is not importable from it."""
        return subprocess.run(
            [self.python, *arguments], cwd=cwd, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
        )


def closure(requirements: list[str]) -> set[str]:
    """Names of all distributions these requirements need in this Python, themselves included.

    Raises ``importlib.metadata.PackageNotFoundError`` for a requirement that is not installed here.
    """
    found: set[tuple[str, str]] = set()
    waiting = [(requirement, "") for requirement in requirements]
    while waiting:
        text, extra = waiting.pop()
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in found:
                found.add((name, wanted))
                waiting += [(needed, wanted) for needed in metadata.distribution(name).requires or []]
    return {name for name, _ in found}
