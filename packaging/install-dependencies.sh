#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what Holdpoint needs on Debian 12, and only what is missing. As root, or by sudo.
#
#   packaging/install-dependencies.sh [build] [run] [test] [bench]     all four without an argument
set -euo pipefail

# shellcheck disable=SC2034 # each is used by its group's name
packages_build="cmake ninja-build g++ pkg-config qt6-base-dev libsqlite3-dev libpq-dev libssl-dev libpg-query-dev
    libprotobuf-c-dev libcsv-dev libzstd-dev rapidjson-dev libqscintilla2-qt6-dev qtkeychain-qt6-dev"
packages_run="libqt6sql6-sqlite libqt6sql6-psql sqlite3 fonts-dejavu-core libsecret-1-0"
# shellcheck disable=SC2034
packages_test="$packages_run postgresql clang-format-14 xvfb xauth dbus-daemon gnome-keyring"
# shellcheck disable=SC2034
packages_bench="$packages_run postgresql"

say() { echo "install-dependencies.sh: $*" >&2; }

is_installed() { [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null || true)" = "ii " ]; }

missing_of() {
    local package
    for package in $(printf '%s\n' "$@" | sort -u); do
        is_installed "$package" || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else say "must run as root, or with sudo installed, to install: ${missing[*]}"; exit 1
    fi
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=600 "$@" </dev/null; }

# Debian's package creates and starts a server on port 5432 unless told not to. The tests bring their own, so none
# shall begin here; for later installations the setting is taken back.
install_packages() {
    local setting=/etc/postgresql-common/createcluster.d/holdpoint-none.conf code=0
    if printf '%s\n' "$@" | grep -qx postgresql; then
        as_root mkdir -p "${setting%/*}"
        echo "create_main_cluster = false" | as_root tee "$setting" >/dev/null
    fi
    apt install --no-install-recommends "$@" >&2 || code=$?
    as_root rm -f "$setting"
    return $code
}

groups=("$@")
[ ${#groups[@]} -gt 0 ] || groups=(build run test bench)
wanted=()
for group in "${groups[@]}"; do
    list=packages_$group
    if [ -z "${!list:-}" ]; then say "usage: install-dependencies.sh [build] [run] [test] [bench]"; exit 2; fi
    # shellcheck disable=SC2206 # one word a package
    wanted+=(${!list})
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "this is no Debian; please install the equivalents of: ${wanted[*]}"
    exit 1
fi
mapfile -t missing < <(missing_of "${wanted[@]}")
[ ${#missing[@]} -gt 0 ] || exit 0
say "installing ${missing[*]}"
apt update >&2 || say "apt-get update failed in part; going on with what is known"
install_packages "${missing[@]}"
