#!/usr/bin/env bash
# Makes the Debian package from the release binary. PROFILE=dev takes the quick build, for trials.
set -euo pipefail

cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
profile=${PROFILE:-release}
hatang=$target/$([ "$profile" = dev ] && echo debug || echo "$profile")/hatang
# cargo-deb is built once: no registry has it as a binary.
tools=$target/tools
[ -x "$tools/bin/cargo-deb" ] || cargo install --debug --locked --root "$tools" --version 3.8.0 cargo-deb

rm -rf "$target/package"
"$hatang" package "$target/package"
gzip -9n "$target"/package/*.1
python3 scripts/sbom.py > "$target/package/hatang.cdx.json"
"$tools/bin/cargo-deb" --no-build --no-strip --profile "$profile" "$@"
