# Every target does its own set-up first; the second time that costs less than a second.
.POSIX:
PYTHON = python3
# Compiled modules are kept, whatever the environment says: without them every start compiles for seconds.
PY = PYTHONDONTWRITEBYTECODE= .venv/bin/python

# Four workers for two cores, because some tests wait; see tests/conftest.py for which tests go together.
TOGETHER = -n 4 --dist loadscope --no-loadscope-reorder

.PHONY: help run setup test check static format lint types imports bench bench-nlu screenshots lock clean

help:
	@echo "make run          the demo, at http://127.0.0.1:8000"
	@echo "make test         the tests, without a browser and without those that kill processes, train models or run a whole program"
	@echo "make check        what CI runs: format, lint, types, imports, all tests with coverage, browser tests"
	@echo "make bench        the measurements"
	@echo "make bench-nlu    how well messages are understood, beside Rasa if LEERLIJN_RASA names one"
	@echo "make setup        only the set-up, with everything for developers"
	@echo "make screenshots  the README's pictures (needs Chromium)"
	@echo "make lock         newer versions of all packages: requirements.lock and package-lock.json"
	@echo "make clean        remove what the set-up made; the demo's data in var/ stays"

run:
	@$(PYTHON) scripts/setup.py run
	@$(PY) -m bot demo

setup:
	@$(PYTHON) scripts/setup.py develop

test: setup
	$(PY) -m pytest -m "not browser and not slow" $(TOGETHER)

check: static
	$(PY) -m pytest $(TOGETHER) --cov --cov-report=term:skip-covered

static: format lint types imports

format: setup
	$(PY) -m ruff format --check .

lint: setup
	$(PY) -m ruff check .

types: setup
	$(PY) -m mypy

imports: setup
	$(PY) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo

bench: setup
	$(PY) -m tests.benchmarks.bench_messages --write
	$(PY) -m tests.benchmarks.bench_booking
	$(PY) -m tests.benchmarks.bench_import
	$(PY) -m tests.benchmarks.bench_search
	$(PY) -m tests.benchmarks.bench_console
	$(PY) -m tests.benchmarks.bench_threads

bench-nlu: setup
	$(PY) -m tests.benchmarks.bench_nlu

screenshots: setup
	$(PY) -m scripts.screenshots

lock: setup
	$(PY) -m scripts.lock

clean:
	rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .coverage
