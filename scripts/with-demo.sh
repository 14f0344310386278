#!/usr/bin/env bash
# Runs a command beside a service of its own that has the demo, and ends the service. The command finds HATANG_URL,
# HATANG_DATA_DIR and TOKEN, an administrator's token. Usage: scripts/with-demo.sh COMMAND...
set -euo pipefail

cd "$(dirname "$0")/.."
unset DATABASE_URL
HATANG=$(realpath -m "${HATANG:-${CARGO_TARGET_DIR:-target}/release/hatang}")
[ -x "$HATANG" ] || cargo build --release --locked
HATANG_DATA_DIR=$(mktemp -d /tmp/hatang-demo.XXXXXX) # not under $TMPDIR or ~: the account postgres must get there
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export HATANG HATANG_DATA_DIR PORT no_proxy=127.0.0.1
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

"$HATANG" serve --demo > "$HATANG_DATA_DIR/service.log" 2>&1 &
service=$!
for _ in $(seq 240); do
    curl -sf -o /dev/null "http://127.0.0.1:$PORT/readyz" && break
    kill -0 "$service" 2> /dev/null || exit 1
    sleep 0.5
done
TOKEN=$("$HATANG" token create --name tests)
export TOKEN HATANG_URL=http://127.0.0.1:$PORT
"$@"
