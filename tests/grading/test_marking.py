"""What the page for marking essays learns from the gradebook: which submission is next, and comments used before."""

import pytest
from nbgrader import api
from nbgrader.api import Gradebook
from tornado.web import HTTPError

from dataml_lab.grading.marking import OFFERED, submitted, waiting, written
from tests.term.classroom import attempt, graded, mark

PART, ESSAY, STUDENTS = "01f_plan", "plan-essay", ("ada", "bob", "cat", "dan", "eve")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Five submissions with essays; two are marked, with comments of one and of two lines."""
    course = tmp_path_factory.mktemp("course")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "get_alembic_version", lambda: "")  # a program of its own, whose word nothing here reads
        graded(course, [attempt(student, PART) for student in STUDENTS])
    mark(course, PART, "ada", ESSAY, 3, "Which number says so?")
    mark(course, PART, "bob", ESSAY, 2, "And the cost?\n\nWhich number says so? ")
    return course


@pytest.fixture
def book(course):
    with Gradebook(f"sqlite:///{course}/gradebook.db") as opened:
        yield opened


def test_what_waits_comes_round_by_number_and_without_the_one_that_is_open(book):
    names = {book.find_submission_notebook(PART, PART, name).id: name for name in STUDENTS}
    for number, name in names.items():
        found = waiting(book, submitted(book, number))
        assert {names[other] for other in found} == {"cat", "dan", "eve"} - {name}
        assert found == sorted(other for other in found if other > number) + sorted(
            other for other in found if other < number)


def test_lines_are_offered_by_how_often_they_were_written_on_others(book, course):
    ada, cat = (book.find_submission_notebook(PART, PART, name) for name in ("ada", "cat"))
    assert written(book, cat) == {ESSAY: ["Which number says so?", "And the cost?"]}
    assert written(book, ada) == {ESSAY: ["And the cost?", "Which number says so?"]}
    mark(course, PART, "eve", ESSAY, comment="\n".join(map(str, range(2 * OFFERED))))  # by another program
    assert len(written(book, submitted(book, cat.id))[ESSAY]) == OFFERED


def test_an_unknown_submission_is_not_found(book):
    with pytest.raises(HTTPError, match="404"):
        submitted(book, "none")
