# Everything happens in a virtual environment of the project's own; `make help` lists the targets.
PYTHON ?= python3
VENV ?= .venv
NOTEBOOK_VENV ?= .notebook-venv
IMAGES ?= docs/images
MINUTES ?= 2
WORKERS ?= 2
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-notebooks lint types coverage bench docs conformance soak clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: setup.cfg | $(BIN)/python
	$(PIP) --editable '.[cli,fast,simulator]'
	@touch $@

$(VENV)/.test: setup.cfg | $(BIN)/python
	$(PIP) --editable '.[test]'
	@touch $@

$(NOTEBOOK_VENV)/.ready: setup.cfg
	$(PYTHON) -m venv $(NOTEBOOK_VENV)
	$(NOTEBOOK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
		--editable '.[fast,notebook,record,simulator]' jupyterlab playwright
	@touch $@

demo: $(VENV)/.demo ## Run the main job against the simulated exchange
	@$(BIN)/binance-ws demo

test: $(VENV)/.test ## Run every test, on two cores
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

test-notebooks: $(NOTEBOOK_VENV)/.ready ## Run the notebooks in JupyterLab and a Chromium, and keep screenshots
	$(NOTEBOOK_VENV)/bin/python -m tests.notebooks --images $(IMAGES)

lint: $(VENV)/.test ## Check style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.test ## Check types
	$(BIN)/mypy

coverage: $(VENV)/.test ## Run every test and show what none of them runs
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage report --show-missing --skip-covered

conformance: $(VENV)/.test ## Run every case of a fuzzing server: make conformance URL=ws://127.0.0.1:9001
	$(BIN)/python -m tests.conformance $(URL) $(if $(REPORT),--report $(REPORT))

soak: $(VENV)/.test ## Throw faults at thirty sockets and count what is lost: make soak MINUTES=2
	$(BIN)/python -m tests.faults.soak --minutes $(MINUTES)

bench: ## Measure against other libraries, side by side
	$(PYTHON) bench/run.py $(ARGS)

docs: $(BIN)/python ## Build the documentation; warnings are errors
	$(PIP) --editable '.[docs]'
	$(BIN)/sphinx-build -W -b html docs docs/_build/html

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(NOTEBOOK_VENV) build dist *.egg-info docs/_build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
