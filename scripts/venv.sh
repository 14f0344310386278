#!/usr/bin/env bash
# Makes target/venv with the tools in scripts/requirements.txt, or $VENV with those of another list; makes it again when
# the list changes. Usage: scripts/venv.sh [LIST]
set -euo pipefail

cd "$(dirname "$0")/.."
venv=${VENV:-target/venv}
list=${1:-scripts/requirements.txt}
cmp -s "$list" "$venv/installed.txt" && exit 0
python3 -m venv --clear "$venv"
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$list"
cp "$list" "$venv/installed.txt"
