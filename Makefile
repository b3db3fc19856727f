# The doors of the project: people and CI come in here. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
PYTEST_ARGS ?= -n 2

.DEFAULT_GOAL := help
# Every target with a description: none of them is a file's name.
.PHONY: $(shell sed -nE 's/^([a-z-]+):.*##.*/\1/p' $(firstword $(MAKEFILE_LIST)))

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

$(VENV)/pip.stamp:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "trackwright needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install "pip>=25.1"
	@touch $@

$(VENV)/run.stamp: $(VENV)/pip.stamp pyproject.toml
	$(PIP) install --editable '.[all]' --group services
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp pyproject.toml
	$(PIP) install --group dev
	@touch $@

demo: $(VENV)/run.stamp ## two domains from specs to finished rows (KEEP=dir, SERVICES=1)
	$(BIN)/python docs/demo/demo.py $(if $(SERVICES),--services) $(if $(KEEP),--keep $(KEEP))

test: $(VENV)/dev.stamp ## the whole suite, on real PostgreSQL and Redis that it starts itself
	$(BIN)/python -m pytest $(PYTEST_ARGS)

coverage: $(VENV)/dev.stamp ## branches of runtime and generator that the suite runs, workers included
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest $(PYTEST_ARGS) $(or $(TESTS),tests)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report
	$(BIN)/python tests/branches/measure.py $(if $(TESTS),,--at-least 95)

test-mutation-core: $(VENV)/dev.stamp ## small faults in status, query, merge, revisions that the suites notice (PART=, MUTANTS=100)
	$(PIP) install --group mutation
	PYTHONPATH=tests/support $(BIN)/python tests/mutation/core.py --mutants $(or $(MUTANTS),100) $(if $(PART),--part $(PART))

test-rest: $(VENV)/dev.stamp ## the REST endpoints under many random requests (EXAMPLES=n)
	TRACKWRIGHT_REST_EXAMPLES=$(or $(EXAMPLES),200) $(BIN)/python -m pytest $(PYTEST_ARGS) tests/rest/test_schemathesis.py

CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome))
NO_CHROMIUM = no Chromium here: apt-get install chromium, or name one: make $@ CHROMIUM=/path/to/it
test-browser: $(VENV)/dev.stamp ## the audit's page in a real headless Chromium (CHROMIUM=path)
	@test -n "$(CHROMIUM)" || { echo "$(NO_CHROMIUM)" >&2; exit 1; }
	TRACKWRIGHT_CHROMIUM=$(CHROMIUM) $(BIN)/python -m pytest -n 0 tests/browser

PGBOUNCER ?= $(firstword $(wildcard /usr/sbin/pgbouncer /usr/bin/pgbouncer))
test-pgbouncer: $(VENV)/dev.stamp ## workers behind a real PgBouncer in transaction mode (PGBOUNCER=path)
	@test -n "$(PGBOUNCER)" || { echo "no PgBouncer here: apt-get install pgbouncer, or make $@ PGBOUNCER=path" >&2; exit 1; }
	TRACKWRIGHT_PGBOUNCER=$(PGBOUNCER) $(BIN)/python -m pytest -n 0 tests/pgbouncer

pictures: $(VENV)/dev.stamp ## write the pictures of the audit's page in docs/images anew (CHROMIUM=path)
	@test -n "$(CHROMIUM)" || { echo "$(NO_CHROMIUM)" >&2; exit 1; }
	TRACKWRIGHT_CHROMIUM=$(CHROMIUM) $(BIN)/python docs/generate/audit_pictures.py

test-faults: $(VENV)/dev.stamp ## thousands of rows while workers and servers die (ROWS=n, 5000)
	FAULT_ROWS=$(or $(ROWS),5000) $(BIN)/python -m pytest tests/faults -n 0

test-migrations: $(VENV)/dev.stamp ## tables of a million rows migrated while others write (ROWS=n)
	TRACKWRIGHT_MIGRATION_ROWS=$(or $(ROWS),1000000) $(BIN)/python -m pytest tests/revisions/test_writer.py tests/adopt/test_writer.py -n 0 -s
test-plans: $(VENV)/dev.stamp ## the plans of all hot statements on a large table (ROWS=n, 2000000)
	PLAN_ROWS=$(or $(ROWS),2000000) $(BIN)/python -m pytest tests/runtime/test_query_plans.py -n 0

fuzz: $(VENV)/dev.stamp ## the linter under mutated source, for long (EXAMPLES=n, 5000)
	TRACKWRIGHT_FUZZ_EXAMPLES=$(or $(EXAMPLES),5000) $(BIN)/python -m pytest -q -n 2 tests/lint/test_fuzz.py

test-specs: $(VENV)/dev.stamp ## random specs, six domains a project, and hostile ones (EXAMPLES=n, 60 domains)
	TRACKWRIGHT_SPEC_BATCHES=$$(( ($(or $(EXAMPLES),60) + 5) / 6 )) TRACKWRIGHT_HOSTILE_EXAMPLES=$$(( $(or $(EXAMPLES),60) * 20 )) \
		$(BIN)/python -m pytest -n 0 tests/generator/test_random_specs.py tests/generator/test_hostile_specs.py

test-mutation: $(VENV)/dev.stamp ## every mutant of a generated service and task against its tests
	TRACKWRIGHT_MUTANTS=1000 $(BIN)/python -m pytest -n 0 tests/generator/test_mutation.py

check: $(VENV)/dev.stamp ## ruff, format, three type checkers, import contracts, bandit, our own linter
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/pyright
	$(BIN)/pyrefly check tests/typing
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive generator runtime templates
	$(BIN)/trackwright lint

format: $(VENV)/dev.stamp ## format and fix what can be fixed safely
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

golden: $(VENV)/dev.stamp ## write the golden trees anew; read the diff before committing it
	TRACKWRIGHT_UPDATE_GOLDEN=1 $(BIN)/python -m pytest tests/generator/test_golden.py

matrix: $(VENV)/dev.stamp ## the suites beside other versions of everything (nox; SESSION=name)
	$(PIP) install --group matrix
	PATH=$(abspath $(BIN)):$$PATH $(BIN)/nox $(if $(SESSION),--session $(SESSION))

security: $(VENV)/dev.stamp ## bandit and ruff on what is shipped, pip-audit on what it depends on
	$(PIP) install --group security
	$(BIN)/ruff check --select S generator runtime templates
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive generator runtime templates
	$(BIN)/pip-audit --skip-editable --progress-spinner off

benchmarks: $(VENV)/dev.stamp ## measure everything on a quiet machine, write docs/reference/benchmarks.md (ONLY="bulk lint")
	$(BIN)/python benchmarks/all.py $(if $(ONLY),--only $(ONLY))

dist: $(VENV)/dev.stamp ## sdist and wheel into dist/, as the index wants them
	rm -rf dist
	$(BIN)/python -m build
	$(BIN)/twine check --strict dist/*

reference: $(VENV)/dev.stamp ## write docs/reference anew from commands, rules, settings and specs
	$(BIN)/python docs/generate/reference.py

docs: $(VENV)/dev.stamp ## run every block of the documentation, then build the site into site/
	$(BIN)/python -m pytest $(PYTEST_ARGS) tests/docs
	$(BIN)/python docs/build.py

clean: ## remove the virtual environment and caches
	rm -rf $(VENV) .nox .mypy_cache .ruff_cache .import_linter_cache dist site
