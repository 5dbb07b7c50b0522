# Sourced by scripts/test: what some tests need from the system, by Debian's names.

missing_system_packages() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
        echo chromium
    command -v msgfmt >/dev/null || echo gettext
    if [ -z "${DATABASE_URL:-}" ] && ! command -v initdb >/dev/null && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
        echo postgresql
    fi
}

# as_root COMMAND...: fails when this user may not, without ever asking for a password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

# provide_system_packages: with TEST_ALL installs the missing ones where it may; else names them and goes on.
provide_system_packages() {
    local missing
    missing=$(missing_system_packages | xargs)
    if [ -z "$missing" ]; then
        echo "      all there"
        return
    fi
    if [ -n "${TEST_ALL:-}" ] && command -v apt-get >/dev/null && as_root true 2>/dev/null; then
        echo "      installing $missing"
        as_root apt-get -qq update >/dev/null
        # shellcheck disable=SC2086  # a list of words
        as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $missing >/dev/null
        return
    fi
    echo "      missing: $missing. The tests that need them will skip and say so."
    echo "      To run them too:  sudo apt install $missing"
    if [ -n "${TEST_ALL:-}" ]; then
        echo "      TEST_ALL is set, so each of those skips will count as a failure."
    fi
}
