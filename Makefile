# Everything a person types. `make` alone says what there is.
PYTHON ?= python3
# What a synth and the tests run on: cdktf, or cdktn (CDK Terrain). A synth with the latter has a lock and a folder of its own.
CDK ?= cdktf
VENV := .venv
BIN := $(VENV)/bin
NEEDS := requirements.lock
$(if $(filter cdktf cdktn,$(CDK)),,$(error CDK is $(CDK); it is cdktf, or cdktn for CDK Terrain))
# Bytecode is kept even where the user's environment says not to: the next synth takes a second, and none of the hundreds of
# processes that tests start compiles the library anew.
export PYTHONDONTWRITEBYTECODE :=
# uv installs in a fraction of pip's time and is used where it is there; `make UV= ...` does without.
UV := $(shell uv --version 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help synth test lint check docs site lab oracle bench setup tools lock clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

synth: synth-$(CDK) ## Write the Terraform JSON of the scenario to cdktf.out, and say how to deploy it; CDK=cdktn on CDK Terrain

.PHONY: synth-cdktf synth-cdktn moved
synth-cdktf: setup
	@$(BIN)/python main.py

synth-cdktn:
	@$(MAKE) --no-print-directory setup moved VENV=.venv-cdktn NEEDS=requirements-cdktn.lock
	@.venv-cdktn/bin/python build/cdktn/main.py

# The scenario in the words of CDK Terrain, by the way that docs/cdk-terrain.md shows.
moved:
	@rm -rf build/cdktn && mkdir -p build/cdktn && cp -R main.py stacks build/cdktn
	@sed -E -i.cdktf -f docs/cdktf-to-cdktn.sed build/cdktn/main.py build/cdktn/stacks/*.py

# Not by .venv/bin/latticelink: pip starts that by a shell where the folder's name has a space, which runs backquotes in it.
lab: synth ## Run the scenario in network namespaces of this machine: real nginx, real curl (Linux; docs/lab.md)
	@$(BIN)/python -c 'import sys; from latticelink.cli.main import main; sys.exit(main())' lab cdktf.out

test: tools ## Run all tests, the fast ones first; those for an absent engine are skipped, with the reason
	@echo "Tests that start no engine..."
	@$(NO_ENGINE)
	@echo "Tests on real engines..."
	@LATTICELINK_CDK=$(CDK) $(BIN)/python -m pytest --quiet -n 12 --dist loadgroup --no-loadscope-reorder -m engine $(ENGINES)

# Where they are: collecting the other files costs each process more than two seconds. tests/test_setup.py holds it.
ENGINES := tests/browser tests/engines tests/lab/test_answers.py

# What takes long is about packets, bounds and JSON, which are the same on both CDKs, and so is what loads neither: once is
# enough. tests/test_setup.py holds that these folders' tests are such.
LOADS_NO_CDK := tests/browser tests/engines tests/network tests/paths tests/picture
NO_ENGINE := LATTICELINK_CDK=$(CDK) $(BIN)/python -m pytest --quiet -n auto --dist loadgroup \
  -m "not engine$(if $(filter cdktn,$(CDK)), and not slow)" $(if $(filter cdktn,$(CDK)),$(addprefix --ignore=,$(LOADS_NO_CDK)))

lint: tools ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy

check: lint ## The same, and the tests that start no engine; CDK=cdktn on CDK Terrain
	$(NO_ENGINE)

docs: setup ## Write docs/checks.md from the catalogue of checks, and draw the pictures of the scenario and the examples
	@$(BIN)/python -m latticelink.reports.checks_page > docs/checks.md
	@$(BIN)/python docs/pictures/draw.py

MERMAID := tests/browser/node_modules/mermaid/dist/mermaid.min.js
site: tools $(MERMAID) ## Build the documentation as a site, with an API reference and search, in build/site (needs npm)
	@$(BIN)/python -m sphinx --quiet --fail-on-warning --keep-going -c docs/site . build/site
	@echo "Open build/site/index.html."

$(MERMAID): tests/browser/package-lock.json
	@npm ci --silent --prefix tests/browser
	@touch $@

oracle: tools ## Let real packets judge the check on 5,000 random topologies (Linux; about ten minutes)
	@unshare -Urnm --pid --fork --kill-child --mount-proc $(BIN)/python -m tests.lab.oracle $(or $(COUNT),5000) $(or $(SEED),$$RANDOM)

bench: tools ## Measure synth time and memory, as ratios of medians in one run
	@$(BIN)/python bench/run.py

setup: ## Make .venv with what a synth needs (requirements.lock); anew only when the lock changes
	@[ -x $(BIN)/python ] && [ -x $(BIN)/$(INSTALLER) ] && cmp -s $(NEEDS) $(VENV)/$(NEEDS) || $(MAKE) --no-print-directory venv
	@pwd -P | cat - pyproject.toml | cmp -s - $(VENV)/installed-from || $(MAKE) --no-print-directory package

tools: setup ## Add to .venv what tests, lint, bench and examples/hcp/deploy.py need (requirements-dev.lock)
	@cmp -s requirements-dev.lock .venv/requirements-dev.lock || $(MAKE) --no-print-directory dev

# What pip calls a warning it says of every package where its configuration names a folder too many: shown if a step fails.
OR_SAY_WHY := 2>$(VENV)/setup.log || { cat $(VENV)/setup.log >&2; exit 1; }
INSTALLER := $(if $(UV),python,pip)
INSTALL := $(if $(UV),uv pip install --python $(BIN)/python,$(BIN)/python -m pip install --disable-pip-version-check) --quiet --no-compile

# Each copies its lock into .venv last, so that one that failed or was interrupted is done again.
.PHONY: venv package dev
venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "LatticeLink needs Python 3.11 or newer; PYTHON=... make chooses another than " + sys.executable)'
	@echo "Making $(VENV) with what a synth needs (once; about 15 seconds, 0.5 GB)..."
	@rm -rf $(VENV)/$(NEEDS) $(VENV)
	@$(PYTHON) -m venv $(if $(UV),--without-pip) $(VENV) || { echo "$(PYTHON) can't make virtual environments; on Debian: apt-get install python3-venv"; exit 1; }
	@$(INSTALL) --require-hashes --requirement $(NEEDS) $(OR_SAY_WHY)
	@cp $(NEEDS) $(VENV)/$(NEEDS)
	@echo "The first synth takes 10 seconds more: the CDK unpacks its JavaScript into your cache folder (0.5 GB)."

# The package is installed from this folder, so a moved folder needs it again.
package:
	@$(INSTALL) --no-deps --no-build-isolation --editable . $(OR_SAY_WHY)
	@pwd -P | cat - pyproject.toml > $(VENV)/installed-from

# Over other tools, or what an interrupt left of them, .venv is made anew.
dev:
	@[ ! -e .venv/requirements-dev.lock ] || { rm -rf .venv/requirements.lock .venv; $(MAKE) --no-print-directory setup; }
	@echo "Adding to .venv what tests, lint and bench need (once; about half a minute, 0.5 GB)..."
	@touch .venv/requirements-dev.lock
	@$(INSTALL) --require-hashes --requirement requirements-dev.lock $(OR_SAY_WHY)
	@echo "Compiling Python's bindings of AWS, which only the tests and bench read whole..."
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || :
	@cp requirements-dev.lock .venv/requirements-dev.lock

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml
lock: ## Resolve the locks anew (needs uv); no index addresses, hashes for every platform
	$(LOCK) --extra cdktf --extra cdktn --extra node --extra build --extra lab --extra hcl --extra site --extra dev --upgrade --output-file requirements-dev.lock
	$(LOCK) --extra cdktf --extra node --extra build --extra lab --constraint requirements-dev.lock --output-file requirements.lock
	$(LOCK) --extra cdktn --extra node --extra build --constraint requirements-dev.lock --output-file requirements-cdktn.lock

clean: ## Remove what was generated; state stays
	rm -rf .venv .venv-cdktn build *.out .mypy_cache .pytest_cache .ruff_cache .hypothesis
