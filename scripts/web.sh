#!/usr/bin/env bash
# Builds the map page into web/dist if its sources are newer, or the OpenAPI document from which its types are made.
set -euo pipefail

cd "$(dirname "$0")/../web"
if [ -f dist/index.html ] && [ -z "$(find . ../openapi/openapi.json -path ./node_modules -prune -o -path ./dist -prune -o -path ./test -prune \
    -o -type f -newer dist/index.html -print -quit)" ]; then
    exit 0
fi
if ! cmp -s package-lock.json node_modules/.installed; then
    npm ci --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed
fi
npm run --silent build
