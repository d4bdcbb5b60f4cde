# Everything runs from .venv, which is made from the hashed lock file; a newcomer needs `make demo` and `make test` only.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: demo test soak check bench release setup lock
.DEFAULT_GOAL := demo

demo: $(STAMP)
	@exec $(BIN)/loupe demo

test: $(STAMP)
	@$(BIN)/pytest

# What needs longer than the tests may.
soak: $(STAMP)
	@$(BIN)/pytest -m soak -n 1

check: $(STAMP)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .
	@$(BIN)/mypy && $(BIN)/basedpyright
	@$(BIN)/lint-imports
	@$(BIN)/python -m tests.check_schema
	@$(BIN)/loupe schema check
	@LOUPE_TEST_POSTGRES=16 $(BIN)/pytest tests/db tests/api

bench: $(STAMP)
	@$(BIN)/python -m bench

# What the tests of the next release keep of this one; the seed keeps sets of texts in one order.
release: $(STAMP)
	@PYTHONHASHSEED=0 $(BIN)/python -m tests.release

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Loupe needs Python 3.11 or newer; name one with make PYTHON=python3.12")'
	@$(PYTHON) -m venv .venv
	@echo "Installing into .venv ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Newest releases of everything; the lock file names no index host.
lock:
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra embedded --group dev pyproject.toml -o requirements.lock
