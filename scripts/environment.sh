# Sourced by the scripts beside it: numbered steps, plain-word failures, and a .venv that is installed only when
# setup.cfg changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
CHECKOUT=$PWD
VENV=$CHECKOUT/.venv
PY=$VENV/bin/python
STEP=0
STEPS=${STEPS:-1}

step() {
    STEP=$((STEP + 1))
    echo "[$STEP/$STEPS] $*"
}

die() {
    echo >&2
    printf '%s\n' "$@" >&2
    exit 1
}

# fingerprint FILE...: changes when a file's content does.
fingerprint() {
    cat -- "$@" | cksum
}

# unchanged STAMP VALUE: whether the work behind the stamp was done for this value.
unchanged() {
    [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]
}

stamp() {
    mkdir -p "$(dirname "$1")"
    echo "$2" >"$1"
}

# require_free_port HOST PORT
require_free_port() {
    local host=$1 port=$2
    [[ "$port" =~ ^[0-9]+$ ]] || die "PORT has to be a number, not \"$port\". For example:  PORT=8001 make demo"
    # SO_REUSEADDR as the server sets it: a connection still closing from an earlier run does not count.
    "$PY" - "$host" "$port" <<'PYTHON' || die "Port $port is taken by another program, perhaps an earlier demo." \
        "Stop that one, or choose another port:  PORT=$((port + 1)) make demo"
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((sys.argv[1], int(sys.argv[2])))
    except (OSError, OverflowError):
        sys.exit(1)
PYTHON
}

# find_python: prints the first Python 3.11+ that can make a virtual environment.
find_python() {
    local candidate too_bare=""
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        # Running it is the only sure test: version managers leave names behind that only print an error.
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
        too_bare=$candidate
    done
    if [ -n "$too_bare" ]; then
        die "This Python ($too_bare) cannot make virtual environments: Debian and Ubuntu ship that part separately." \
            "Install it and try again:" \
            "    sudo apt install $("$too_bare" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    die "Python 3.11 or newer was not found." \
        "On Debian 12, Ubuntu 24.04 or newer:" \
        "    sudo apt install python3 python3-venv" \
        "If it is installed under another name, say so:  PYTHON=/path/to/python3.12 make ..."
}

explain_failed_install() {
    local log=$1
    tail -n 25 "$log" >&2
    if grep -qiE 'name resolution|NewConnectionError|network is unreachable|connection refused|ReadTimeout|ConnectTimeout|ProxyError' "$log"; then
        die "The packages could not be downloaded: the Python package index was not reached." \
            "Check the internet connection (or the proxy, in PIP_PROXY or HTTPS_PROXY) and run the command again;" \
            "what was already downloaded is kept."
    elif grep -qi 'no space left' "$log"; then
        die "The disk is full: about 600 MB are needed. Make room and run the command again."
    fi
    die "Installing the Python packages failed; pip's last lines are above, all of them in $log."
}

# prepare_environment EXTRA: makes .venv and installs the checkout into it with that extra.
# USE_PYTHON names a Python that has the packages already: it is used as it is.
prepare_environment() {
    local extra=$1 python version log wanted
    if [ -n "${USE_PYTHON:-}" ]; then
        PY=$USE_PYTHON
        echo "      using $PY with the packages it has"
        return
    fi
    if [ -x "$PY" ] && ! { "$PY" -c '' 2>/dev/null && unchanged "$VENV/.checkout" "$CHECKOUT"; }; then
        echo "      .venv belongs to another folder or to a Python that is gone: making it anew"
        rm -rf "$VENV"
    fi
    if [ ! -x "$PY" ]; then
        python=$(find_python)
        rm -rf "$VENV"
        "$python" -m venv "$VENV" || die "$python could not make a virtual environment in $VENV (its words are above)."
        stamp "$VENV/.checkout" "$CHECKOUT"
    fi
    version=$("$PY" -c 'import platform; print(platform.python_version())')
    wanted="$(fingerprint setup.cfg setup.py pyproject.toml) $version"
    if unchanged "$VENV/.installed-$extra" "$wanted"; then
        echo "      Python $version, packages already there"
        return
    fi
    log=$VENV/install.log
    echo "      Python $version; downloading and installing (the first time takes a minute or two)"
    if [ -t 1 ]; then
        "$PY" -m pip install --disable-pip-version-check --editable ".[$extra]" 2>&1 | tee "$log" |
            awk '/^ *Collecting/ { printf "\r      %-60.60s", $2; fflush() } END { printf "\r%66s\r", "" }' ||
            explain_failed_install "$log"
    else
        "$PY" -m pip install --disable-pip-version-check --editable ".[$extra]" >"$log" 2>&1 ||
            explain_failed_install "$log"
    fi
    stamp "$VENV/.installed-$extra" "$wanted"
}
