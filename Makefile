# What there is to do with a checkout; `make help` lists it. Everything is installed into .venv, as an ordinary user.

.DEFAULT_GOAL := help
.PHONY: help run demo test check lint types layers test-postgres bench format
.DELETE_ON_ERROR:

# The Python to make the virtual environment with: the first that is new enough, or the one given as PYTHON=….
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# The tests to run, as in `make test TESTS=tests/node`.
TESTS ?= tests

VENV := .venv
IN_VENV := $(VENV)/bin/python
INSTALLED := $(VENV)/.installed
READY_TO_TEST := $(VENV)/.ready-to-test
PIP_INSTALL := $(IN_VENV) -m pip install --quiet --disable-pip-version-check
UNREACHABLE := The packages could not be installed. Is the internet reachable from here?

help: ## Say what there is to do.
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r name what; do \
		printf '  make %-14s %s\n' "$$name" "$$what"; done

run: $(INSTALLED) ## Serve a node on http://localhost:8000, set up in ./data if there is none yet.
	@test -e config.toml || $(IN_VENV) -m node --config config.toml init --domain localhost \
		--name "Legal aid on this machine" --base-url http://localhost:8000
	@$(IN_VENV) -m node --config config.toml serve

demo: $(INSTALLED) ## Run three bodies on this machine that follow each other.
	@$(IN_VENV) -m node demo

test: check ## Check everything: format, lint, types, layers and tests.

check: $(READY_TO_TEST) lint types layers ## Another name for `make test`.
	@$(IN_VENV) -m pytest --quiet --numprocesses auto $(TESTS)

lint: $(READY_TO_TEST) ## Check format and lint alone.
	@$(IN_VENV) -m ruff format --check --quiet . || { echo "The files above are not formatted: make format" >&2; exit 1; }
	@$(IN_VENV) -m ruff check --quiet .

types: $(READY_TO_TEST) ## Check types alone.
	@$(IN_VENV) -m mypy --no-error-summary

layers: $(READY_TO_TEST) ## Check alone that imports go down, never up.
	@$(IN_VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache

test-postgres: $(READY_TO_TEST) ## Run the tests with a PostgreSQL of their own.
	@tests/postgres.sh $(IN_VENV) -m pytest --quiet --numprocesses auto $(TESTS)

bench: $(READY_TO_TEST) ## Measure speed against limits measured in the same run.
	@$(IN_VENV) -m tests.benchmarks

format: $(READY_TO_TEST) ## Format the code, and mend what lint can mend.
	@$(IN_VENV) -m ruff format --quiet .
	@$(IN_VENV) -m ruff check --quiet --fix .

$(IN_VENV):
	@test -n "$(PYTHON)" && "$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "This needs Python 3.11 or newer, and '$(or $(PYTHON),python3)' is not. Debian 12 and Ubuntu 24.04 have one:" >&2; \
		echo "sudo apt install python3 python3-venv. One elsewhere can be named: make run PYTHON=/path/to/python3" >&2; \
		exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "Python's venv module is missing: sudo apt install python3-venv" >&2; exit 1; }
	@"$(PYTHON)" -m venv --clear $(VENV)

# The stamps are older than Python itself after the system's upgrade, which may leave a virtual environment without pip.
$(INSTALLED): pyproject.toml $(IN_VENV)
	@$(IN_VENV) -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV); $(MAKE) --no-print-directory $(IN_VENV); }
	@echo "Installing into $(VENV); the first time takes a minute." >&2
	@$(PIP_INSTALL) --editable . || { echo "$(UNREACHABLE)" >&2; exit 1; }
	@touch $@

$(READY_TO_TEST): $(INSTALLED)
	@echo "Installing what tests need into $(VENV)." >&2
	@$(PIP_INSTALL) --editable '.[dev]' || { echo "$(UNREACHABLE)" >&2; exit 1; }
	@touch $@
