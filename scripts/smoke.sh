#!/usr/bin/env bash
# Does what a new user does, in a directory of its own: `make run`, the published figures, GDAL, a write. Then kill -9
# of the service and of PostgreSQL, and a clean stop. Needs ogrinfo, curl and python3 (scripts/install.sh test).
set -euo pipefail

cd "$(dirname "$0")/.."
unset DATABASE_URL MAKEFLAGS MFLAGS MAKELEVEL
hatang=${CARGO_TARGET_DIR:-target}/release/hatang
HATANG_DATA_DIR=$(mktemp -d /tmp/hatang-smoke.XXXXXX) # not under $TMPDIR or ~: the account postgres must get there
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export HATANG_DATA_DIR PORT no_proxy=127.0.0.1
url=http://127.0.0.1:$PORT
log=$HATANG_DATA_DIR/service.log
run_pid=

main() {
    chmod 755 "$HATANG_DATA_DIR"
    trap clean_up EXIT
    cargo build --release --locked # apart, so that the times below are those of the service

    start "first start, with the demo"
    check_figures
    check_gdal
    camera=$(post_camera)
    expect_camera "just posted"

    signal KILL "$(service_pid)"
    wait_for 10 "the killed service is gone" service_is_gone
    start "start after kill -9 of the service"
    expect_camera "after kill -9 of the service"
    check_figures

    killed=$(postmaster_pid)
    signal KILL "$killed"
    wait_for 15 "the service recovers from kill -9 of PostgreSQL" has_recovered
    check_figures

    signal TERM "$(service_pid)"
    wait_for 10 "SIGTERM ends everything" nothing_is_left
    local status=0
    wait "$run_pid" || status=$?
    [ "$status" = 0 ] || fail "after SIGTERM make run ended with status $status"
    pass "a clean end"
}

start() { # start WHAT: make run in the background, until it is ready
    make --no-print-directory run >> "$log" 2>&1 &
    run_pid=$!
    wait_for 120 "$1" is_ready
}

is_ready() {
    kill -0 "$run_pid" 2> /dev/null || fail "make run ended"
    curl -sf -o /dev/null "$url/readyz"
}

check_figures() {
    curl -sf "$url/api/v1/stats/405@2023-09-20?as_of=2023-09-20&compare=2022-12-31" | python3 -c '
import json, sys
figures = json.load(sys.stdin)["figures"]
eyes, stations = figures["camera_eyes"], figures["bts_stations"]
got = (eyes["value"], eyes["delta"]["value"], stations["value"])
sys.exit(None if got == (421, 109, 69) else f"camera_eyes, their delta, bts_stations: {got}, published 421, 109, 69")
' || fail "the published figures"
    pass "the published figures"
}

check_gdal() {
    local layer
    layer=$(ogrinfo -so "OAPIF:$url/api/v1" cameras)
    grep -q '^eye_count: Integer ' <<< "$layer" || fail "GDAL sees no eye_count: Integer in: $layer"
    pass "GDAL reads typed fields"
}

post_camera() { # prints the address of the new camera
    local token headers
    token=$("$hatang" token create --name smoke)
    headers=$(curl -sS -o "$HATANG_DATA_DIR/answer" -D - "$url/api/v1/collections/cameras/items" \
        -H "Authorization: Bearer $token" -H 'Content-Type: application/geo+json' -d '{
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [105.7012, 19.8345]},
            "properties": {"name": "Ngã ba thử nghiệm", "managing_level": "commune_police", "eye_count": 2}
        }')
    grep -q '^HTTP/[0-9.]* 201' <<< "$headers" || fail "POST: $headers $(cat "$HATANG_DATA_DIR/answer")"
    sed -n 's/^[Ll]ocation: *\([^[:space:]]*\).*/\1/p' <<< "$headers"
}

camera_is_there() {
    curl -sf --max-time 5 -o "$HATANG_DATA_DIR/answer" "$camera" && grep -q '"eye_count": *2' "$HATANG_DATA_DIR/answer"
}

# The camera alone does not tell: the layers in memory answer while PostgreSQL is away.
has_recovered() { [ "$(postmaster_pid)" != "$killed" ] && curl -sf -o /dev/null "$url/readyz" && camera_is_there; }

expect_camera() {
    camera_is_there || fail "no camera at $camera, $1"
    pass "the posted camera is there, $1"
}

# `hatang serve` writes its pid into the file that it locks, and PostgreSQL into its own file.
service_pid() { cat "$HATANG_DATA_DIR/service.lock"; }
postmaster_pid() { head -n 1 "$HATANG_DATA_DIR/postgres/postmaster.pid"; }
service_is_gone() { ! kill -0 "$run_pid" 2> /dev/null; }
nothing_is_left() { service_is_gone && [ -z "$(postgres_pids)" ]; }

# PostgreSQL's processes on our directory: the first by its argument, its children by the cluster name in their title.
postgres_pids() {
    local name dir command
    name=$(sed -n "s/^cluster_name = '\(.*\)'/\1/p" "$HATANG_DATA_DIR/cluster.conf" 2> /dev/null) || return 0
    for dir in /proc/[0-9]*; do
        command=$(tr '\0' ' ' 2> /dev/null < "$dir/cmdline") || continue
        case $command in
            *"/postgres -D $HATANG_DATA_DIR/postgres "* | "postgres: $name: "*) echo "${dir#/proc/}" ;;
        esac
    done
}

wait_for() { # wait_for SECONDS WHAT TEST
    local begin=$SECONDS
    until "$3"; do
        [ $((SECONDS - begin)) -lt "$1" ] || fail "$2: not within $1 s"
        sleep 0.2
    done
    pass "$2 ($((SECONDS - begin)) s)"
}

signal() { kill -s "$1" "$2" || fail "no process $2"; }
pass() { printf 'ok: %s\n' "$*" >&2; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

clean_up() {
    local status=$?
    trap - EXIT
    if [ "$status" != 0 ]; then
        printf '%s\n' "-- the end of the service's log:" >&2
        tail -n 40 "$log" >&2 || true
        tail -n 20 "$HATANG_DATA_DIR"/log/*.log >&2 2> /dev/null || true
    fi
    if [ -n "$run_pid" ] && kill -0 "$run_pid" 2> /dev/null; then
        kill -s KILL "$(service_pid)" "$run_pid" 2> /dev/null || true
    fi
    # shellcheck disable=SC2046 # a list of numbers
    kill -s QUIT $(postgres_pids) 2> /dev/null || true
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        [ -n "$(postgres_pids)" ] || break
        sleep 0.5
    done
    rm -rf "$HATANG_DATA_DIR"
    exit "$status"
}

main
