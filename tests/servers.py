"""A real server with several processes and threads on the test database."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database_url() -> str:
    """The URL of the database the test uses, for another process."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return ""
    user = quote(settings["USER"]) + (f":{quote(settings['PASSWORD'])}" if settings["PASSWORD"] else "")
    return f"postgresql://{user}@{settings['HOST']}:{settings['PORT'] or 5432}/{settings['NAME']}"


@contextmanager
def running_server(tmp_path, *, processes: int = 1, threads: int = 8, **environment):
    """Start gunicorn on the test's database and yield its address; stopped at the end.

    Every process is the real thing: the example's settings with the test suite's switches.
    """
    port = free_port()
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_SERVER": "1",
        "EXAMPLE_VAR_DIR": str(tmp_path),
        "DATABASE_URL": database_url(),
        "TEST_SQLITE_FILE": str(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else "",
        **environment,
    }
    command = [sys.executable, "-m", "gunicorn", "example_site.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(processes), "--threads", str(threads), "--worker-class", "gthread"]
    command += ["--timeout", "120", "--graceful-timeout", "5", "--log-level", "warning"]
    log = open(tmp_path / "server.log", "wb")  # noqa: SIM115 (lives as long as the server)
    server = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, server, tmp_path)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _wait_for(port: int, server, tmp_path) -> None:
    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError((tmp_path / "server.log").read_text()[-3000:])
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start")
