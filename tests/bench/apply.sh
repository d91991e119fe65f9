#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How long it takes to apply many single-row updates, with capture, comparison and journal, beside psql and the sqlite3
# shell fed the same statements as literals. Whole processes, one after the other in each round, medians of all rounds.
#
#   tests/bench/apply.sh [--commands N] [--delayed-commands N] [--rounds N] [--round-trip MICROSECONDS] [--build FOLDER] [--check]
#
# Builds build/bench (or uses what --build names), starts a private PostgreSQL server with fsync as a real one has it. Every run begins with the same
# fresh table and must end with the same rows. --check: exit code 1 when a ratio is over its limit.
set -euo pipefail
export LC_ALL=C

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build_folder=$source_folder/build/bench
commands=100000
delayed_commands=20000
rounds=5
round_trip=500
build=yes
check=no
while [ $# -gt 0 ]; do
    case "$1" in
        --commands) commands=$2; shift 2 ;;
        --delayed-commands) delayed_commands=$2; shift 2 ;;
        --rounds) rounds=$2; shift 2 ;;
        --round-trip) round_trip=$2; shift 2 ;;
        --build) build_folder=$(realpath "$2"); build=no; shift 2 ;;
        --check) check=yes; shift ;;
        *) echo "usage: see the head of $0" >&2; exit 2 ;;
    esac
done

cli=$build_folder/app/holdpoint-cli
work=$(mktemp -d "${TMPDIR:-/tmp}/holdpoint-bench.XXXXXX")
over=0

build() {
    (
        cd "$source_folder"
        cmake --preset release -B "$build_folder" -DHOLDPOINT_BENCH=ON
        cmake --build "$build_folder" --target holdpoint-cli delayproxy
    ) >"$work/build.log" 2>&1 </dev/null || { cat "$work/build.log" >&2; exit 1; }
}

# shellcheck disable=SC2317 # called by trap
clean_up() {
    exec 9>&- # ends the proxy
    "$source_folder/tests/support/postgres.sh" stop "$work/server" || true
    rm -rf "$work"
}

start_server() {
    "$source_folder/tests/support/postgres.sh" start "$work/server" --durable >&2
    uri=$(cat "$work/server/uri")
    port=$(sed 's/.*:\([0-9]*\)\/.*/\1/' "$work/server/uri")
    mkfifo "$work/life"
    "$build_folder/tests/bench/delayproxy" "$port" "$round_trip" <"$work/life" >"$work/proxy-port" &
    exec 9>"$work/life"
    while [ ! -s "$work/proxy-port" ]; do sleep 0.05; done
    delayed_uri=${uri/:$port\//:$(cat "$work/proxy-port")/}
}

# The same updates, of every row once in a scattered order, as a batch file and as literals.
generate() {
    local count=$1 target=$2 name=$3
    awk -v count="$count" -v target="$target" -v json="$work/$name.holdpoint" -v sql="$work/$name.sql" 'BEGIN {
        quote = sprintf("%c", 39)
        printf "{\"format\":\"holdpoint-batch/1\",\"title\":\"bench\",\"targets\":{\"t\":\"%s\"},\"commands\":[\n", target > json
        for (i = 0; i < count; ++i) {
            id = (i * 7919) % count + 1
            printf "%s{\"op\":\"update\",\"target\":\"t\",\"table\":\"accounts\",\"key\":{\"id\":%d},\"set\":{\"amount\":%d,\"note\":\"changed by command %d\"}}", i ? ",\n" : "", id, i + 5, i > json
            printf "UPDATE accounts SET amount = %d, note = %schanged by command %d%s WHERE id = %d;\n", i + 5, quote, i, quote, id > sql
        }
        printf "\n]}\n" > json
    }'
}

rows_of() { echo "SELECT n, 'account ' || n, 0, 'as it was before the batch' FROM"; }

query() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$uri" -c "$1"; }

fresh_postgres() {
    query "DROP TABLE IF EXISTS accounts" 2>/dev/null
    query "CREATE TABLE accounts (id integer PRIMARY KEY, name text, amount bigint, note text)"
    query "INSERT INTO accounts $(rows_of) generate_series(1, $1) n"
    query "VACUUM ANALYZE accounts"
    query "CHECKPOINT"
}
sum_postgres() { query "SELECT md5(string_agg(a::text, '|' ORDER BY id)) FROM accounts a"; }

make_sqlite() {
    sqlite3 -bail "$work/fresh.db" "CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, amount INTEGER, note TEXT);
        INSERT INTO accounts $(rows_of) (WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < $1) SELECT n FROM s);"
}
fresh_sqlite() { cp "$work/fresh.db" "$work/bench.db"; sync "$work/bench.db"; }
sum_sqlite() { sqlite3 "$work/bench.db" "SELECT * FROM accounts ORDER BY id" | md5sum; }

digest_of() {
    "$cli" --journal "$work/journal.db" preview "$work/$1.holdpoint" --json --max-rows 0 2>"$work/err" \
        | sed -n 's/.*"digest": *"\([^"]*\)".*/\1/p' | head -n 1
}

