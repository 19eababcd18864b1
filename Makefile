# `make demo` and `make test` need Python 3.11 or newer, make, and a package registry that pip can reach.
# The environments are made here, once, and again when pyproject.toml changes. The demo has a small one of its own.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$python; break; }; done)
VENV ?= .venv
LOWEST ?= .venv-lowest
DEMO ?= .venv-demo
# More processes than cores: the Celery tests mostly wait, in real seconds.
JOBS ?= 3
PYTEST_ARGS ?=

BIN := $(VENV)/bin
PIP := -m pip --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install chromium demo serve test lint types test-web-lowest test-clients test-lowest bench mutants wheel clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 24

demo: $(DEMO)/.installed ## Kill a Celery worker in the middle of a task, and see the task come back
	$(DEMO)/bin/python examples/demo.py

serve: $(VENV)/.installed ## Serve on port 9324
	$(BIN)/sqs-emulator serve

test: lint types test-web-lowest test-clients chromium ## Everything that CI checks
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/.installed ## Check style and format
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.installed ## Check types
	$(BIN)/mypy

test-web-lowest: $(LOWEST)/.installed ## The tests of server and wire formats, on the lowest allowed dependencies
	$(LOWEST)/bin/python -m pytest -n $(JOBS) --dist worksteal tests/web tests/wire

test-clients: $(VENV)/.installed ## Real clients, in Python, JavaScript, Go and Java, against a served emulator
	$(BIN)/python -m tests.clients

test-lowest: $(LOWEST)/.installed ## All tests that need no clients, on the lowest allowed dependencies
	$(LOWEST)/bin/python -m pytest -n $(JOBS) --dist worksteal $(addprefix --ignore tests/,browser celery clients docs packaging plugin)

# Where it cannot be installed, the tests in a browser are skipped, and say so.
chromium: ## Install Debian's Chromium for the tests of web pages, where it is missing and we are root
	@if ! command -v chromium >/dev/null && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		export DEBIAN_FRONTEND=noninteractive; \
		{ timeout 120 apt-get -qq update && \
		timeout 400 apt-get -qq install --yes --no-install-recommends chromium >/dev/null; } || \
		echo "Chromium could not be installed: the tests in a browser will be skipped." >&2; \
	fi

bench: $(VENV)/.installed ## Measure speed and size
	$(BIN)/python -m tests.bench

# Which files of the core (all of them), how many mutants, by which seed, for how long at the most.
FILES ?=
MUTANTS ?= 100
SEED ?= 1
MINUTES ?= 60

mutants: $(VENV)/.mutants ## Break the core in small ways, and list the breaks that no test sees
	$(BIN)/python -m tests.mutants --mutants $(MUTANTS) --seed $(SEED) --minutes $(MINUTES) $(FILES)

wheel: $(VENV)/.installed ## Build the wheel into dist/
	$(BIN)/python $(PIP) wheel --no-deps --wheel-dir dist .

clean: ## Remove the environments and what was built
	rm -rf $(VENV) $(LOWEST) $(DEMO) .clients build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

install: $(VENV)/.installed ## Make the environment

$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python $(PIP) install --upgrade 'pip>=25.1'
	$(VENV)/bin/python $(PIP) install --upgrade --editable . --group dev
	@touch $@

# What the demo needs, and no tools of ours: it is the first thing that somebody tries.
$(DEMO)/.installed: pyproject.toml examples/celery/requirements.txt
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/python $(PIP) install --upgrade --editable . --requirement examples/celery/requirements.txt
	@touch $@

$(VENV)/.mutants: $(VENV)/.installed
	$(BIN)/python $(PIP) install --group mutants
	@touch $@

# The runtime's lower bounds, as written in pyproject.toml, with the newest of everything that only tests need.
$(LOWEST)/.installed: pyproject.toml tests/packaging/lowest.py
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found: make PYTHON=/path/to/python" >&2; exit 1; }
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python $(PIP) install --upgrade 'pip>=25.1'
	$(LOWEST)/bin/python tests/packaging/lowest.py > $(LOWEST)/constraints.txt
	$(LOWEST)/bin/python $(PIP) install --constraint $(LOWEST)/constraints.txt --editable . --group test
	@touch $@
