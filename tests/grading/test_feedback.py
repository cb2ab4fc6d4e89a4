"""Feedback: `nbgrader generate_feedback` makes again what another grading, or a mark, has changed."""

import sys

import pytest

from tests.grading.conftest import TOGETHER
from tests.grading.test_grade import LESSON, MEAN, TOTAL, grade, hand_in
from tests.grading.test_nbgrader import grade_by_hand, nbgrader, readable

pytestmark = [TOGETHER, pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")]


def feedback(course, student):
    """The page that a student is given, made by the command in the README."""
    nbgrader(course, "generate_feedback", LESSON)
    return readable(course / "feedback" / student / LESSON / f"{LESSON}.html")


def test_feedback_is_of_the_last_submission_and_the_last_mark(tiny_course):
    hand_in(tiny_course, "ada", total=TOTAL, mean_essay="When few are rich.")
    hand_in(tiny_course, "bob")
    assert grade(tiny_course) == 0
    page = feedback(tiny_course, "ada")
    assert f"{LESSON} (Score: 2.0 / 8.0)" in page
    assert "total (Score: 2.0 / 2.0)" in page and "mean (Score: 0.0 / 2.0)" in page
    assert "mean, in words (not marked yet, of 4.0)" in page and page.count("not marked yet") == 2
    hand_in(tiny_course, "ada", total=TOTAL, mean=MEAN, mean_essay="When few are rich.")
    assert grade(tiny_course) == 0
    assert f"{LESSON} (Score: 4.0 / 8.0)" in feedback(tiny_course, "ada")
    grade_by_hand(tiny_course, "ada", 3, "Whose incomes?")
    page = feedback(tiny_course, "ada")
    assert "mean, in words (Score: 3.0 / 4.0)" in page and "not marked yet" not in page
    assert f"{LESSON} (Score: 7.0 / 8.0)" in page and "Whose incomes?" in page
