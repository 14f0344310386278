#!/usr/bin/env bash
# Tests the service with the programs that people use: `fast` GDAL 3.6, OWSLib and validators of documents; `all` also
# GDAL 3.12, QGIS, ogc-client, the maps of docs/embed.md in Chromium, and schemathesis. Usage: scripts/clients.sh fast|all
set -euo pipefail

cd "$(dirname "$0")/.."
what=${1:?fast or all}
# schemathesis asks more often than a client may.
for who in ADDRESS CREDENTIAL; do
    for limit in READS_PER_MINUTE WRITES_PER_MINUTE; do
        export "HATANG_${who}_$limit=0"
    done
done
export HATANG_ADDRESS_SECONDS_PER_MINUTE=0 HATANG_ACCOUNT_SECONDS_PER_MINUTE=0
[ -n "${HATANG_URL:-}" ] || exec scripts/with-demo.sh scripts/clients.sh "$what"
TOKEN=$("$HATANG" token create --name clients --unconditional-writes)
export TOKEN PYTHONPATH=tests/clients

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
status=0
try() { # try COMMAND...: the others run also when one fails
    "$@" || { status=1; echo "FAILED: $*" >&2; }
}
try "$VENV/bin/pytest" -q -p no:cacheprovider "$tests"
try node --test "$tests/javascript.test.mjs"
try env --chdir=web node --test test/page/embed.test.mjs
try "$tests/node_modules/.bin/spectral" lint --fail-severity=hint --ruleset "$tests/spectral.yaml" openapi/openapi.json
try "$VENV/bin/schemathesis" --config-file "$tests/schemathesis.toml" run "$HATANG_URL/api/v1/openapi.json"
exit "$status"
