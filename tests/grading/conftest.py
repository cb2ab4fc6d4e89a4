"""What holds for all tests of grading."""

import shutil
from pathlib import Path

import pytest

from dataml_lab.grading import COURSE
from dataml_lab.grading.build import release
from tests.grading.corpus import LESSONS, SALT

collect_ignore = ["small_course"]  # a course that tests grade: its sources are no tests


@pytest.fixture(scope="session")
def released(tmp_path_factory):
    """A course folder in which some lessons are released, with a salt; to be copied."""
    course = tmp_path_factory.mktemp("released")
    shutil.copy(COURSE / "nbgrader_config.py", course)
    (course / ".salt").write_text(SALT)
    for lesson in LESSONS:
        shutil.copytree(COURSE / "solutions" / lesson, course / "solutions" / lesson)
        shutil.copytree(COURSE / "notebooks" / lesson, course / "notebooks" / lesson)
        release(course, lesson, course / "gradebook.db")
    return course


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    """A copy of it, of a test's own."""
    monkeypatch.delenv("DATAML_LAB_SALT", raising=False)
    return Path(shutil.copytree(released, tmp_path / "course"))
