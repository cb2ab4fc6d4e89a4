"""What holds for all tests of grading: courses to grade."""

import os
import shutil
from pathlib import Path

import pytest

from dataml_lab.checks import PARTS as KNOWN
from dataml_lab.checks import Part
from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release
from tests.grading.corpus import PARTS, SALT

TINY = Path(__file__).with_name("tiny_course")
TOGETHER = pytest.mark.xdist_group("tiny course")  # of the tests that copy it
collect_ignore = ["tiny_course"]  # a course that tests grade: its sources are no tests


def empty_course(folder):
    """A course folder without lessons, with a salt."""
    folder.mkdir()
    shutil.copy(COURSE / "nbgrader_config.py", folder)
    (folder / ".salt").write_text(SALT)
    return folder


def make_tiny_known(patch):
    """While the patch lasts, the package knows the tiny lesson, and other processes can import it."""
    patch.delenv("DATAML_LAB_SALT", raising=False)
    patch.syspath_prepend(TINY)
    patch.setenv("PYTHONPATH", str(TINY), prepend=os.pathsep)
    patch.setitem(KNOWN, "90_tiny", Part("tiny_lesson", ("total", "mean")))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A course folder in which the tiny lesson is released; to be copied."""
    course = empty_course(tmp_path_factory.mktemp("tiny") / "course")
    shutil.copytree(TINY / "solutions", course / "solutions")
    with pytest.MonkeyPatch.context() as patch:
        make_tiny_known(patch)
        release(course, "90_tiny", course / "gradebook.db")
    return course


@pytest.fixture
def tiny_course(tiny, tmp_path, monkeypatch):
    """A copy of it, of a test's own."""
    make_tiny_known(monkeypatch)
    return Path(shutil.copytree(tiny, tmp_path / "course"))


def released_course(folder, lessons):
    """A course folder in which these lessons are released."""
    course = empty_course(folder)
    for lesson in lessons:
        shutil.copytree(COURSE / "solutions" / lesson, course / "solutions" / lesson)
        shutil.copytree(COURSE / "notebooks" / lesson, course / "notebooks" / lesson)
        release(course, lesson, course / "gradebook.db")
    return course


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course folder in which some lessons are released; to be copied."""
    return released_course(tmp_path_factory.mktemp("released") / "course", PARTS)


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    """A copy of it, of a test's own."""
    monkeypatch.delenv("DATAML_LAB_SALT", raising=False)
    return Path(shutil.copytree(released, tmp_path / "course"))
