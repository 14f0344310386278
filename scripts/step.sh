#!/usr/bin/env bash
# Runs make targets one after the other, with a heading and the time of each. Usage: scripts/step.sh TARGET...
set -euo pipefail

for target in "$@"; do
    printf '\n== %s\n' "$target"
    begin=$SECONDS
    ${MAKE:-make} --no-print-directory "$target" || {
        printf '\n== %s failed after %s s\n' "$target" $((SECONDS - begin)) >&2
        exit 1
    }
    printf '== %s: %s s\n' "$target" $((SECONDS - begin))
done
printf '\n== all passed in %s s\n' "$SECONDS"
