# What people type here: make run, make test. `make` alone lists the rest.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
PG_URL ?= postgres://postgres@127.0.0.1:5432/sop_portal
TEST_REDIS_URL ?= redis://127.0.0.1:6379/9
PYTEST_WORKERS ?= auto
# What takes turns (walks through everything there is, and on SQLite what PostgreSQL is asked every time): a fifth of it each day, all of it with WALK=all.
WALK ?= $(shell date -u +%j | sed 's/^0*//')
YEARS ?= 5
EMPTY ?=
DEMO_LANGUAGE ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet --no-input --require-hashes
CATALOGUES := $(wildcard locale/*/LC_MESSAGES/*.po)
OURS := $(shell find static -type f -not -path 'static/build/*' 2>/dev/null)

.PHONY: help run test browser check lint format types imports templates frontend deploy-check migrations-check suites suite-sqlite suite-postgresql screenshots messages simulate simulate-guards sizes lock sbom setup setup-dev clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

run: export EMPTY := $(EMPTY)
run: export DEMO_LANGUAGE := $(DEMO_LANGUAGE)
run: setup var/static/staticfiles.json ## Set everything up and start the portal with a demonstration year; DEMO_LANGUAGE=zh-hans in Chinese, EMPTY=1 with nothing in it
	@$(BIN)/python tools/prepare.py
	exec $(BIN)/python tools/run.py

test: setup-dev ## All quick tests, on SQLite, or on what DATABASE_URL says
	@$(BIN)/python -m pytest -m "not browser and not slow" -n $(PYTEST_WORKERS) --dist loadfile

browser: setup-dev ## The tests in a real browser (needs chromium)
	@WALK=$(WALK) $(BIN)/python -m pytest -m browser -n $(PYTEST_WORKERS) --dist load

check: lint types imports templates frontend migrations-check deploy-check suites browser ## Everything CI asks for (needs PostgreSQL, Redis and chromium)

# -- set-up: every step has a file to show for it, and is done again only when what that was made from has changed ----------------------------------------------------------------------------------------------------------

setup: $(VENV)/.packages static/build/icons.svg $(CATALOGUES:.po=.mo) .env
setup-dev: setup $(VENV)/.packages-dev node_modules/.checked

$(BIN)/python:
	@echo "→ Virtual environment in $(VENV)"
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "SOP Portal needs Python 3.11 or newer: make PYTHON=python3.11 run")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.packages: requirements.txt | $(BIN)/python
	@echo "→ Python packages, checked against their hashes (requirements.txt)"
	$(PIP) -r requirements.txt
	touch $@

$(VENV)/.packages-dev: requirements-dev.txt $(VENV)/.packages
	@echo "→ Python packages for the tests, checked against their hashes (requirements-dev.txt)"
	$(PIP) -r requirements-dev.txt
	touch $@

node_modules/.package-lock.json: package.json package-lock.json $(VENV)/.packages
	@echo "→ Bootstrap and its icons, checked against their hashes (package-lock.json)"
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --omit=dev --no-audit --no-fund --ignore-scripts --silent
	touch $@

node_modules/.checked: package.json package-lock.json node_modules/.package-lock.json
	@echo "→ The formatter and linter of style sheets and scripts, checked against its hash (package-lock.json)"
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --ignore-scripts --silent
	touch node_modules/.package-lock.json $@

static/build/icons.svg: tools/icons.txt tools/icons.py node_modules/.package-lock.json
	@echo "→ Icons and style sheet"
	$(BIN)/python tools/icons.py
	touch $@

%.mo: %.po tools/messages.py $(VENV)/.packages
	@echo "→ Translations"
	$(BIN)/python tools/messages.py $<

var/static/staticfiles.json: $(OURS) static/build/icons.svg | .env
	@echo "→ Files the browser fetches"
	$(BIN)/python manage.py collectstatic --no-input --clear --verbosity 0
	touch $@

.env: | $(BIN)/python
	@echo "→ A .env with a random key of its own"
	$(BIN)/python tools/env.py

# -- what check asks ---------------------------------------------------------------------------------------------------

lint: setup-dev ## Style (ruff)
	@echo "→ Style"
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: setup-dev ## Put Python, templates, style sheets and scripts into shape
	@$(BIN)/ruff check --fix-only --quiet
	$(BIN)/ruff format
	$(BIN)/djlint --reformat --warn --quiet templates
	$(BIN)/djlint --reformat --warn --quiet templates # sets what the first run has broken into lines
	node_modules/.bin/biome check --write static

types: setup-dev ## Types (mypy, strict)
	@echo "→ Types"
	$(BIN)/mypy

imports: setup-dev ## Who may import whom (import-linter)
	@echo "→ Who may import whom"
	$(BIN)/lint-imports --no-logo

templates: setup-dev ## Shape and mistakes of the templates (djlint)
	@echo "→ Templates"
	$(BIN)/djlint --check --quiet templates
	$(BIN)/djlint --lint --quiet templates

frontend: setup-dev ## Shape and mistakes of style sheets and scripts (biome)
	@echo "→ Style sheets and scripts"
	node_modules/.bin/biome check --error-on-warnings static

migrations-check: setup-dev
	@echo "→ Migrations say what the models say"
	$(BIN)/python manage.py makemigrations --check --dry-run

deploy-check: setup-dev
	@echo "→ Production settings"
	env DATABASE_URL=sqlite://:memory: DEBUG=False DEMO=False SECURE_PROXY=True ALLOWED_HOSTS=portal.example.org BASE_URL=https://portal.example.org \
	  SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))')" \
	  $(BIN)/python manage.py check --deploy --fail-level WARNING

suites: suite-sqlite suite-postgresql

suite-sqlite: setup-dev ## The tests for which the database matters, on SQLite
	@echo "→ Tests on SQLite: those about databases, and of the others the part of day $(WALK)"
	env -u DATABASE_URL -u REDIS_URL WALK=$(WALK) $(BIN)/python -m pytest -m "not browser and not once and (not slow or sqlite)" -n $(PYTEST_WORKERS) --dist loadfile

suite-postgresql: setup-dev ## All tests on PostgreSQL, with Redis, the slow ones too
	@echo "→ Tests on PostgreSQL: all, and of the walks through everything the part of day $(WALK)"
	DATABASE_URL=$(PG_URL) REDIS_URL=$(TEST_REDIS_URL) WALK=$(WALK) $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadfile

# -- now and then ------------------------------------------------------------------------------------------------------

screenshots: setup-dev ## Take the pictures of the README from what `make run` serves (needs chromium)
	@$(BIN)/python tools/screenshots.py $(ADDRESS)

messages: setup ## Collect what is to be translated into locale/zh_Hans (needs gettext)
	@$(BIN)/python manage.py makemessages --locale zh_Hans --add-location file --no-obsolete --no-wrap \
	  --ignore node_modules --ignore .venv --ignore var --ignore benchmarks --ignore tools
	$(MAKE) setup

simulate: setup-dev ## Simulated organisations live through YEARS=5 years with SEED=…; beside them a ledger of its own
	@$(BIN)/python tools/simulate.py --years $(YEARS) $(if $(SEED),--seed $(SEED))

simulate-guards: setup-dev ## Take protections out one by one (KIND=… some of them), and see that the simulation notices each
	@$(BIN)/python tools/simulate.py --guards $(if $(KIND),--kind $(KIND)) $(if $(SEED),--seed $(SEED))

sizes: ## How long modules, functions and templates are, and how wide their lines: a look, not a gate
	@$(PYTHON) tools/sizes.py

lock: setup-dev ## Renew requirements.txt, requirements-dev.txt and package-lock.json
	@for name in requirements requirements-dev; do
	  $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --python-version 3.11 --python-platform x86_64-manylinux_2_28 \
	    --custom-compile-command 'make lock' $$name.in --output-file $$name.txt
	done
	PATH="$(CURDIR)/$(BIN):$$PATH" npm update --no-audit --no-fund --ignore-scripts

sbom: setup ## The bill of materials: every package with its hashes and licence, in var/sbom.cdx.json (CycloneDX)
	@$(BIN)/python tools/sbom.py

clean: ## Remove what was installed and built; the database in var/ stays
	@rm -rf $(VENV) node_modules static/build var/static
	find locale -name '*.mo' -delete
