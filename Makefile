# The commands of Headroom; `make help` lists them. Everything lives in .venv and build/ and var/.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null && $$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready
JOBS ?= 4
# Every command here starts many processes: without compiled files each would compile all libraries again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test check bench format clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  make run STORY=name    play another story (headroom stories lists them)"
	@echo "  make bench ONLY=name   run one benchmark"

$(READY): pyproject.toml uv.lock
	@test -n "$(PYTHON)" || { echo "Headroom needs Python 3.11 or newer with venv; none was found on PATH."; exit 1; }
	@echo "Setting up .venv (once) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv sync --frozen --quiet --python $(BIN)/python
	@touch $@

run: $(READY) ## Start the sandbox and the bot, and play the Black Friday story
	@$(BIN)/headroom story $(STORY)

test: $(READY) ## Run all tests (end-to-end stories included)
	@$(BIN)/pytest -n $(JOBS) --dist loadgroup

check: $(READY) ## Lint, types and import contracts
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --verbose

bench: $(READY) ## Run the benchmarks in tests/benchmarks/
	@$(BIN)/python -m tests.benchmarks $(ONLY)

format: $(READY) ## Format the code
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format --quiet .

clean: ## Remove what builds and runs leave behind (not .venv)
	@rm -rf build var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
