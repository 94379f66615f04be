# Everything a person types. `make` alone lists it.
PYTHON ?= python3
BIN := .venv/bin
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export DAGSTER_DISABLE_TELEMETRY := yes
export UV_SYSTEM_CERTS := 1
export UV_COMPILE_BYTECODE := 1
export MARTLET_HOME ?= $(CURDIR)/var

.PHONY: help run test test-all test-browser bench docs lint format ui generate lock clean

help:           ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */|/' | awk -F'|' '{printf "  make %-12s %s\n", $$1, $$2}'

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==0.13.8
	$(BIN)/uv pip install --quiet --require-hashes -r requirements.lock || \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock  # slower, own settings
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

run: .venv/ready        ## one nightly run, on the embedded demo if no MARTLET_<SYSTEM>_URL is set
	@$(BIN)/martlet nightly

test: .venv/ready       ## the whole suite, a real PostgreSQL included
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope --max-worker-restart 0

test-all: .venv/ready   ## long cases too
	$(BIN)/python -m pytest --numprocesses 2 --dist loadscope --max-worker-restart 0 -m 'not browser'

test-browser: .venv/ready  ## the Dagster UI in a headless Chromium, the exports in LibreOffice (apt-get install both)
	@$(BIN)/python -m tests.browser.chromium
	@$(BIN)/python -m tests.browser.office
	$(BIN)/python -m pytest -m browser tests/browser

.venv/bench: .venv/ready benchmarks/requirements.lock
	$(BIN)/uv pip install --quiet --require-hashes -r benchmarks/requirements.lock
	@touch $@

bench: .venv/bench      ## what a night costs, as ratios beside their limits (about 80 minutes, 15 GB of disk)
	@$(BIN)/python -m benchmarks

docs: .venv/ready       ## the documentation site, one page that needs no network: every model and column, its SQL and lineage
	@$(BIN)/python -m orchestration.docs

lint: .venv/ready       ## ruff, mypy, sqlfmt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/sqlfmt --check --quiet dbt_project

format: .venv/ready     ## rewrite Python and SQL in the project's format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/sqlfmt --quiet dbt_project

ui: .venv/ready         ## Dagster's UI and daemon on http://127.0.0.1:3000
	@$(BIN)/python -m orchestration.ui

generate: .venv/ready   ## write the scorecard SQL, the KPI seeds and docs/metrics.md from the KPI catalogue
	$(BIN)/python -m dbt_project.kpis.generate

lock: .venv/ready       ## resolve the dependencies again into requirements.lock and benchmarks/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --all-extras --generate-hashes \
	  --no-emit-index-url --no-header pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --constraints requirements.lock \
	  --no-emit-index-url --no-header benchmarks/requirements.in --output-file benchmarks/requirements.lock

clean:          ## remove the environment (never the state under MARTLET_HOME)
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
