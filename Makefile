# Two commands to know: `make run` and `make test`. Needs Python 3.11 or newer, git and make.

PORT      ?= 8000
DEMO_HOME ?= $(CURDIR)/.fondaco-demo
VENV      ?= .venv
# The cases that Hypothesis makes up: the same each time (ci), or new ones (default).
PROFILE   ?= ci
PYTHON    ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
               $(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)))

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
SRC := src tests tools benchmarks

.DEFAULT_GOAL := help
.PHONY: help run install test test-all lint format types contracts docs requirements bench fuzz clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

# --- installing: each stamp stands for one set of pinned requirements ------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Fondaco needs Python 3.11 or newer; none was found."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Fondaco needs to run (once) ..."
	$(PIP) --require-hashes -r requirements/run.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src/fondaco
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need (once) ..."
	$(PIP) --require-hashes -r requirements/dev.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src/fondaco
	@touch $(VENV)/.run $@

$(VENV)/.spark: requirements/spark.txt $(VENV)/.dev
	@echo "Installing Spark (once, large) ..."
	$(PIP) --require-hashes -r requirements/spark.txt
	@touch $@

install: $(VENV)/.dev ## install Fondaco and its development tools into .venv

# --- using ------------------------------------------------------------------------------------------

run: $(VENV)/.run ## serve the demo network on http://127.0.0.1:8000 (PORT= changes it)
	@FONDACO_HOME="$(DEMO_HOME)" $(BIN)/fondaco demo
	@FONDACO_HOME="$(DEMO_HOME)" $(BIN)/fondaco serve --port $(PORT)

# --- checking ---------------------------------------------------------------------------------------

test: $(VENV)/.dev ## run the tests, in parallel (Spark and the slow ones aside)
	$(BIN)/pytest -n auto --dist worksteal -m "not spark and not slow" --hypothesis-profile=$(PROFILE)

test-all: $(VENV)/.spark ## run every test
	$(BIN)/pytest -n auto --dist worksteal --hypothesis-profile=$(PROFILE)

lint: $(VENV)/.dev ## look for mistakes and for formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.dev ## mend formatting and what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.dev ## check types
	$(BIN)/mypy

contracts: $(VENV)/.dev ## check that the rooms import only leftwards
	$(BIN)/lint-imports

docs: $(VENV)/.dev ## build the documentation into site/ and refresh its generated pages
	$(BIN)/python tools/requirements_matrix.py
	$(BIN)/python tools/command_reference.py
	$(BIN)/mkdocs build --strict --quiet

bench: $(VENV)/.dev ## run the benchmarks; each prints ratios
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

FUZZ_SECONDS ?= 1800
fuzz: $(VENV)/.dev ## fuzz each reader for FUZZ_SECONDS (1800), with atheris
	$(PIP) "atheris>=3.0"
	$(BIN)/python tools/fuzz_readers.py --all --seconds $(FUZZ_SECONDS)

LOCK = $(BIN)/uv pip compile pyproject.toml requirements/build.in --quiet --universal --generate-hashes \
       --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
       --custom-compile-command "make requirements"

requirements: $(VENV)/.dev ## pin the requirements again (UPGRADE=1 takes newer versions)
	$(PIP) uv
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra web --extra charts --extra gravity -o requirements/run.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) -c requirements/run.txt --extra web --extra charts --extra privacy --extra gravity --extra dev -o requirements/dev.txt
	$(LOCK) $(if $(UPGRADE),--upgrade) -c requirements/dev.txt --extra web --extra charts --extra privacy --extra gravity --extra dev --extra spark -o requirements/spark.txt

clean: ## remove what was built (not .venv, not the demo)
	rm -rf build dist site .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
