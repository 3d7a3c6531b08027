# make run    serve the site on http://127.0.0.1:8000 (PORT=... and HOST=... change that)
# make test   everything the tests need, every check, the whole suite
# make test-long  the tests that cannot be short: storms, load, long trainings (docs/tests.md)
# make check  format, lint, types, layers, templates, migrations
# make bench  time the analysis against the notebook's own sequence (PHOTOS=folder, else made of samples),
#             and naming, the people page, the desk and searches in made libraries of up to 300,000 faces: three quarters of an hour
# make accuracy  measure how right it is, into docs/accuracy.md
# make lock   pin requirements*.in anew, with hashes
# make clean  remove the environment and what can be made again; data/ and the weights stay

VENV := .venv
PYTHON_OF_VENV := $(VENV)/bin/python
PIP := $(PYTHON_OF_VENV) -m pip --disable-pip-version-check
RUN_STAMP := $(VENV)/.run-requirements
TEST_STAMP := $(VENV)/.test-requirements

# A cut-off installation may leave half a package that pip would take for a whole one. Downloads that
# were complete come out of pip's cache.
UNFINISHED := $(VENV)/.unfinished
ifneq ($(wildcard $(UNFINISHED)),)
$(info The last installation was cut off: making the environment anew.)
$(shell rm -rf $(VENV))
endif

# One worker a core: a file of tests goes to one of them, the longest first (tests/conftest.py). One more made
# nothing quicker, and browsers that wait for each other fail more often. More than four would want more
# memory than they save time: each may hold a browser, a site and TensorFlow at once.
WORKERS := --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder
CHECKS := check-types check-format check-lint check-layers check-templates check-migrations check-settings

# Where it is set, each of the hundreds of processes that the tests start would compile all code anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test test-long fetched check bench accuracy lock clean $(CHECKS)

run: $(RUN_STAMP)
	@exec $(PYTHON_OF_VENV) manage.py serve

# What is fetched comes beside the checks: they want no network and take as long.
test: $(TEST_STAMP)
	@echo "Checking, and fetching what the tests need: networks, a Chromium, PostgreSQL."
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-types fetched $(CHECKS)
	@$(PYTHON_OF_VENV) -m pytest $(WORKERS)

# One after the other: some of them want the machine to themselves.
test-long: fetched
	@$(PYTHON_OF_VENV) -m pytest -m long --durations=0

fetched: $(TEST_STAMP)
	@$(PYTHON_OF_VENV) manage.py fetch_models
	@$(PYTHON_OF_VENV) -m tests.browser.chromium --install
	@$(PYTHON_OF_VENV) -m tests.postgres --install

# Beside each other, the types first: they take longer than all the rest.
check: $(TEST_STAMP)
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target $(CHECKS)

check-types:
	$(VENV)/bin/mypy

check-format:
	$(VENV)/bin/ruff format --check .

check-lint:
	$(VENV)/bin/ruff check .

check-layers:
	$(VENV)/bin/lint-imports

check-templates:
	$(VENV)/bin/djlint templates --check --lint --quiet

check-migrations:
	$(PYTHON_OF_VENV) manage.py makemigrations --check --dry-run

check-settings:
	$(PYTHON_OF_VENV) manage.py check

bench: $(TEST_STAMP)
	@$(PYTHON_OF_VENV) manage.py fetch_models
	@$(PYTHON_OF_VENV) -m benchmarks.speed $(PHOTOS)
	@$(PYTHON_OF_VENV) -m benchmarks.naming
	@$(PYTHON_OF_VENV) -m benchmarks.grouping
	@$(PYTHON_OF_VENV) -m benchmarks.people
	@$(PYTHON_OF_VENV) -m benchmarks.merging
	@$(PYTHON_OF_VENV) -m benchmarks.desk
	@$(PYTHON_OF_VENV) -m benchmarks.camera
	@$(PYTHON_OF_VENV) -m benchmarks.library

accuracy: $(TEST_STAMP)
	@$(PYTHON_OF_VENV) manage.py fetch_models
	@$(PYTHON_OF_VENV) -m benchmarks.accuracy

# TensorFlow, which converts one network, has wheels for these versions and no later one yet.
FIND_PYTHON = for python in $(PYTHON) python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && break; \
	python=; done

$(PYTHON_OF_VENV):
	@$(FIND_PYTHON); \
	if [ -z "$$python" ]; then \
	echo "Facesite needs Python 3.11, 3.12 or 3.13: install one, or name it with make PYTHON=/path/to/python." >&2; exit 1; fi; \
	if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
	echo "$$python cannot make virtual environments yet: run apt install python3-venv, then make again." >&2; exit 1; fi; \
	mkdir -p $(VENV) && touch $(UNFINISHED) && $$python -m venv $(VENV)

$(RUN_STAMP): requirements-pip.txt requirements.txt | $(PYTHON_OF_VENV)
	@touch $(UNFINISHED)
	$(PIP) install --quiet --require-hashes -r requirements-pip.txt
	$(PIP) install --no-deps --require-hashes --only-binary=:all: -r requirements.txt
	@touch $@ && rm $(UNFINISHED)

$(TEST_STAMP): requirements-dev.txt $(RUN_STAMP)
	@touch $(UNFINISHED)
	$(PIP) install --no-deps --require-hashes --only-binary=:all: -r requirements-dev.txt
	@touch $@ && rm $(UNFINISHED)

LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--override requirements-overrides.txt
lock: $(TEST_STAMP)
	$(PIP) install --quiet uv
	$(VENV)/bin/$(LOCK) --quiet -o requirements.txt requirements.in
	$(VENV)/bin/$(LOCK) --quiet -o requirements-dev.txt requirements-dev.in

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
