# Everything that a person types. Each command sets up what it needs in .venv and does it only once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
EXPLORER := notebooks/02_explore_the_geometry.ipynb
LESSONS := notebooks/*.ipynb
# JupyterLab does not start as root, the usual user in a container, unless told so.
ALLOW_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help lab test check lint types unit lessons browser packages bench study notebooks constants site clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

lab: $(VENV)/lab.stamp ## open the explorer in JupyterLab; on a server: make lab ARGS=--no-browser
	@$(BIN)/jupyter trust $(LESSONS) >/dev/null
	@$(BIN)/jupyter lab -y $(ALLOW_ROOT) --LabApp.app_settings_dir=settings --LabApp.default_url=/lab/tree/$(EXPLORER) $(ARGS)

test: check lessons browser ## run everything: check, then the notebooks, then the browser

check: lint types unit ## the quick part of the tests: lint, types, unit tests

lint: $(VENV)/biome.stamp ## rules and format: ruff for Python, biome for JavaScript
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/python -m tools.biome check --error-on-warnings

types: $(VENV)/dev.stamp ## mypy
	$(BIN)/mypy

unit: $(VENV)/dev.stamp ## unit tests and the examples in docstrings, on all cores
	$(BIN)/pytest -n auto --dist worksteal

lessons: $(VENV)/dev.stamp ## run every notebook, and the slow tests
	$(BIN)/pytest -n auto --dist worksteal -m slow
	$(BIN)/pytest -p nbval --nbval-lax --nbval-current-env --nbval-cell-timeout=120 $(LESSONS)

browser: $(VENV)/dev.stamp ## drive JupyterLab in a real Chromium, and pages in a Firefox too
	$(BIN)/pytest -m "browser and not slow" tests/browser

packages: ## beside other packages' losses and trainers, in two environments of their own, 5 GB
	$(MAKE) VENV=.venv-frameworks .venv-frameworks/frameworks.stamp
	.venv-frameworks/bin/pytest tests/packages
	$(MAKE) VENV=.venv-tensorflow .venv-tensorflow/tensorflow.stamp
	.venv-tensorflow/bin/pytest tests/packages

bench: $(VENV)/dev.stamp ## measure explorer, stage and memory, then the loss, 20 minutes; in two: make bench ARGS=--quick
	$(BIN)/pytest --benchmark-only benchmarks
	$(BIN)/pytest benchmarks/test_stage_speed.py benchmarks/test_notebook_speed.py benchmarks/test_pages_speed.py
	$(BIN)/pytest benchmarks/test_embeddings_speed.py benchmarks/test_memory.py
	$(BIN)/python -m benchmarks.run $(ARGS)

study: $(VENV)/dev.stamp ## train in 36 ways from ten seeds each, and say which orderings hold; in short: make study ARGS=--quick
	$(BIN)/python -m benchmarks.study $(ARGS)

notebooks: $(VENV)/dev.stamp ## build the .ipynb files from the .py files beside them
	$(BIN)/python -m tools.build_notebooks

constants: $(VENV)/dev.stamp ## write what the stage's page has from Python: constants.js and constants.css
	$(BIN)/python -m tools.write_constants

site: $(VENV)/site.stamp ## build the course as pages that need no Python, in build/site, and all of it as one zip
	$(BIN)/python -m tools.course.build build

clean: ## remove .venv; the next command makes it anew
	rm -rf $(VENV) .venv-frameworks .venv-tensorflow

$(VENV)/biome.stamp: $(VENV)/dev.stamp tools/biome.py
	$(BIN)/python -m tools.biome install
	@touch $@

# A stamp says that an extra is installed. A .venv that is half made, or of a Python that is too old, is made anew.
$(VENV)/%.stamp: pyproject.toml tools/install_torch.py
	@$(BIN)/python -c 'import pip, tomllib' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python tools/install_torch.py
	$(BIN)/python -m pip install --editable '.[$*]'
	@touch $(VENV)/lab.stamp $@
