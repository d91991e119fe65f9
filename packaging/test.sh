#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Builds Holdpoint on Debian 12 with warnings as errors and runs all its tests, on SQLite and on a private PostgreSQL
# server in a temporary folder.
#
#   packaging/test.sh [--sanitizers]   also the core's tests under the address and undefined behaviour sanitizers,
#                                      and the threads' tests under the thread sanitizer, both before the main run
set -euo pipefail

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
failed=()

heading() { printf '\n===== %s (%d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

configure() {
    local preset=$1 folder=$2
    shift 2
    local cache=()
    if command -v ccache >/dev/null; then
        cache=(-DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
    fi
    cmake --preset "$preset" -B "$folder" "${cache[@]}" "$@"
}

# Fixed addresses where the kernel allows it: gcc 12's thread sanitizer cannot work with all random ones.
without_random_addresses() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

run_tests() {
    local folder=$1
    shift
    ctest --test-dir "$folder" --output-on-failure --no-tests=error -j "$(nproc)" "$@"
}

test_addresses() {
    local folder=$source_folder/build/test-asan
    configure asan "$folder" && cmake --build "$folder" --target tests_core && run_tests "$folder" -L core
}

test_threads() {
    local folder=$source_folder/build/test-tsan
    configure tsan "$folder" && cmake --build "$folder" --target tests_threads \
        && without_random_addresses ctest --test-dir "$folder" --output-on-failure --no-tests=error -L threads
}

test_all() {
    local folder=$source_folder/build/test
    configure dev "$folder" -DHOLDPOINT_WARNINGS_AS_ERRORS=ON && cmake --build "$folder" && run_tests "$folder"
}

part() {
    local name=$1
    shift
    heading "$name"
    "$@" || failed+=("$name")
}

case "${1:-}" in
    "") sanitizers=no ;;
    --sanitizers) sanitizers=yes ;;
    *) echo "usage: packaging/test.sh [--sanitizers]" >&2; exit 2 ;;
esac
exec </dev/null
cd "$source_folder"
"$source_folder/packaging/install-dependencies.sh" build test
if [ $sanitizers = yes ]; then
    part "the core's tests with address and undefined behaviour sanitizers" test_addresses
    part "the threads' tests with the thread sanitizer" test_threads
fi
if [ ${#failed[@]} -gt 0 ]; then printf 'FAILED so far: %s\n' "${failed[@]}"; fi
part "all tests" test_all
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}" >&2
    exit 1
fi
