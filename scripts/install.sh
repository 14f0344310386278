#!/usr/bin/env bash
# Installs the Debian packages that this system lacks. Usage: scripts/install.sh run|test|clients
set -euo pipefail

purpose=${1:?run, test or clients}
missing=()

need() { # need PACKAGE TEST...: the package is missing when the test fails
    local package=$1
    shift
    "$@" > /dev/null 2>&1 || missing+=("$package")
}

has() { command -v "$1"; }

# Vite needs Node.js 18 or later; Debian 12 has 18.
has_node() { node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 18 ? 0 : 1)'; }

# Fonts with Vietnamese letters, for the screenshots by Chromium.
fc_has() { fc-list "$1" | grep -q .; }

# The program itself chooses its PostgreSQL (src/cluster/installation.rs). Here it is enough that there is one of
# version 15 or later with PostGIS.
has_postgis() {
    local bin version share
    for bin in /usr/lib/postgresql/*/bin "$(dirname "$(command -v initdb || echo /none)")"; do
        [ -x "$bin/initdb" ] && [ -x "$bin/pg_config" ] || continue
        version=$("$bin/pg_config" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
        share=$("$bin/pg_config" --sharedir)
        [ "$version" -ge 15 ] && [ -f "$share/extension/postgis.control" ] && return 0
    done
    return 1
}

need build-essential has cc
need pkg-config has pkg-config
need curl has curl
need nodejs has_node
need npm has npm
if [ "$purpose" = clients ]; then
    need qgis has qgis
    need python3-qgis /usr/bin/python3 -c 'import qgis.core'
fi
if [ "$purpose" != run ]; then
    need gdal-bin has ogrinfo
    need postgresql-client has psql
    need openssl has openssl
    need python3 has python3
    need python3-venv python3 -c 'import ensurepip, venv'
    need chromium has chromium
    need fonts-noto-core fc_has 'Noto Sans'
fi
needs_postgresql=
# Tests run PostgreSQL themselves, whatever DATABASE_URL says.
if [ "$purpose" != run ] || [ -z "${DATABASE_URL:-}" ]; then
    has_postgis || needs_postgresql=yes
fi

[ ${#missing[@]} -gt 0 ] || [ -n "$needs_postgresql" ] || exit 0

if ! has apt-get > /dev/null; then
    cat >&2 <<TEXT
This is not a Debian system, so nothing was installed. Please install with its own tools:
${missing[*]+  ${missing[*]}}
${needs_postgresql:+  PostgreSQL 15 or later with PostGIS 3 (or give the address of a server in DATABASE_URL)}
TEXT
    exit 1
fi

as_root=()
if [ "$(id -u)" != 0 ]; then
    if has sudo > /dev/null; then
        as_root=(sudo)
    else
        echo "Missing packages, and no right to install them. As root: apt-get install ${missing[*]-}" \
            "${needs_postgresql:+postgresql-15 postgresql-15-postgis-3}" >&2
        exit 1
    fi
fi
apt() {
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 \
        apt-get -q -o DPkg::Lock::Timeout=300 "$@"
}

apt update
if [ -n "$needs_postgresql" ]; then
    # The newest version that the distribution has with PostGIS: 15 on Debian 12.
    version=$(apt-cache search --names-only '^postgresql-[0-9]+-postgis-3$' | sed 's/^postgresql-\([0-9]*\).*/\1/' \
        | sort -n | tail -n 1)
    if [ "${version:-0}" -lt 15 ]; then
        echo "This distribution has no PostgreSQL 15 or later with PostGIS; give a server's address in DATABASE_URL" >&2
        exit 1
    fi
    missing+=("postgresql-$version" "postgresql-$version-postgis-3")
    # Otherwise Debian would create and start a cluster of its own on port 5432, while hatang runs its own. A setting by
    # the administrator stays.
    conf=/etc/postgresql-common/createcluster.conf
    if [ ! -e "$conf" ]; then
        ${as_root[@]+"${as_root[@]}"} mkdir -p "$(dirname "$conf")"
        echo 'create_main_cluster = false' | ${as_root[@]+"${as_root[@]}"} tee "$conf" > /dev/null
    fi
fi
echo "Installing: ${missing[*]}"
apt install -y --no-install-recommends "${missing[@]}"
