"""Releases: each version is kept, cells and points are frozen by submissions, and an interruption costs nothing."""

import copy
import json
import os
import shutil

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

LESSON, TINY_LESSON = "00_start_here", "90_tiny"
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
    with pytest.raises(FileNotFoundError, match=r"no released notebook of 00_start_here .* run `dataml-lab release`"):
        released_for(tmp_path, LESSON, BOOK)


def test_a_kept_version_is_never_overwritten_by_another(course):
    keep(course, LESSON, version("old", "old", "both"))
    before = kept_path(course, LESSON, "old").read_bytes()
    with pytest.raises(ReleaseError, match=r"00_start_here: .*old.ipynb is of the same version, and not the same"):
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

@pytest.fixture
def used(tiny_course):
    """The gradebook of a course with a submission, and the released notebook."""
    with Gradebook(f"sqlite:///{tiny_course / 'gradebook.db'}") as book:
        book.add_student("ada")
        book.add_submission(TINY_LESSON, "ada")
    return tiny_course / "gradebook.db", nbformat.read(release_path(tiny_course, TINY_LESSON), as_version=4)


def with_other_cells(book):
    """A copy with an exercise renamed, an essay gone, and another exercise worth more."""
    book = copy.deepcopy(book)
    book.cells = [cell for cell in book.cells if cell.id != "mean-essay"]
    for cell in book.cells:
        if cell.id == "total-graded":
            cell.metadata.nbgrader.points += 1.5
        if cell.id == "mean-graded":
            cell.metadata.nbgrader.grade_id = "median"
    return book


def test_with_submissions_only_text_may_change(used):
    gradebook, book = used
    before = gradebook.read_bytes()
    with pytest.raises(ReleaseError, match=r"90_tiny: .* gone: mean, mean-essay; new: median; total had 2 points and "
                                           r"has 3.5\.$") as raised:
        require_frozen(gradebook, TINY_LESSON, with_other_cells(book))
    book.cells[0].source = "# Another text"
    require_frozen(gradebook, TINY_LESSON, book)
    assert "\n" not in str(raised.value) and gradebook.read_bytes() == before


def test_without_submissions_anything_may_change(tiny_course, tmp_path):
    other = with_other_cells(nbformat.read(release_path(tiny_course, TINY_LESSON), as_version=4))
    require_frozen(tiny_course / "gradebook.db", TINY_LESSON, other)
    require_frozen(tiny_course / "gradebook.db", "00_start_here", other)
    require_frozen(tmp_path / "missing.db", TINY_LESSON, other)
    assert not (tmp_path / "missing.db").exists()


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
    (tmp_path / "solutions" / LESSON).mkdir(parents=True)
    shutil.copy(COURSE / "solutions" / LESSON / f"{LESSON}.py", tmp_path / "solutions" / LESSON)
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
