#!/usr/bin/env bash
# Tries the package in a clean Debian: install, start, write, upgrade with data and with changed settings, remove, install
# again. Run as root, after `make deb`. Usage: scripts/package-test.sh [PACKAGE.deb]
set -euo pipefail

cd "$(dirname "$0")/.."
package=${1:-$(ls -t "${CARGO_TARGET_DIR:-target}"/debian/hatang_*.deb | head -n 1)}
root=$(mktemp -d /tmp/hatang-root.XXXXXX)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
service=

main() {
    trap clean_up EXIT
    check_unit
    make_root
    install_package "$package"
    [ "$(inside stat -c '%U %a' /etc/hatang/hatang.env)" = "root 640" ] || fail "settings can be read by others"
    inside man -w hatang-serve > /dev/null 2>&1 || [ -f "$root/usr/share/man/man1/hatang-serve.1.gz" ] || fail "no manual"
    start
    user_link
    stop
    pass "installed and started"

    echo "# our own line" >> "$root/etc/hatang/hatang.env"
    newer=$(make_newer)
    install_package "$newer"
    grep -q '^# our own line' "$root/etc/hatang/hatang.env" || fail "the upgrade lost the settings"
    start
    [ "$(records)" = "$before" ] || fail "the upgrade lost records"
    stop
    pass "upgraded: $before records, own settings kept"

    inside apt-get -q -y remove hatang > "$root/tmp/log" 2>&1 || fail_with_log "remove"
    inside apt-get -q -y purge hatang > "$root/tmp/log" 2>&1 || fail_with_log "purge"
    [ -f "$root/var/lib/hatang/postgres/PG_VERSION" ] || fail "removing the package lost the register"
    [ ! -e "$root/usr/bin/hatang" ] || fail "the program is still there"
    install_package "$package"
    start
    [ "$(records)" = "$before" ] || fail "removing and installing lost records"
    stop
    pass "removed and installed again: $before records"
}

check_unit() {
    local level
    level=$(systemd-analyze security --offline=true packaging/debian/hatang.service | sed -n 's/.*Overall exposure level.*: \([0-9.]*\).*/\1/p')
    awk -v level="$level" 'BEGIN { exit !(level != "" && level < 2.0) }' || fail "the unit's exposure is “$level”"
    systemd-analyze verify --man=no packaging/debian/hatang.service 2>&1 | grep -v 'hatang is not executable' | grep . && fail "the unit"
    pass "the unit's exposure is $level"
}

make_root() {
    # What the package recommends. A cluster of Debian's own is not needed.
    local hook='mkdir -p "$1/etc/postgresql-common" && echo "create_main_cluster = false" > "$1/etc/postgresql-common/createcluster.conf"'
    mmdebstrap --quiet --variant=apt --aptopt='APT::Install-Recommends "false"' --essential-hook="$hook" \
        --include=postgresql-15-postgis-3,adduser,ca-certificates "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$root"
    mount --bind /proc "$root/proc"
    mount --bind /dev "$root/dev"
    pass "a clean root"
}

install_package() {
    cp "$1" "$root/tmp/hatang.deb"
    # --force-confold: what an administrator changed stays.
    inside apt-get -q -y -o Dpkg::Options::=--force-confold --no-install-recommends install --allow-downgrades --reinstall /tmp/hatang.deb \
        > "$root/tmp/log" 2>&1 || fail_with_log "install"
}

# The same package with a higher version and one more line in its settings.
make_newer() {
    local dir=$root/tmp/newer
    rm -rf "$dir"
    dpkg-deb -R "$package" "$dir"
    sed -i 's/^Version: .*/Version: 99.0.0-1/' "$dir/DEBIAN/control"
    echo "# a setting of the newer version" >> "$dir/etc/hatang/hatang.env"
    (cd "$dir" && find . -type f -not -path './DEBIAN/*' -printf '%P\n' | xargs -d '\n' md5sum > DEBIAN/md5sums)
    dpkg-deb -Zgzip -z1 -b "$dir" "$root/tmp/newer.deb" > /dev/null
    echo "$root/tmp/newer.deb"
}

# As the unit does, without systemd.
start() {
    chroot "$root" setpriv --reuid=hatang --regid=hatang --clear-groups env PORT="$port" RUST_LOG=warn \
        hatang serve --demo > "$root/tmp/log" 2>&1 &
    service=$!
    for _ in $(seq 300); do
        if curl -sf --noproxy '*' -o /dev/null "http://127.0.0.1:$port/readyz"; then
            before=${before:-$(records)}
            return
        fi
        kill -0 "$service" 2> /dev/null || fail_with_log "start"
        sleep 0.5
    done
    fail_with_log "not ready in time"
}

stop() {
    kill "$service"
    wait "$service" || fail_with_log "stop"
    service=
}

records() {
    curl -sf --noproxy '*' "http://127.0.0.1:$port/api/v1/collections/cameras/items?limit=1" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["numberMatched"])'
}

user_link() {
    inside setpriv --reuid=hatang --regid=hatang --clear-groups hatang user link admin | grep -q '/setup#' || fail "no link"
}

inside() { DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 chroot "$root" "$@"; }
pass() { printf 'ok: %s\n' "$*" >&2; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}
fail_with_log() {
    tail -n 30 "$root/tmp/log" >&2
    fail "$1"
}

clean_up() {
    local status=$?
    trap - EXIT
    if [ -n "$service" ]; then
        kill "$service" 2> /dev/null || true
        wait "$service" 2> /dev/null || true
    fi
    umount -l "$root/proc" "$root/dev" 2> /dev/null || true
    rm -rf --one-file-system "$root"
    exit "$status"
}

main
