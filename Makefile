# Two commands matter: `make demo` shows the product, `make test` proves it. `make` alone lists the rest.
.DEFAULT_GOAL := help
.PHONY: help demo setup test prove faults bench pictures lint format coverage lock clean

BIN := .venv/bin
CODE := sjt item_bank proctoring wsgi.py tests
# One test at a time to whichever worker is free: in larger parcels one worker gets all journeys, and works alone at last.
PYTEST = $(BIN)/python -m pytest -n $(WORKERS) --maxschedchunk=1
# Three workers on two cores: tests wait for browsers and servers; WORKERS=0 runs them in one process.
WORKERS ?= 3
# Some machines turn compiled files off: each of the many processes of a test run would compile all it imports again.
unexport PYTHONDONTWRITEBYTECODE

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo:  ## set up and start the product on http://127.0.0.1:8000 (PORT=, SJT_HOME=)
	@tools/bootstrap run
	@exec $(BIN)/sjt demo

setup:  ## prepare .venv, with everything that tests need
	@tools/bootstrap dev

test: setup lint  ## set up, check the code, and run every test on real servers and a real browser
	$(PYTEST) -m "not long"

prove: setup  ## properties, races and kills in their long forms; the record goes to docs/proof.md
	$(BIN)/python -m tests.prove

faults: setup  ## kill, cut off, fill up, again and again (SEED=); the record goes to docs/faults.md
	$(BIN)/python -m tests.faults $(if $(SEED),--seed $(SEED))

bench:  ## how fast it is beside the least that could do the same; writes var/bench.json and docs/performance.md
	@tools/bootstrap bench
	$(BIN)/python -m benchmarks

pictures: setup  ## draw the pictures of README and docs anew from the running product
	$(BIN)/python -m tests.pictures

lint: setup  ## style, types, the import contracts, templates
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml sjt item_bank proctoring wsgi.py
	$(BIN)/vulture

format: setup  ## put the code into its usual shape
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

coverage: setup  ## which lines no test reaches
	$(BIN)/coverage run -m pytest -m "not long"
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# The lock must say the same on every machine: no index, mirror or local folder of this one gets in.
# UPGRADE=1 takes newer versions; else only what the .in files ask for changes.
COMPILE = env -u UV_INDEX -u UV_INDEX_URL -u UV_DEFAULT_INDEX -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	-u PIP_INDEX_URL -u PIP_EXTRA_INDEX_URL -u PIP_FIND_LINKS UV_NO_CONFIG=1 \
	$(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--python-version 3.11 $(if $(UPGRADE),--upgrade)

lock: setup  ## write the .lock files from the .in files (UPGRADE=1 for newer versions)
	$(COMPILE) requirements-uv.in -o requirements-uv.lock
	$(COMPILE) requirements.in -o requirements.lock
	$(COMPILE) requirements-dev.in -c requirements.lock -o requirements-dev.lock

clean:  ## remove .venv and what the tools left; the product's own data in var/ stays
	rm -rf .venv *.egg-info .coverage* htmlcov test-results .hypothesis
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
