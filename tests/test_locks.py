"""The pins: what lessons need is in one file, what tests need beside it in another."""

import tomllib

import pytest
from packaging.requirements import Requirement

from dataml_lab.doctor import ENGINES
from dataml_lab.grading import COURSE


def names(lines):
    return {Requirement(line).name.lower() for line in lines if line.strip()}


def pinned(file):
    return names((COURSE / file).read_text("utf-8").splitlines())


def test_whatever_is_needed_is_pinned_once():
    project = tomllib.loads((COURSE / "pyproject.toml").read_text("utf-8"))["project"]
    lessons, tests = pinned("requirements.lock"), pinned("test.lock")
    assert names(project["dependencies"]) <= lessons and not lessons & tests
    assert names(project["optional-dependencies"]["test"]) <= lessons | tests
    assert {"playwright", "pytest", "ruff"} <= tests


def test_each_engine_has_a_lock():
    assert {path.stem for path in (COURSE / "engines").glob("*.lock")} == set(ENGINES)


@pytest.mark.parametrize("name", ENGINES)
def test_what_an_engine_needs_is_pinned_its_tests_are_found_and_the_readme_names_it(name):
    lines = (COURSE / f"engines/{name}.in").read_text("utf-8").splitlines()
    assert names(line.partition("#")[0] for line in lines if line[0] != "-") <= pinned(f"engines/{name}.lock")
    assert any(f'needs("{name}")' in path.read_text("utf-8") for path in (COURSE / "tests").rglob("test_*.py"))
    assert f"`make {name}`" in (COURSE / "README.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["spark", "deep", "dask"])
def test_what_is_installed_beside_the_lessons_changes_no_pin_of_theirs(name):
    ours, theirs = (set((COURSE / file).read_text("utf-8").splitlines())
                    for file in ("requirements.lock", f"engines/{name}.lock"))
    assert names(theirs - ours).isdisjoint(names(ours))
