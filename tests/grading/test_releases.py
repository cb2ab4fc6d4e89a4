"""Releases: each version is kept, cells and points are frozen by submissions, and an interruption costs nothing."""

import copy
import json
import os
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from dataml_lab.grading import COURSE, build
from dataml_lab.grading.releases import (
    ReleaseError,
    keep,
    kept_path,
    release_path,
    released_for,
    require_frozen,
    version_of,
    write,
)

LESSON = "01_pipeline"
BOOK = nbformat.read(release_path(COURSE, LESSON), as_version=4)


def version(name, *texts):
    """The released notebook as another version, with these texts in its first cells."""
    book = copy.deepcopy(BOOK)
    book.metadata.dataml_lab.version = name
    for cell, text in zip(book.cells, texts, strict=False):
        cell.source = text
    return book


@pytest.fixture
def course(tmp_path):
    """A course with two versions kept, and a third one in notebooks/."""
    for age, name in enumerate(["old", "middle"]):
        keep(tmp_path, LESSON, version(name, name, "both"))
        os.utime(kept_path(tmp_path, LESSON, name), (age, age))
    write(release_path(tmp_path, LESSON), version("new", "new", "fresh"))
    return tmp_path


def found(course, submitted):
    release = released_for(course, LESSON, submitted)
    return release.version, release.known


@pytest.mark.parametrize("name", ["old", "middle", "new"])
def test_a_submission_is_graded_against_the_version_that_it_names(course, name):
    submitted = version(name, "all", "is", "edited")
    assert found(course, submitted) == (name, True)
    assert released_for(course, LESSON, submitted).book.cells[0].source == name


@pytest.mark.parametrize(("submitted", "expected"), [
    (version("forged", "old"), "old"), (version("../new", "middle"), "middle"), (version(7, "x", "fresh"), "new"),
    (version("forged", "x", "both"), "middle"), (version("forged"), "new"),
    (nbformat.v4.new_notebook(), "new"), (nbformat.v4.new_notebook(metadata={"dataml_lab": []}), "new"),
])
def test_one_that_names_none_is_graded_against_the_closest_and_of_equals_the_newest(course, submitted, expected):
    assert found(course, submitted) == (expected, False)


def test_a_kept_version_counts_more_than_what_lies_in_notebooks(course):
    write(release_path(course, LESSON), version("old", "somebody worked here"))
    assert released_for(course, LESSON, version("old")).book.cells[0].source == "old"
    release_path(course, LESSON).unlink()
    assert found(course, version("middle")) == ("middle", True)


def test_a_release_is_read_once_and_again_when_it_changes(course):
    first = released_for(course, LESSON, version("new")).book
    assert released_for(course, LESSON, version("new")).book is first
    write(release_path(course, LESSON), version("new", "newer"))
    assert released_for(course, LESSON, version("new")).book.cells[0].source == "newer"


