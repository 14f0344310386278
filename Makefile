# Every target has its line of help after `##`; `make help` prints them.

# rustup's programs, in a shell that was opened before rustup was installed.
export PATH := $(PATH):$(HOME)/.cargo/bin
TARGET := $(or $(CARGO_TARGET_DIR),target)
export VENV := $(TARGET)/venv

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run dev test test-clients fmt lint unit docs openapi openapi-check fixtures licences smoke clients web web-lint web-unit web-test lighthouse deb package-test sbom clean toolchain tools

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done

run: ## Install what is missing, build, serve the demo on 0.0.0.0:8080 (PORT, HATANG_DATA_DIR, DATABASE_URL)
	@scripts/install.sh run
	@scripts/toolchain.sh
	@$(MAKE) --no-print-directory web
	cargo build --release --locked
	@exec $(TARGET)/release/hatang serve --demo

dev: toolchain ## The same from a quick, unoptimised build
	@scripts/install.sh run
	@$(MAKE) --no-print-directory web
	cargo run --locked -- serve --demo

test: ## Everything that must hold before a merge
	@scripts/install.sh test
	@scripts/toolchain.sh test
	@scripts/step.sh web web-lint web-unit fmt-check lint unit docs tools openapi-check fixtures licences smoke clients web-test

test-clients: toolchain ## Every client that installs here: QGIS, GDAL 3.6 and 3.12, OWSLib, ogc-client, maps in Chromium, schemathesis
	@scripts/install.sh clients
	@$(MAKE) --no-print-directory web
	scripts/clients.sh all

fmt: toolchain web ## Format the sources, those of the page too
	cargo fmt
	cd web && npm run --silent format

fmt-check: toolchain ## Fail where the sources are not formatted
	cargo fmt --check

lint: toolchain ## clippy, warnings are errors
	cargo clippy --all-targets --locked -- -D warnings

unit: toolchain tools ## Unit and integration tests, and those in the documentation
	scripts/unit.sh

docs: toolchain ## Build the documentation, warnings are errors
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

openapi: toolchain ## Write openapi/openapi.json anew from the program
	cargo run --quiet --locked -- openapi > $(TARGET)/openapi.json
	mv $(TARGET)/openapi.json openapi/openapi.json

openapi-check: tools ## Is openapi/openapi.json a valid OpenAPI document?
	$(VENV)/bin/openapi-spec-validator openapi/openapi.json

fixtures: ## Does the demo district add up to the published figures?
	python3 fixtures/dong_son/check.py

licences: toolchain tools ## Licences, sources and advisories of all dependencies
	scripts/licences.sh

smoke: toolchain ## `make run` in a directory of its own: figures, GDAL, a write, kill -9, a clean end
	scripts/smoke.sh

clients: toolchain ## GDAL 3.6, OWSLib and validators of documents against the demo
	scripts/clients.sh fast

web: ## Build the map page into web/dist, from where the program embeds it
	@scripts/web.sh

web-lint: web ## eslint and prettier on the page, findings are errors
	cd web && npm run --silent lint

web-unit: web ## Tests of the page's own code
	cd web && npm run --silent unit

web-test: toolchain ## The page in Chromium, wide and narrow: layers, figures, accessibility, embedding
	scripts/web-test.sh

lighthouse: toolchain ## Lighthouse on the page beside a bare map: access, practices, size, speed (RUNS; wants a quiet machine)
	scripts/web-test.sh lighthouse

deb: toolchain web ## A Debian package of the program in target/debian
	cargo build --release --locked
	scripts/deb.sh

package-test: deb ## Install, start, upgrade and remove the package in a clean root (as root; mmdebstrap)
	scripts/package-test.sh

sbom: toolchain ## The crates that the program is built from, as CycloneDX
	@python3 scripts/sbom.py

clean: ## Remove what was built; the data stay
	cargo clean

toolchain:
	@scripts/toolchain.sh

tools:
	@scripts/venv.sh
