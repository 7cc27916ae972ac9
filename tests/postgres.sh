#!/usr/bin/env bash
# Runs a command with a PostgreSQL of its own, named by ILAN_TEST_POSTGRES_URL, and removes it afterwards.
#
#   tests/postgres.sh .venv/bin/python -m pytest
#
# Where there is no PostgreSQL it says so and ends well, unless REQUIRE_POSTGRES=1. Nothing of the machine's own
# PostgreSQL, if one runs, is touched.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: tests/postgres.sh COMMAND [ARGUMENT…]" >&2
    exit 2
fi

PATH=$PATH:/usr/sbin:/sbin # runuser is there, and some ways to become root leave them out

# Debian keeps these programs off the PATH, a directory for each version: the newest is taken.
bin=""
if command -v initdb >/dev/null && command -v pg_ctl >/dev/null; then
    bin=$(dirname "$(command -v initdb)")
else
    for directory in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V); do
        if [ -x "$directory/initdb" ] && [ -x "$directory/pg_ctl" ]; then
            bin=$directory
        fi
    done
fi
if [ -z "$bin" ]; then
    echo "There is no PostgreSQL on this machine (Debian: apt install postgresql), so its tests are skipped." >&2
    [ "${REQUIRE_POSTGRES:-}" != 1 ] || exit 1
    exit 0
fi

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    if ! id postgres >/dev/null 2>&1 || ! command -v runuser >/dev/null; then
        echo "PostgreSQL does not run as root, and there is no user postgres to run it: call this as an ordinary user." >&2
        exit 1
    fi
    as_owner=(runuser -u postgres --)
fi

# Not under TMPDIR: the path of a socket has at most 107 characters, and the user postgres must get there.
home=$(mktemp -d /tmp/ilan-postgres.XXXXXX)
stop() {
    status=$?
    trap - EXIT INT TERM HUP
    cd /
    if [ -f "$home/data/postmaster.pid" ]; then
        "${as_owner[@]}" "$bin/pg_ctl" --pgdata="$home/data" --mode=immediate --wait stop >/dev/null 2>&1 || true
    fi
    rm -rf "$home"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

if [ ${#as_owner[@]} -gt 0 ]; then
    chown postgres "$home"
fi
locale=C
if locale -a 2>/dev/null | grep -qix 'C.utf-\?8'; then
    locale=C.UTF-8
fi
# The owner may not be allowed into the present directory.
(
    cd "$home"
    "${as_owner[@]}" "$bin/initdb" --pgdata=data --username=ilan --auth=trust --encoding=UTF8 --locale="$locale" \
        --no-sync >initdb.log 2>&1
) || {
    cat "$home/initdb.log" >&2
    exit 1
}

# No data outlives this script, so nothing is ever flushed to the disk.
started=""
for _ in 1 2 3 4 5 6 7 8 9 10; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
    if (
        cd "$home"
        "${as_owner[@]}" "$bin/pg_ctl" --pgdata=data --log=server.log --wait --timeout=60 --silent --options="\
            -c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$home \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" start
    ) >/dev/null 2>&1; then
        started=$port
        break
    fi
    grep -q "Address already in use" "$home/server.log" || break
done
if [ -z "$started" ]; then
    cat "$home/server.log" >&2
    echo "PostgreSQL did not start; its own words are above." >&2
    exit 1
fi

export ILAN_TEST_POSTGRES_URL="postgresql+asyncpg://ilan@127.0.0.1:$started/postgres"
"$@"