# One measured process; its output goes to a file, its time and its own CPU time are kept.
measure() {
    local scene=$1 way=$2
    shift 2
    local TIMEFORMAT='%R %U %S'
    { time "$@" >"$work/out" 2>"$work/err"; } 2>"$work/time" || { cat "$work/err" "$work/out" >&2; echo "FAILED: $scene $way" >&2; exit 1; }
    cat "$work/time" >>"$work/times.$scene.$way"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

must_be_same() {
    local sum
    sum=$("sum_$1")
    [ -s "$work/sum.$2" ] || echo "$sum" >"$work/sum.$2"
    [ "$sum" = "$(cat "$work/sum.$2")" ] || { echo "FAILED: $2 $3 left other rows than the shell" >&2; exit 1; }
}

# All ways to do it, once. `base` is the engine's own shell.
round() {
    local scene=$1 engine=$2 count=$3 digest=$4
    shift 4
    local batch=$work/$scene.holdpoint
    local holdpoint=("$cli" --journal "$work/journal.db" --quiet)
    "fresh_$engine" "$count"
    must_be_same "$engine" "$scene-fresh" base
    measure "$scene" base "$@"
    must_be_same "$engine" "$scene" base
    "fresh_$engine" "$count"
    measure "$scene" preview "${holdpoint[@]}" preview "$batch" --json --max-rows 0
    measure "$scene" expect "${holdpoint[@]}" apply "$batch" --expect "$digest"
    must_be_same "$engine" "$scene" expect
    "fresh_$engine" "$count"
    measure "$scene" apply "${holdpoint[@]}" apply "$batch"
    must_be_same "$engine" "$scene" apply
    measure "$scene" undo "${holdpoint[@]}" undo "$("$cli" --journal "$work/journal.db" log --json 2>/dev/null \
        | sed -n '1s/.*"run": *"\([^"]*\)".*/\1/p')" --apply
    must_be_same "$engine" "$scene-fresh" undo
}

table() {
    local scene=$1 limit=$2 base way wall cpu ratio mark
    base=$(median <"$work/times.$scene.base")
    printf '%-36s %10s %10s %8s %8s\n' "$3" "wall s" "own CPU s" "ratio" "limit"
    for way in base preview expect apply undo; do
        wall=$(median <"$work/times.$scene.$way")
        cpu=$(awk '{ print $2 + $3 }' "$work/times.$scene.$way" | median)
        ratio=$(awk -v a="$wall" -v b="$base" 'BEGIN { printf "%.3f", a / b }')
        mark=
        if [ $way = expect ] || [ $way = apply ]; then mark=$limit; fi
        if [ -n "$mark" ] && awk -v a="$ratio" -v b="$limit" 'BEGIN { exit !(a > b) }'; then mark="$mark OVER"; over=1; fi
        printf '%-36s %10.2f %10.2f %8s %8s\n' "  $(name_of "$scene" "$way")" "$wall" "$cpu" "$ratio" "$mark"
    done
    echo
}

name_of() {
    case "$2" in
        base) if [ "$1" = sqlite ]; then echo "sqlite3 < literals"; else echo "psql -1 -q -f literals"; fi ;;
        preview) echo "holdpoint-cli preview" ;;
        expect) echo "holdpoint-cli apply --expect DIGEST" ;;
        apply) echo "holdpoint-cli apply" ;;
        undo) echo "holdpoint-cli undo --apply" ;;
    esac
}

where_time_goes() {
    local scene=$1 engine=$2 count=$3
    "fresh_$engine" "$count"
    if "$cli" --journal "$work/journal.db" --quiet --timing apply "$work/$scene.holdpoint" >/dev/null 2>"$work/timing"; then
        echo "where the time of one holdpoint-cli apply goes, $scene:"
        sed 's/^/  /' "$work/timing"
        echo
    fi
}

scene() {
    local scene=$1 engine=$2 count=$3 limit=$4 title=$5 digest
    shift 5
    "fresh_$engine" "$count"
    digest=$(digest_of "$scene")
    [ -n "$digest" ] || { cat "$work/err" >&2; echo "FAILED: no digest of $scene" >&2; exit 1; }
    for number in $(seq "$rounds"); do
        echo "$scene: round $number of $rounds" >&2
        round "$scene" "$engine" "$count" "$digest" "$@"
    done
    table "$scene" "$limit" "$title"
    where_time_goes "$scene" "$engine" "$count"
}

trap clean_up EXIT
[ $build = no ] || build
start_server
generate "$commands" "$uri" postgresql
generate "$delayed_commands" "$delayed_uri" delayed
generate "$commands" "sqlite:bench.db" sqlite
{ echo "BEGIN;"; cat "$work/sqlite.sql"; echo "COMMIT;"; } >"$work/sqlite-all.sql"
make_sqlite "$commands"

echo "medians of $rounds rounds, $(nproc) cores, $(psql --version), sqlite3 $(sqlite3 --version | cut -d' ' -f1)"
echo
scene postgresql postgres "$commands" 0.3 "PostgreSQL, $commands updates" \
    psql -X -1 -q -v ON_ERROR_STOP=1 -f "$work/postgresql.sql" "$uri"
scene delayed postgres "$delayed_commands" 0.1 "PostgreSQL, ${round_trip} us away, $delayed_commands" \
    psql -X -1 -q -v ON_ERROR_STOP=1 -f "$work/delayed.sql" "$delayed_uri"
scene sqlite sqlite "$commands" 1.0 "SQLite, $commands updates" \
    sqlite3 -bail "$work/bench.db" ".read $work/sqlite-all.sql"
[ $check = no ] || exit $over
