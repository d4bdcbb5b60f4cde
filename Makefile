# Everything runs from .venv, which is made from the hashed lock file; a newcomer needs `make demo` and `make test` only.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
NODE := .venv/.node-installed

.PHONY: demo ui test coverage soak fix lint check bench release setup lock help
.DEFAULT_GOAL := demo

demo: $(STAMP)  ## Serve invented studios with a history, in a browser too; CLOCK=2026-11-30T09:00:00Z sets its clock
	@$(if $(CLOCK),LOUPE_CLOCK='$(CLOCK)' )exec $(BIN)/loupe demo

ui: $(STAMP) $(NODE)  ## Build GraphiQL, the page that loupe serves to browsers
	@$(BIN)/python -m tools.ui

test: $(STAMP) $(NODE)  ## Run the tests
	@$(BIN)/pytest

coverage: $(STAMP) $(NODE)  ## Run the tests and print which lines they leave out
	@$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

# Kills and races have other timing each time, so they are repeated.
soak: $(STAMP) $(NODE)  ## Run the tests that take long, and those of kills and races ten times
	@$(BIN)/pytest -m soak -n 1
	@$(BIN)/pytest -m races --rounds 10 -n 2

fix: $(STAMP)  ## Format, and mend what can be mended automatically
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(STAMP)  ## Check format, rules, types and who imports whom
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy && $(BIN)/basedpyright
	@$(BIN)/lint-imports

check: lint  ## Check all that takes long as well: the schema, and PostgreSQL 16
	@$(BIN)/python -m tests.check_schema
	@$(BIN)/loupe schema check
	@LOUPE_TEST_POSTGRES=16 $(BIN)/pytest tests/db tests/api

bench: $(STAMP)  ## Measure speed and memory against their targets
	@$(BIN)/python -m bench

# The seed keeps sets of texts in one order.
release: $(STAMP)  ## Record what the tests of the next release need of this one
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.release

setup: $(STAMP) $(NODE)  ## Install everything into .venv

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Loupe needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@echo "Installing into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(NODE): requirements-ui.lock $(STAMP)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-ui.lock
	@touch $@

# The lock files name no host of a registry.
LOCKED := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: $(STAMP) $(NODE)  ## Take the newest releases of all packages
	@$(LOCKED) --extra embedded --group dev pyproject.toml -o requirements.lock
	@$(LOCKED) --group ui -o requirements-ui.lock
	@$(BIN)/python -m tools.node npm update --package-lock-only

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
