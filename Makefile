# Everything runs from .venv, which is made from hashed lock files: for running, for tests, and for Node; a newcomer needs `make demo` and `make test` only.
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
TESTS := .venv/.test-installed
NODE := .venv/.ui-installed

.PHONY: demo ui wheel test coverage soak fix lint check bench release clients setup lock help
.DEFAULT_GOAL := demo

demo: $(INSTALLED)  ## Serve invented studios with a history, in a browser too; CLOCK=2026-11-30T09:00:00Z sets its clock
	@$(if $(CLOCK),LOUPE_CLOCK='$(CLOCK)' )exec $(BIN)/python -m tools.demo

ui: $(INSTALLED)  ## Build GraphiQL, the page that loupe serves to browsers
	@$(BIN)/python -m tools.ui

wheel: ui  ## Build the wheel and the sdist, with GraphiQL, into dist
	@$(BIN)/hatchling build

test: $(TESTS) $(NODE)  ## Run the tests
	@$(BIN)/pytest

coverage: $(TESTS) $(NODE)  ## Run the tests and print which lines they leave out
	@$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

# Kills and races have other timing each time, so they are repeated.
soak: $(TESTS) $(NODE)  ## Run the tests that take long, and those of kills and races ten times
	@$(BIN)/pytest -m soak -n 1
	@$(BIN)/pytest -m races --rounds 10 -n 2

fix: $(TESTS)  ## Format, and mend what can be mended automatically
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(TESTS)  ## Check format, rules, types and who imports whom
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy && $(BIN)/basedpyright
	@$(BIN)/lint-imports

check: lint $(NODE)  ## Check all that takes long as well: the schema, TypeScript, and PostgreSQL 16
	@$(BIN)/python -m tests.check_schema
	@$(BIN)/loupe schema check
	@$(BIN)/python -m tools.lint
	@$(BIN)/python -m tools.schema
	@LOUPE_TEST_POSTGRES=16 $(BIN)/pytest tests/db tests/api

bench: $(TESTS)  ## Measure speed and memory against their targets
	@$(BIN)/python -m bench

# The seed keeps sets of texts in one order.
release: $(TESTS)  ## Record what the tests of the next release need of this one
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.release

clients: $(TESTS) $(NODE)  ## Make the clients' files from schema.graphql, and check the clients in TypeScript
	@cd clients/python && ../../$(BIN)/python -m loupe_client.operations operations
	@$(BIN)/python -m tools.clients

setup: $(TESTS) $(NODE)  ## Install everything into .venv

INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Loupe needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@echo "Installing into .venv ..."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

.venv/.%-installed: requirements-%.lock $(INSTALLED)
	@echo "Installing $< into .venv ..."
	@$(INSTALL) --require-hashes -r $<
	@touch $@

# The lock files name no host of a registry.
LOCKED := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: $(TESTS) $(NODE)  ## Take the newest releases of all packages
	@$(LOCKED) --extra embedded --group build pyproject.toml -o requirements.lock
	@$(LOCKED) --group ui -o requirements-ui.lock
	@$(LOCKED) --group test --constraint requirements.lock --constraint requirements-ui.lock -o requirements-test.lock
	@$(BIN)/python -m tools.node npm update --package-lock-only

help:  ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
