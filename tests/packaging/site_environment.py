"""An environment that holds the built wheel and exactly what it declares, made without a network.

A plain copy of the running environment would hide a dependency that nobody declared. So the declared ones are
followed through the metadata of the installed distributions, and only those are linked in.
"""

import socket
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

#: Nothing of the test's own process: not its settings, not the checkout's place.
ENVIRON = {"PATH": "/usr/bin:/bin"}


class SiteEnvironment:
    """A virtual environment with ``wheel`` installed, plus what the host itself brings (``extra``).

    ``wheel_extra`` is one of the wheel's own: ``pip install wheel[wagtail]``.
    """

    def __init__(self, folder: Path, *, wheel: Path, extra: tuple[str, ...] = (), wheel_extra: str = ""):
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
        for name in closure([*(installed.requires or []), *extra], extra=wheel_extra):
            self._link(metadata.distribution(name))

    def _link(self, distribution: metadata.Distribution) -> None:
        for top in {file.parts[0] for file in distribution.files or [] if file.parts[0] != ".."}:
            link = self.packages / top
            if not link.exists():
                link.symlink_to(distribution.locate_file(top))

    def run(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess:
        """Run this environment's Python; the checkout is not importable from it."""
        return subprocess.run([self.python, *arguments], cwd=cwd, capture_output=True, text=True, env=ENVIRON)

    @contextmanager
    def server(self, project: Path) -> Iterator[str]:
        """The project in ``project`` on the network; yields its address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        with (project / "server.log").open("w") as log:
            command = [self.python, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
            server = subprocess.Popen(command, cwd=project, stdout=log, stderr=log, env=ENVIRON)
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(port: int, server: subprocess.Popen, timeout_seconds: int = 60) -> None:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("the server did not start")


def closure(requirements: list[str], *, extra: str = "") -> set[str]:
    """Names of all distributions these requirements, with those of one extra, need in this Python.

    The distributions of the requirements themselves are included.

    Raises ``importlib.metadata.PackageNotFoundError`` for a requirement that is not installed here.
    """
    found: set[tuple[str, str]] = set()
    waiting = [(requirement, extra) for requirement in requirements]
    while waiting:
        text, of_extra = waiting.pop()
        requirement = Requirement(text)
        if requirement.marker and not requirement.marker.evaluate({"extra": of_extra}):
            continue
        name = canonicalize_name(requirement.name)
        for wanted in {"", *requirement.extras}:
            if (name, wanted) not in found:
                found.add((name, wanted))
                waiting += [(needed, wanted) for needed in metadata.distribution(name).requires or []]
    return {name for name, _ in found}
