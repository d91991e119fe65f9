#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A private PostgreSQL server for the tests and the benchmarks.
#
#   postgres.sh start DIR [--durable]   starts it and writes DIR/uri (a libpq URI) when it is ready
#   postgres.sh stop DIR                stops it and removes its data
#
# The data lives in a new temporary folder, the server listens on a free port of 127.0.0.1 and on a
# socket in that folder: a server that is there already is never touched. Everybody is trusted but
# the role holdpoint_pw, whose password is holdpoint-pw-secret. --durable keeps fsync on, as a real
# server has it. Exit code 77: PostgreSQL's server is not installed.
set -euo pipefail
umask 022

readonly marker=.holdpoint-private-server

fail() { echo "postgres.sh: $*" >&2; exit 1; }

# The folder with initdb and pg_ctl: the newest installed version, else whatever PATH has.
find_binaries() {
    local initdb
    initdb=$(find /usr/lib/postgresql/*/bin -maxdepth 1 -name initdb 2>/dev/null | sort -V | tail -n 1 || true)
    [ -n "$initdb" ] || initdb=$(command -v initdb || true)
    if [ -z "$initdb" ]; then
        echo "postgres.sh: skipped: PostgreSQL's server is not installed (Debian: apt-get install postgresql)" >&2
        exit 77
    fi
    dirname "$initdb"
}

# initdb and postgres refuse to run as root.
server_user() {
    if [ "$(id -u)" -ne 0 ]; then id -un
    elif id -u postgres >/dev/null 2>&1; then echo postgres
    else echo nobody
    fi
}

as_server() {
    if [ "$(id -u)" -ne 0 ]; then "$@"; else runuser -u "$(server_user)" -- "$@"; fi
}

# A socket's path may have 107 bytes: a long TMPDIR is no place for it.
new_home() {
    local parent=${TMPDIR:-/tmp}
    [ ${#parent} -le 60 ] || parent=/tmp
    mktemp -d "$parent/holdpoint-postgres.XXXXXX"
}

write_configuration() {
    local home=$1 durable=$2
    cat >>"$home/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$home'
max_connections = 60
max_prepared_transactions = 10
log_min_messages = warning
timezone = 'UTC'
CONF
    if [ "$durable" = no ]; then
        printf 'fsync = off\nfull_page_writes = off\nautovacuum = off\n' >>"$home/data/postgresql.conf"
    fi
    cat >"$home/data/pg_hba.conf" <<CONF
local all holdpoint_pw              scram-sha-256
host  all holdpoint_pw 127.0.0.1/32 scram-sha-256
local all all                       trust
host  all all          127.0.0.1/32 trust
CONF
}

# Ports below the range from which the kernel takes the ports of outgoing connections.
start_on_free_port() {
    local home=$1 port
    for _ in $(seq 30); do
        port=$((20000 + (RANDOM % 12000)))
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue; fi
        if as_server "$bin/pg_ctl" start -w -t 60 -s -D "$home/data" -l "$home/log" -o "-p $port" >/dev/null 2>&1; then
            echo "$port"
            return
        fi
        grep -q 'Address already in use' "$home/log" 2>/dev/null || break
    done
    cat "$home/log" >&2 2>/dev/null || true
    return 1
}

stop() {
    local dir=$1 home
    rm -f "$dir/uri"
    [ -f "$dir/home" ] || return 0
    home=$(cat "$dir/home")
    if [ -f "$home/$marker" ]; then
        cd /
        if [ -f "$home/data/postmaster.pid" ]; then
            as_server "$bin/pg_ctl" stop -w -t 30 -s -m fast -D "$home/data" >/dev/null 2>&1 \
                || as_server "$bin/pg_ctl" stop -w -t 30 -s -m immediate -D "$home/data" >/dev/null 2>&1 || true
        fi
        rm -rf "$home"
    fi
    rm -f "$dir/home"
}

start() {
    local dir=$1 durable=$2 home port
    stop "$dir"
    mkdir -p "$dir"
    home=$(new_home)
    touch "$home/$marker"
    echo "$home" >"$dir/home"
    [ "$(id -u)" -ne 0 ] || chown -R "$(server_user)" "$home"
    chmod 755 "$home"
    cd "$home"
    as_server "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$home/initdb.log" 2>&1 \
        || { cat "$home/initdb.log" >&2; stop "$dir"; fail "initdb failed"; }
    as_server bash -c "$(declare -f write_configuration); write_configuration '$home' '$durable'"
    port=$(start_on_free_port "$home") || { stop "$dir"; fail "the server does not start"; }
    "$bin/psql" -X -q -h 127.0.0.1 -p "$port" -U postgres -d postgres -v ON_ERROR_STOP=1 \
        -c "CREATE ROLE holdpoint_pw LOGIN PASSWORD 'holdpoint-pw-secret'" \
        || { stop "$dir"; fail "the server does not answer"; }
    echo "postgresql://postgres@127.0.0.1:$port/postgres" >"$dir/uri.new"
    mv "$dir/uri.new" "$dir/uri"
    echo "postgres.sh: a private PostgreSQL server listens on 127.0.0.1:$port"
}

[ $# -ge 2 ] || fail "usage: postgres.sh start|stop DIR [--durable]"
for variable in $(compgen -e PG || true); do unset "$variable"; done
dir=$(realpath -m "$2")
bin=$(find_binaries)
case "$1 ${3:-}" in
    "start ") start "$dir" no ;;
    "start --durable") start "$dir" yes ;;
    "stop ") stop "$dir" ;;
    *) fail "usage: postgres.sh start|stop DIR [--durable]" ;;
esac
