#!/usr/bin/env bash
# Tests the service with the programs that people use: `fast` GDAL 3.6, OWSLib and validators of documents; `all` also
# GDAL 3.12, QGIS, ogc-client, the maps of docs/embed.md in Chromium, and schemathesis. Usage: scripts/clients.sh fast|all
set -euo pipefail

cd "$(dirname "$0")/.."
what=${1:?fast or all}
[ -n "${HATANG_URL:-}" ] || exec scripts/with-demo.sh scripts/clients.sh "$what"
TOKEN=$("$HATANG" token create --name clients --unconditional-writes)
export TOKEN

tests=tests/clients
fast=("$tests/test_gdal36.py" "$tests/test_owslib.py" "$tests/test_validators.py")
if [ "$what" = fast ]; then
    scripts/venv.sh
    exec "${CARGO_TARGET_DIR:-target}/venv/bin/pytest" -q -p no:cacheprovider "${fast[@]}"
fi

VENV=${CARGO_TARGET_DIR:-target}/venv-clients
export VENV
scripts/venv.sh scripts/requirements-clients.txt
if ! cmp -s "$tests/package-lock.json" "$tests/node_modules/.installed"; then
    npm ci --prefix "$tests" --no-audit --no-fund --loglevel=error
    cp "$tests/package-lock.json" "$tests/node_modules/.installed"
fi
"$VENV/bin/pytest" -q -p no:cacheprovider "$tests"
node --test "$tests/javascript.test.mjs"
(cd web && node --test test/page/embed.test.mjs)
"$VENV/bin/schemathesis" run "$HATANG_URL/api/v1/openapi.json" --checks not_a_server_error --phases fuzzing --max-examples 3 \
    --workers 2 --include-method GET --exclude-path-regex '/stream$'
