"""The pins: what lessons need is in one file, what tests need beside it in another."""

import tomllib

from packaging.requirements import Requirement

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
