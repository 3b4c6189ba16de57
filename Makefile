# Everything a person types. `make` alone says what there is.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help synth test lint check docs bench setup lock clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

synth: setup ## Write the Terraform JSON of the scenario to cdktf.out, and say how to deploy it
	@$(BIN)/python main.py

test: setup ## Run all tests; those for an absent engine are skipped, with the reason
	@$(BIN)/python -m pytest --quiet -n 8 --dist loadgroup --no-loadscope-reorder

lint: setup ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint ## The same, and the tests that start no engine
	$(BIN)/python -m pytest --quiet -n 2 --dist loadgroup -m "not engine"

docs: setup ## Write docs/checks.md from the catalogue of checks
	@$(BIN)/python -m latticelink.reports.checks_page > docs/checks.md

bench: setup ## Measure synth time and memory, as ratios of medians in one run
	@$(BIN)/python bench/run.py

setup: ## Make .venv from requirements.lock; anew only when the lock changes
	@cmp -s requirements.lock .venv/requirements.lock || $(MAKE) --no-print-directory venv
	@printf '%s\n' "$(CURDIR)" | cat - pyproject.toml | cmp -s - .venv/installed-from || $(MAKE) --no-print-directory package

.PHONY: venv package
venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LatticeLink needs Python 3.11 or newer; PYTHON=... make chooses another than " + sys.executable)'
	@echo "Setting up .venv from requirements.lock (once; about a minute, 1 GB)..."
	@rm -rf .venv
	@$(PYTHON) -m venv .venv || { echo "$(PYTHON) can't make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@cp requirements.lock .venv/requirements.lock

# The package is installed from this folder, so a moved folder needs it again.
package:
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@printf '%s\n' "$(CURDIR)" | cat - pyproject.toml > .venv/installed-from

lock: ## Resolve requirements.lock anew (needs uv); no index addresses, hashes for every platform
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra node --extra dev \
		--no-emit-index-url --no-header --upgrade pyproject.toml --output-file requirements.lock

clean: ## Remove what was generated; state stays
	rm -rf .venv cdktf.out .mypy_cache .pytest_cache .ruff_cache .hypothesis
