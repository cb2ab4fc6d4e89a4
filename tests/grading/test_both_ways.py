"""Honest submissions get the same scores from the engine and from unmodified nbgrader."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from dataml_lab.grading.engine.template import hindrance
from dataml_lab.grading.stock import UNPROTECTED
from tests.grading.conftest import released_course
from tests.grading.corpus import cases, hand_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")


HONEST = cases("honest")
FEW = [case for case in HONEST if case.file.stem in ("revenue_forgets_the_condition", "worth_it_forgets_labels")]


def autograde(course, lessons):
    """Grades with nbgrader, in kernels as it starts them."""
    for lesson in lessons:
        command = [sys.executable, "-m", "nbgrader", "autograde", lesson, f"--course-dir={course}"]
        run = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=900,
                             env={**os.environ, UNPROTECTED: "1"})
        assert run.returncode == 0, run.stderr[-3000:]


def grade(course):
    """Grades with the engine."""
    sandbox = ["--no-sandbox"] if hindrance() else []
    command = [sys.executable, "-m", "dataml_lab.cli", "grade", "--course", str(course), "--workers", "1", *sandbox]
    run = subprocess.run(command, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr


def scores(course, lessons):
    """All scores of the gradebook by student and cell, and nbgrader's comments."""
    found = {}
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        for lesson in lessons:
            for submission in book.assignment_submissions(lesson):
                notebook, = submission.notebooks
                found |= {(submission.student.id, grade.name): (grade.auto_score, grade.needs_manual_grade)
                          for grade in notebook.grades}
                found |= {(submission.student.id, comment.name): comment.auto_comment for comment in notebook.comments
                          if comment.name.endswith("-essay")}
    return found


@pytest.mark.parametrize("honest", [FEW, pytest.param(HONEST, marks=pytest.mark.full)], ids=["few", "all"])
def test_honest_submissions_get_the_same_scores_from_nbgrader(honest, tmp_path, monkeypatch):
    monkeypatch.delenv("DATAML_LAB_SALT", raising=False)
    lessons = sorted({case.lesson for case in honest})
    stock = released_course(tmp_path / "stock", lessons)
    ours = Path(shutil.copytree(stock, tmp_path / "ours"))
    for case in honest:
        hand_in(stock, case, lesson_cells=False)
        hand_in(ours, case)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda work: work(), (lambda: autograde(stock, lessons), lambda: grade(ours))))
    found = scores(ours, lessons)
    assert found == scores(stock, lessons) and len({student for student, _ in found}) == len(honest)
    assert len({score for score in found.values() if isinstance(score, tuple)}) > len(honest) // 3