def test_without_any_release_it_says_what_to_do(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no released notebook of 01_pipeline .* run `dataml-lab release`"):
        released_for(tmp_path, LESSON, BOOK)


def test_a_kept_version_is_never_overwritten_by_another(course):
    keep(course, LESSON, version("old", "old", "both"))
    before = kept_path(course, LESSON, "old").read_bytes()
    with pytest.raises(ReleaseError, match=r"01_pipeline: .*old.ipynb is of the same version, and not the same"):
        keep(course, LESSON, version("old", "other"))
    assert kept_path(course, LESSON, "old").read_bytes() == before


def test_a_notebook_that_cannot_be_written_leaves_what_was_there_and_no_draft(course, monkeypatch):
    path = release_path(course, LESSON)
    before = path.read_bytes()
    monkeypatch.setattr(type(path), "replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        write(path, BOOK)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


# ------------------------------------------------------------------------------------------------ frozen

@pytest.fixture(scope="module")
def gradebooks(tmp_path_factory):
    """Gradebooks that know the lesson: one without and one with a submission."""
    folder = tmp_path_factory.mktemp("gradebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
        with Gradebook(f"sqlite:///{folder / 'unused.db'}") as book:
            book.add_assignment(LESSON)
            book.add_notebook(LESSON, LESSON)
            for mark in (cell.metadata.nbgrader for cell in BOOK.cells if "nbgrader" in cell.metadata):
                book.add_source_cell(mark.grade_id, LESSON, LESSON, cell_type="code", locked=mark.locked)
                if mark.grade:
                    book.add_grade_cell(mark.grade_id, LESSON, LESSON, max_score=mark.points, cell_type="code")
    shutil.copy(folder / "unused.db", folder / "used.db")
    with Gradebook(f"sqlite:///{folder / 'used.db'}") as book:
        book.add_student("ada")
        book.add_submission(LESSON, "ada")
    return folder


def other_cells():
    """The notebook with an exercise renamed, an essay gone, and another worth more."""
    book = copy.deepcopy(BOOK)
    book.cells = [cell for cell in book.cells if cell.id != "plan-essay"]
    for cell in book.cells:
        if cell.id == "fetch_all-graded":
            cell.metadata.nbgrader.points += 1.5
        if cell.id == "plan-graded":
            cell.metadata.nbgrader.grade_id = "planned"
    return book


def test_with_submissions_only_text_may_change(gradebooks):
    before = (gradebooks / "used.db").read_bytes()
    require_frozen(gradebooks / "used.db", LESSON, version("x", "other", "text"))
    with pytest.raises(ReleaseError, match=r"01_pipeline: .* gone: plan, plan-essay; new: planned; fetch_all had \d+ "
                                           r"points and has [\d.]+\.$") as told:
        require_frozen(gradebooks / "used.db", LESSON, other_cells())
    assert "\n" not in str(told.value) and (gradebooks / "used.db").read_bytes() == before


def test_without_submissions_anything_may_change(gradebooks, tmp_path):
    require_frozen(gradebooks / "unused.db", LESSON, other_cells())
    require_frozen(gradebooks / "used.db", "00_start_here", other_cells())
    require_frozen(tmp_path / "missing.db", LESSON, other_cells())
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------------ interrupted

class Machine:
    """A nbgrader that works at once, and notes what it entered in which gradebook; it may stop at some step."""

    def __init__(self, course, book):
        self.course, self.book, self.stop, self.steps = course, book, None, []

    def generated(self, course, lesson, fresh, gradebook=None):
        if gradebook:
            self.step("enters it")
            gradebook.write_text(json.dumps(self.book.metadata))
        return self.book

    def require_frozen(self, *_):
        self.step("is it frozen")

    def write(self, path, book):
        self.step(f"writes {path.parts[len(self.course.parts)]}")
        write(path, book)

    def step(self, name):
        self.steps.append(name)
        if name == self.stop:
            raise KeyboardInterrupt


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A course with a release, of which the next is about to be made."""
    shutil.copy(COURSE / "nbgrader_config.py", tmp_path)
    shutil.copytree(COURSE / "solutions" / LESSON, tmp_path / "solutions" / LESSON)
    write(release_path(tmp_path, LESSON), version("before"))
    made = Machine(tmp_path, BOOK)
    monkeypatch.setattr(build, "_generated", made.generated)
    monkeypatch.setattr(build, "require_frozen", made.require_frozen)
    monkeypatch.setattr(build, "write", made.write)
    return made


def files(course):
    return {path.relative_to(course): path.read_bytes() for part in ("releases", "notebooks", "gradebook.db")
            for path in [course / part, *(course / part).rglob("*")] if path.is_file()}


STEPS = ["is it frozen", "enters it", "writes notebooks"]


def test_students_get_a_release_only_when_it_is_kept_and_entered(machine):
    assert build.release(machine.course, LESSON, machine.course / "gradebook.db") == version_of(BOOK)
    assert machine.steps == STEPS
    assert kept_path(machine.course, LESSON, version_of(BOOK)).read_bytes() == release_path(COURSE, LESSON).read_bytes()


@pytest.mark.parametrize("stop", STEPS)
def test_whatever_interrupts_a_release_the_one_before_stays_and_doing_it_again_completes_it(machine, stop):
    before, gradebook = files(machine.course), machine.course / "gradebook.db"
    machine.stop = stop
    with pytest.raises(KeyboardInterrupt):
        build.release(machine.course, LESSON, gradebook)
    left = files(machine.course)
    assert before.items() <= left.items() and (stop != STEPS[0] or left == before)
    machine.stop = None
    build.release(machine.course, LESSON, gradebook)
    assert files(machine.course).keys() == {gradebook.relative_to(machine.course), *(
        path.relative_to(machine.course) for path in (release_path(machine.course, LESSON),
                                                      kept_path(machine.course, LESSON, version_of(BOOK))))}
    assert release_path(machine.course, LESSON).read_bytes() == release_path(COURSE, LESSON).read_bytes()


def test_a_notebook_for_reading_alone_is_neither_kept_nor_entered(machine):
    build.release(machine.course, LESSON)
    assert machine.steps == ["writes notebooks"]
    assert files(machine.course).keys() == {release_path(machine.course, LESSON).relative_to(machine.course)}
