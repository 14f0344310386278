#!/usr/bin/env bash
# Tests the map page in Chromium with the release binary and a data directory of its own. With HATANG_URL and TOKEN it
# tests that service instead. Usage: scripts/web-test.sh [lighthouse]. Without an argument it runs the tests and the
# Lighthouse checks that do not depend on the machine; with `lighthouse` only Lighthouse, including the comparison of
# speed.
set -euo pipefail

cd "$(dirname "$0")/.."
what=${1:-}

check() {
    local lighthouse=web/test/lighthouse
    if ! cmp -s "$lighthouse/package-lock.json" "$lighthouse/node_modules/.installed"; then
        npm ci --prefix "$lighthouse" --no-audit --no-fund --loglevel=error
        cp "$lighthouse/package-lock.json" "$lighthouse/node_modules/.installed"
    fi
    if [ "$what" = lighthouse ]; then
        node "$lighthouse/run.mjs" --compare
    else
        (cd web && npm run --silent test)
        node "$lighthouse/run.mjs"
    fi
}
if [ -n "${HATANG_URL:-}" ]; then
    check
    exit
fi
unset DATABASE_URL
hatang=$(realpath "${CARGO_TARGET_DIR:-target}")/release/hatang
[ -x "$hatang" ] || cargo build --release --locked
HATANG_DATA_DIR=$(mktemp -d /tmp/hatang-web.XXXXXX) # not under $TMPDIR or ~: the account postgres must get there
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export HATANG_DATA_DIR PORT no_proxy=127.0.0.1
chmod 755 "$HATANG_DATA_DIR"
service=

clean_up() {
    local status=$?
    trap - EXIT
    if [ -n "$service" ]; then
        kill "$service" 2> /dev/null || true
        wait "$service" 2> /dev/null || true
    fi
    [ "$status" = 0 ] || tail -n 20 "$HATANG_DATA_DIR/service.log" >&2
    rm -rf "$HATANG_DATA_DIR"
    exit "$status"
}
trap clean_up EXIT

"$hatang" serve --demo > "$HATANG_DATA_DIR/service.log" 2>&1 &
service=$!
for _ in $(seq 240); do
    curl -sf -o /dev/null "http://127.0.0.1:$PORT/readyz" && break
    kill -0 "$service" 2> /dev/null || exit 1
    sleep 0.5
done
TOKEN=$("$hatang" token create --name web-test)
export TOKEN HATANG_URL=http://127.0.0.1:$PORT
check
