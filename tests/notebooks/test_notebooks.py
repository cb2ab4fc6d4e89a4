"""Every notebook executes: solutions give the outputs that they show, releases run to the end unanswered."""

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pytest

from dataml_lab.checks import PARTS, exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release_path, solution_path
from dataml_lab.grading.environment import environment
from dataml_lab.runtime.shell import shell

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["dataml_lab.runtime.warm", "nbformat"])


@pytest.mark.parametrize("zone", [None, pytest.param("America/New_York", marks=pytest.mark.full)])
@pytest.mark.parametrize("lesson", PARTS)
def test_nbval_finds_the_outputs_that_the_solution_shows(lesson, zone):
    """In whatever time zone the machine is. Other plugins of pytest take a second to load, and have nothing to do."""
    command = [sys.executable, "-m", "pytest", "-p", "nbval.plugin", "--nbval", str(solution_path(COURSE, lesson)),
               "-q", "-o", "addopts=", "-p", "no:cacheprovider"]
    with environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **{"TZ": zone} if zone else {}):
        run = subprocess.run(command, cwd=COURSE, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-5000:]
    assert " passed" in run.stdout


def outputs(path, folder):
    """The outputs of a notebook's cells by id, run in this process and in a folder, as grading runs them."""
    os.chdir(folder)
    cells = nbformat.read(path, as_version=4).cells
    with environment(DATAML_LAB_SALT=None, DATAML_LAB_ORACLES=None, DATAML_LAB_STUDENT=None):
        return {cell.id: shell().run(cell.source)["outputs"] for cell in cells if cell.cell_type == "code"}


@pytest.mark.parametrize("lesson", PARTS)
def test_a_fresh_release_runs_to_its_end(lesson, tmp_path):
    """In a fork of a process that has the libraries, which costs a third of a kernel. An import that is missing is
    missed in the solution, which has the same cells and a kernel of its own."""
    with ProcessPoolExecutor(1, FORKS) as pool:
        found = pool.submit(outputs, release_path(COURSE, lesson), tmp_path).result()
    for cell, written in found.items():
        assert not [output for output in written if output[0] == "error" or output[1] == "stderr"], (cell, written)
    for name in exercises(lesson):
        for role in ("check", "graded"):
            assert found[f"{name}-{role}"][0][1].startswith(f"{name}: not attempted, 0 of")
        assert found[f"{name}-graded"][-1] == ["result", "0.0"]


@pytest.mark.parametrize("lesson", PARTS)
def test_nothing_in_a_solution_goes_to_stderr_and_every_figure_is_told_in_words(lesson):
    cells = nbformat.read(solution_path(COURSE, lesson), as_version=4).cells
    for cell, after in zip(cells, [*cells[1:], None], strict=True):
        outputs = cell.get("outputs", [])
        assert not [output for output in outputs if output.get("name") == "stderr"], cell.id
        if any("image/png" in output.get("data", {}) for output in outputs):
            assert after.cell_type == "markdown" and after.source.startswith("**Read the figure.**"), cell.id


def test_every_lesson_has_both_notebooks():
    for lesson in PARTS:
        assert Path(solution_path(COURSE, lesson)).exists() and Path(release_path(COURSE, lesson)).exists()
