#!/usr/bin/env bash
# Installs what the benchmark compares and draws with, into target/peers. Martin takes a quarter of an hour to build.
set -euo pipefail

cd "$(dirname "$0")/../.."
peers=${CARGO_TARGET_DIR:-target}/peers
command -v wrk > /dev/null || apt-get install -y --no-install-recommends wrk
python3 -m venv "$peers/venv"
"$peers/venv/bin/pip" install --quiet 'tipg==1.6.*' 'uvicorn[standard]' 'pygeoapi==0.21.*' gunicorn psycopg2-binary geoalchemy2 \
    'pygeofilter[backend-sqlalchemy]' 'matplotlib==3.11.*'
cargo install martin --version 1.14.0 --locked --no-default-features --features postgres,metrics --root "$peers/martin"
