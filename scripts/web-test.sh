#!/usr/bin/env bash
# Tests the map page in Chromium with the release binary and a data directory of its own. With HATANG_URL and TOKEN it
# tests that service instead. Usage: scripts/web-test.sh [lighthouse]. Without an argument it runs the tests and the
# Lighthouse checks that do not depend on the machine; with `lighthouse` only Lighthouse, including the comparison of
# speed.
set -euo pipefail

cd "$(dirname "$0")/.."
what=${1:-}
[ -n "${HATANG_URL:-}" ] || exec scripts/with-demo.sh scripts/web-test.sh "$@"

lighthouse=web/test/lighthouse
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
