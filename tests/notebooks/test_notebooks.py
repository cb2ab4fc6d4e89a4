"""Every notebook executes: solutions give the outputs that they show, releases run to the end unanswered."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

from dataml_lab.checks import PARTS, exercises
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release_path, solution_path
from dataml_lab.grading.environment import environment


@pytest.mark.parametrize("zone", [None, pytest.param("America/New_York", marks=pytest.mark.full)])
@pytest.mark.parametrize("lesson", PARTS)
def test_nbval_finds_the_outputs_that_the_solution_shows(lesson, zone):
    """In whatever time zone the machine is."""
    command = [sys.executable, "-m", "pytest", "--nbval", str(solution_path(COURSE, lesson)), "-q", "-o", "addopts=",
               "-p", "no:cacheprovider"]
    with environment(**{"TZ": zone} if zone else {}):
        run = subprocess.run(command, cwd=COURSE, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-5000:]
    assert " passed" in run.stdout


@pytest.mark.parametrize("lesson", PARTS)
def test_a_fresh_release_runs_to_its_end(lesson, tmp_path):
    """In a cold kernel, as students have it: in a warm one, an import that is missing need not be missed."""
    book = nbformat.read(release_path(COURSE, lesson), as_version=4)
    with environment(DATAML_LAB_SALT=None, DATAML_LAB_ORACLES=None, DATAML_LAB_STUDENT=None):
        NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}},
                       config=Config(KernelManager={"transport_encryption": "auto"})).execute()
    for name in exercises(lesson):
        for role in ("check", "graded"):
            outputs = next(cell.outputs for cell in book.cells if cell.id == f"{name}-{role}")
            assert outputs[0].data["text/plain"].startswith(f"{name}: not attempted, 0 of")
        assert outputs[-1].data["text/plain"] == "0.0"


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
