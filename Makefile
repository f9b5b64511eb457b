# Everything starts with `make demo` (run it) and `make test` (prove it). Needs Python 3.11+ and make alone.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help install demo test coverage test-services check lint format types schema migrations bench clean

SUPPORTED = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))
ifeq ($(origin PYTHON), undefined)
PYTHON := $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
	"$$python" -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo "$$python"; break; }; done)
endif
RUN := .venv/bin/python

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Make .venv from poetry.lock (a moment when it is up to date)
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11, 3.12 or 3.13 is needed, and none was found: set PYTHON=/path/to/python3.12." >&2; exit 1; }
	@"$(PYTHON)" -c '$(SUPPORTED)' 2>/dev/null || { echo "Python 3.11, 3.12 or 3.13 is needed, $(PYTHON) is none: set PYTHON=/path/to/python3.12." >&2; exit 1; }
	@"$(PYTHON)" scripts/bootstrap.py

demo: install ## Run the platform with two demo schools on 127.0.0.1:8000 (PORT=… for another port)
	@$(RUN) manage.py demo

test: install ## Run the whole suite on the embedded PostgreSQL (DATABASE_URL=… for another server)
	@$(RUN) -m pytest $(ARGS)

WHOLLY_COVERED := apps/core/*,apps/*/services.py,apps/*/services/*,apps/*/permissions.py

coverage: install ## Run the whole suite; refuse gaps: 95 % of all, 100 % of core, services and permissions
	@$(RUN) -m pytest --cov --cov-report=term:skip-covered $(ARGS)
	@echo "Core, services and permissions:"
	@$(RUN) -m coverage report --include='$(WHOLLY_COVERED)' --fail-under=100

test-services: install ## Start Redis, mail, S3, Azure and scan servers, and run the tests that need them
	@$(RUN) -m scripts.services $(ARGS)

check: install ## Run every static check that CI runs
	@$(RUN) scripts/check.py

lint: install ## Run ruff and the import contracts
	@.venv/bin/ruff check .
	@.venv/bin/lint-imports

types: install ## Run mypy
	@.venv/bin/mypy

format: install ## Format the code and sort its imports
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

schema: install ## Write docs/openapi.yaml from the views
	@mkdir -p docs
	@$(RUN) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

migrations: install ## Write the migrations that the models ask for
	@$(RUN) manage.py makemigrations

bench: install ## Measure the platform beside a bare server
	@"$(PYTHON)" scripts/bootstrap.py --with bench
	@$(RUN) -m bench

clean: ## Stop the embedded PostgreSQL; remove its data, .venv and everything else that was made here
	@[ ! -x $(RUN) ] || $(RUN) -m lms_backend.embedded_postgres stop || true
	@rm -rf .data .tooling .venv media staticfiles .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage htmlcov
