#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Holdpoint on Debian 12 and runs its example, a refund in a small shop's SQLite database: in the window when
# there is a display, else through the command line (--cli: always). It works on a copy with a journal of its own.
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build_folder=$source_folder/build/release

build() {
    "$source_folder/packaging/install-dependencies.sh" build run
    (
        cd "$source_folder"
        cmake --preset release
        cmake --build "$build_folder" --target holdpoint holdpoint-cli
    ) >&2 </dev/null
}

copy_example() {
    example_folder=$(mktemp -d "${TMPDIR:-/tmp}/holdpoint-example.XXXXXX")
    trap 'rm -rf "$example_folder"' EXIT
    cp "$source_folder/resources/example/refund.holdpoint" "$example_folder/"
    sqlite3 -bail "$example_folder/shop.db" <"$source_folder/resources/example/shop.sql"
    batch=$example_folder/refund.holdpoint
    journal=$example_folder/journal.db
}

cli() { "$build_folder/app/holdpoint-cli" --journal "$journal" "$@"; }

heading() { printf '\n===== %s\n' "$*"; }

run_in_window() {
    echo "Opening the window on $example_folder (removed when it closes)." >&2
    "$build_folder/app/holdpoint" --journal "$journal" "$example_folder/shop.db" "$batch"
}

run_on_command_line() {
    local run
    heading "The batch"
    cat "$batch"
    heading "holdpoint-cli preview refund.holdpoint: what it would change, and nothing is changed"
    cli preview "$batch"
    heading "holdpoint-cli apply refund.holdpoint: all of it or nothing, and only what was previewed"
    cli apply "$batch"
    heading "holdpoint-cli log: what happened"
    cli log
    run=$(cli log --json --outcome committed | sed -n '1s/.*"run": *"\([^"]*\)".*/\1/p')
    heading "holdpoint-cli undo $run --apply: the inverse of that run, previewed and applied like any other batch"
    cli undo "$run" --apply
    heading "holdpoint-cli log: both runs"
    cli log
}

case "${1:-}" in
    "") with_window=yes ;;
    --cli) with_window=no ;;
    *) echo "usage: packaging/try.sh [--cli]" >&2; exit 2 ;;
esac
build
copy_example
if [ $with_window = yes ] && [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    run_in_window
else
    run_on_command_line
fi
