"""Penalties for being late: `dataml-lab grade` gives what unmodified nbgrader gives."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from dataml_lab.grading.stock import UNPROTECTED
from tests.grading.conftest import TOGETHER
from tests.grading.test_grade import LESSON, MEAN, TOTAL, grade, graded, hand_in

pytestmark = [TOGETHER, pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")]
DUE = "2026-03-01 12:00:00 UTC"
HANDED_IN = {  # by student: when
    "in_time": "2026-03-01 11:59:59 UTC",
    "elsewhere": "2026-03-01T13:30:00+02:00",  # by its clock later than due
    "in_grace": "2026-03-01 12:30:00 UTC",
    "late": "2026-03-01 14:00:00 UTC",
    "extended": "2026-03-03 11:00:00 UTC",
    "late_after_all": "2026-03-03 13:30:00 UTC",
    "unknown": "",
}
EXTENDED = {"extended", "late_after_all"}  # by two days
ZERO = "\nc.LateSubmissionPlugin.penalty_method = 'zero'\n"
GRACE = '''
from nbgrader.plugins import BasePlugin


class Grace(BasePlugin):
    """An hour is forgiven; then each hour costs two points, whatever was earned."""

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return None if total_seconds_late <= 3600 else 2 * (total_seconds_late // 3600)
'''
METHODS = {"none": "", "zero": ZERO, "grace": "\nc.AssignLatePenalties.plugin_class = 'grace.Grace'\n",
           "off": f"{ZERO}c.Autograde.autograde_preprocessors.remove(AssignLatePenalties)\n"}


def due(course, moment=DUE):
    """Sets when the lesson is due."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.update_or_create_assignment(LESSON, duedate=moment)


def extend(course, student, **time):
    """Gives a student more time."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.update_or_create_student(student)
        book.update_or_create_submission(LESSON, student)
        book.grant_extension(LESSON, student, **time)


def penalties(course):
    """By student, the seconds of being late, the penalty and the score that the gradebook has."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        return {found.student.id: (found.total_seconds_late, found.late_submission_penalty, found.score)
                for found in book.assignment_submissions(LESSON)}


def hand_in_at(course, student, moment, **sources):
    """A submission with this timestamp."""
    folder = hand_in(course, student, **{"total": TOTAL, **sources})
    if moment:
        (folder / "timestamp.txt").write_text(moment)


def autograde(course):
    """Grades with nbgrader."""
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON]
    run = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=300,
                         env={**os.environ, UNPROTECTED: "1"})
    assert run.returncode == 0, run.stderr[-3000:]


@pytest.fixture
def course(tiny_course):
    """A course with a due date in which everybody has handed in, and some have an extension."""
    due(tiny_course)
    for student, moment in HANDED_IN.items():
        hand_in_at(tiny_course, student, moment, mean=MEAN if student in EXTENDED else "")
    for student in EXTENDED:
        extend(tiny_course, student, days=2)
    (tiny_course / "grace.py").write_text(GRACE)
    return tiny_course


@pytest.mark.parametrize(("method", "expected"), [
    ("zero", {"in_grace": 2, "late": 2, "late_after_all": 4}),
    pytest.param("grace", {"late": 2, "late_after_all": 2}, marks=pytest.mark.full),
    pytest.param("none", {}, marks=pytest.mark.full), pytest.param("off", {}, marks=pytest.mark.full)])
def test_penalties_are_those_of_nbgrader(course, tmp_path, method, expected):
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(METHODS[method])
    stock = Path(shutil.copytree(course, tmp_path / "stock"))
    assert grade(course) == 0
    found = penalties(course)
    assert {student: penalty for student, (_, penalty, _) in found.items() if penalty} == expected
    autograde(stock)
    assert found == penalties(stock)


def test_a_penalty_follows_the_due_date_the_extension_and_the_marks_and_is_a_line(tiny_course, capsys):
    course = tiny_course
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(ZERO)
    hand_in_at(course, "ada", "2026-03-01 14:00:00 UTC", mean_essay="Words.")
    assert graded(course, capsys)["ada"]["penalty"] == 0
    due(course)
    assert grade(course) == 0
    assert f"ada/{LESSON}: it was late, which costs 2 points\n" in capsys.readouterr().err
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        book.find_grade("mean-essay", LESSON, LESSON, "ada").manual_score = 3
        book.db.commit()
    again = graded(course, capsys)["ada"]
    assert again["state"] == "unchanged" and again["penalty"] == 5 and penalties(course)["ada"] == (7200, 5, 5)
    extend(course, "ada", hours=3)
    assert graded(course, capsys)["ada"]["penalty"] == 0 and penalties(course)["ada"] == (0, 0, 5)


def test_an_extension_without_a_due_date_costs_nothing(tiny_course, capsys):
    hand_in_at(tiny_course, "ada", "2026-03-01 14:00:00 UTC")
    extend(tiny_course, "ada", hours=3)
    assert not graded(tiny_course, capsys)["ada"]["trouble"]


def test_settings_that_cannot_be_read_are_named(tiny_course, capsys):
    hand_in(tiny_course, "ada")
    with (tiny_course / "nbgrader_config.py").open("a") as config:
        config.write("\nc.AssignLatePenalties.plugin_class = 'no_such_module.Grace'\n")
    assert grade(tiny_course) == 1
    assert "nbgrader_config.py" in (err := capsys.readouterr().err) and "no_such_module" in err
