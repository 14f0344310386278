#!/usr/bin/env bash
# Makes target/venv with the tools in scripts/requirements.txt; makes it again when that file changes.
set -euo pipefail

cd "$(dirname "$0")/.."
venv=${VENV:-target/venv}
cmp -s scripts/requirements.txt "$venv/installed.txt" && exit 0
python3 -m venv --clear "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r scripts/requirements.txt
cp scripts/requirements.txt "$venv/installed.txt"
