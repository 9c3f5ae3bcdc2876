# `make run` and `make test` need a current Rust toolchain and nothing else: scripts/setup.sh sees
# to the rest. One cargo profile (dev) everywhere, so that the solver is compiled once.

ARGS ?=
# The published files that `make example` reads; the recipe names them.
DATA ?= ../shared/data
example := models/examples/derby-and-derbyshire

# Everything the web assets are built from; folders too, so that a deleted file counts.
web_sources := $(shell find web -mindepth 1 \( -path web/node_modules -o -path web/dist -o -path web/dist.new \
	-o -path web/screenshots -o -path web/templates \) -prune -o -print)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test proof check golden example fmt setup-run setup-test web clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup-run web ## serve a demonstration ICB until stopped; ARGS=--once prints its tables and ends
	cargo run --locked -p cli --bin valuebook -- demo $(ARGS)

test: setup-test web check ## everything that must pass: checks, Rust tests, browser tests
	cargo build --locked -p cli
	scripts/postgres.sh cargo test --locked --workspace --no-fail-fast
	VALUEBOOK_TEST_ON=postgres scripts/postgres.sh cargo test --locked -p store --lib
	scripts/web.sh test --if-present

proof: test ## everything that takes longer: the service's tests on PostgreSQL too
	VALUEBOOK_TEST_ON=postgres scripts/postgres.sh cargo test --locked -p server --test service

check: setup-test web ## the quick half of `make test`: format, types, lints
	cargo fmt --all --check
	scripts/web.sh run check
	cargo clippy --locked --workspace --all-targets -- -D warnings

golden: setup-test web ## write the expected outputs anew; read the difference before you commit it
	cargo build --locked -p cli
	UPDATE_GOLDEN=1 cargo test --locked -p tests

example: setup-run web ## make the example book anew from the published files in DATA
	cargo run --locked -p cli --bin valuebook -- rebuild $(example)/recipe --data $(DATA) --out $(example)

fmt: ## lay out the Rust sources
	cargo fmt --all

setup-run:
	@scripts/setup.sh run

setup-test:
	@scripts/setup.sh test

web: web/dist

# npm writes this file at the end of every install.
web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	scripts/web.sh ci
	@touch $@

web/dist: web/node_modules/.package-lock.json $(web_sources)
	scripts/web.sh run build
	@touch $@

clean: ## remove everything built, the fetched tools too
	cargo clean
	rm -rf target web/node_modules web/dist web/screenshots
