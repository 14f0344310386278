#!/usr/bin/env bash
# Checks the Rust toolchain. If it is missing, prints the command that installs it. Usage: scripts/toolchain.sh [test]
set -euo pipefail

cd "$(dirname "$0")/.."
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
install="curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y"

fail() {
    printf '%s\nTo mend it:\n\n    %s\n\n' "$1" "$2" >&2
    exit 1
}

if ! command -v cargo > /dev/null || ! command -v rustc > /dev/null; then
    fail "Rust is missing ($wanted or later is needed)." "$install"
fi
# rustup installs its own programs before it has a toolchain.
installed=$(rustc --version 2> /dev/null | sed 's/^rustc \([0-9.]*\).*/\1/') || true
[ -n "$installed" ] || fail "Rust has no toolchain ($wanted or later is needed)." "rustup default stable"
if [ "$(printf '%s\n' "$wanted" "$installed" | sort -V | head -n 1)" != "$wanted" ]; then
    command -v rustup > /dev/null && install="rustup update stable && rustup default stable"
    fail "Rust $installed is too old ($wanted or later is needed)." "$install"
fi
if [ "${1:-}" = test ] && ! { cargo clippy --version && cargo fmt --version; } > /dev/null 2>&1; then
    fail "clippy or rustfmt is missing." "rustup component add clippy rustfmt"
fi
