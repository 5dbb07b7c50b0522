"""What ``make demo`` and ``make test`` say when a machine lacks something: plain words and how to mend it."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]

TOO_OLD = "#!/bin/sh\nexit 1\n"  # "is it 3.11 or newer?": no
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *print*) echo python3.12-venv;; esac\nexit 0\n'
GOOD = "#!/bin/sh\nexit 0\n"


def run_bash(script: str, **environment: str) -> subprocess.CompletedProcess:
    """Run lines of bash after sourcing the environment script."""
    bash = shutil.which("bash")
    return subprocess.run(
        [bash, "-c", f"source scripts/environment.sh\n{script}"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
    )


@pytest.fixture
def machine(tmp_path):
    """A folder for PATH with nothing but the tools of any system; returns a function that adds a Python."""
    for tool in ("cat", "cksum", "dirname", "env", "mkdir", "tail", "grep"):
        (tmp_path / tool).symlink_to(shutil.which(tool))

    def add_python(name: str, script: str) -> str:
        path = tmp_path / name
        path.write_text(script)
        path.chmod(0o755)
        return str(tmp_path)

    return add_python


def test_first_python_that_can_do_it_is_taken(machine):
    machine("python3", TOO_OLD)
    path = machine("python3.12", GOOD)

    found = run_bash("find_python", PATH=path)

    assert (found.returncode, found.stdout) == (0, "python3.12\n")


def test_a_named_python_goes_first(machine):
    machine("python3", GOOD)
    path = machine("python3.12", GOOD)

    found = run_bash("find_python", PATH=path, PYTHON="python3.12")

    assert found.stdout == "python3.12\n"


def test_no_new_enough_python_is_said_with_the_command_to_mend_it(machine):
    path = machine("python3", TOO_OLD)

    refused = run_bash("find_python", PATH=path)

    assert refused.returncode == 1
    assert "Python 3.11 or newer was not found" in refused.stderr
    assert "sudo apt install python3 python3-venv" in refused.stderr


def test_missing_venv_names_the_package_of_that_version(machine):
    path = machine("python3", WITHOUT_VENV)

    refused = run_bash("find_python", PATH=path)

    assert refused.returncode == 1
    assert "sudo apt install python3.12-venv" in refused.stderr


def test_a_taken_port_is_said_with_another_to_choose():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        refused = run_bash(f"PY={sys.executable}; require_free_port 127.0.0.1 {port}")

    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert f"PORT={port + 1} make demo" in refused.stderr


def test_a_free_port_passes():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert run_bash(f"PY={sys.executable}; require_free_port 127.0.0.1 {port}").returncode == 0


def test_a_port_that_is_no_number_is_refused_before_anything_is_tried():
    refused = run_bash("PY=false; require_free_port 127.0.0.1 '80 80'")

    assert refused.returncode == 1
    assert "PORT has to be a number" in refused.stderr


@pytest.mark.parametrize(
    ("pip_said", "we_say"),
    [
        ("Failed to establish a new connection: Temporary failure in name resolution", "internet connection"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("ResolutionImpossible", "pip's last lines are above"),
    ],
)
def test_a_failed_download_is_explained(pip_said, we_say, tmp_path):
    log = tmp_path / "install.log"
    log.write_text(f"Collecting Django\nERROR: {pip_said}\n")

    refused = run_bash(f"explain_failed_install {log}")

    assert refused.returncode == 1
    assert pip_said in refused.stderr
    assert we_say in refused.stderr


def test_work_is_repeated_only_when_its_input_changed(tmp_path):
    source = tmp_path / "setup.cfg"
    source.write_text("one")
    done = f'stamp {tmp_path}/done "$(fingerprint {source})"'
    again = f'unchanged {tmp_path}/done "$(fingerprint {source})"'

    assert run_bash(again).returncode == 1
    run_bash(done)
    assert run_bash(again).returncode == 0

    source.write_text("two")
    assert run_bash(again).returncode == 1
