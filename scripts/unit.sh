#!/usr/bin/env bash
# Runs unit and integration tests with nextest (one process for each test), then the examples in the documentation.
set -euo pipefail

cd "$(dirname "$0")/.."
nextest=${VENV:-target/venv}/bin/cargo-nextest
if cargo nextest --version > /dev/null 2>&1; then
    cargo nextest run --locked
elif "$nextest" nextest --version > /dev/null 2>&1; then
    "$nextest" nextest run --locked
else
    echo "cargo-nextest is missing: cargo test instead"
    cargo test --locked --all-targets
fi
cargo test --doc --locked
