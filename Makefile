# Everything happens in a virtual environment of the project's own; `make help` lists the targets.
PYTHON ?= python3
VENV ?= .venv
NOTEBOOK_VENV ?= .notebook-venv
IMAGES ?= docs/images
MINUTES ?= 2
WORKERS ?= 2
CACHES = __pycache__ .hypothesis .ipynb_checkpoints .mypy_cache .pytest_cache .ruff_cache
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help demo test test-notebooks lint types coverage bench docs conformance soak package clean

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

package: $(VENV)/.test ## Build the sdist, the wheel from it, and run the demo where that alone is installed
	rm -rf dist
	$(BIN)/python -m build --quiet
	$(PYTHON) -m venv --clear $(VENV)/package
	$(VENV)/package/bin/python -m pip install --quiet --disable-pip-version-check \
		"$$(echo dist/*.whl)[cli,simulator]"
	$(VENV)/package/bin/binance-ws --version
	$(VENV)/package/bin/binance-ws demo >$(VENV)/package/demo.txt
	grep -E '^  btcusdt@trade +[0-9]+$$' $(VENV)/package/demo.txt

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(NOTEBOOK_VENV) .ci-venv bench/.venv bench/results/partial.* build dist *.egg-info docs/_build .coverage
	find . -name .git -prune -o \( -false $(CACHES:%=-o -name %) \) -prune -exec rm -rf {} +
