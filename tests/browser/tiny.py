"""The course of the tiny lesson in a folder of its own: what is handed in to it, and programs that run in it."""

import copy
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat

from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release_path
from dataml_lab.grading.engine.template import hindrance

LESSON = "90_tiny"


def released_course(folder, newcomer):
    """The course after the lesson was released, for somebody with these environment variables."""
    shutil.copytree(Path(__file__).parents[1] / "grading" / "tiny_course", folder)
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    variables = {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}
    (folder / "sitecustomize.py").write_text("import tiny_lesson")  # each program that is started here knows the lesson
    course = SimpleNamespace(folder=folder, variables=variables, newcomer=newcomer)
    run(course, "tiny_lesson.py")
    return course


def run(course, *arguments, may_fail=False, **variables):
    """Runs a program of Python in the course's folder and returns what it reported; it must succeed unless it may
    fail."""
    done = subprocess.run([sys.executable, *arguments], cwd=course.folder, capture_output=True, text=True,
                          env={**course.newcomer, **course.variables, **variables})
    assert may_fail or done.returncode == 0, done.stderr
    return done.stderr


def hand_in(course, student, *more, **sources):
    """Lays a notebook with these sources, by cell id, and more cells among the submissions."""
    book = copy.deepcopy(nbformat.read(release_path(course.folder, LESSON), as_version=4))
    for cell in book.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    book.cells += more
    path = course.folder / "submitted" / student / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(nbformat.v4.writes(book), "utf-8")


def grade(course):
    """Grades what was handed in, with the engine; returns what it reported."""
    sandbox = [] if not hindrance() else ["--no-sandbox"]
    return run(course, "-m", "dataml_lab.cli", "grade", LESSON, "--course", str(course.folder), *sandbox)
