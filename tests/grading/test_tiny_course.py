"""The tiny course is graded as a lesson is: right answers earn all, those that are untouched nothing."""

import json
import sys

import nbformat
import pytest

from dataml_lab import cli
from dataml_lab.grading.engine.template import hindrance

LESSON = "90_tiny"


def hand_in(course, student, **answers):
    """A submission with these sources in its answer cells."""
    book = nbformat.read(course / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for cell in book.cells:
        cell.source = answers.get(cell.id.removesuffix("-answer"), cell.source)
    folder = course / "submitted" / student / LESSON
    folder.mkdir(parents=True)
    nbformat.write(book, folder / f"{LESSON}.ipynb")


@pytest.mark.skipif(sys.platform != "linux", reason="the engine needs Linux")
def test_right_and_wrong_and_untouched_answers_earn_what_they_deserve(tiny_course, capsys):
    hand_in(tiny_course, "ada", total="def total(values):\n    return sum(values, NOTHING)",
            mean="def mean(values):\n    return sum(values) / len(values)")
    hand_in(tiny_course, "bob")
    hand_in(tiny_course, "cyd", total="def total(values):\n    return abs(sum(values))")
    cli.main(["grade", "--course", str(tiny_course), "--json", *(["--no-sandbox"] if hindrance() else [])])
    found = {one["student"]: one["scores"] for one in json.loads(capsys.readouterr().out)}
    assert found == {"ada": {"total": 2, "mean": 2, "mean-essay": 0}, "bob": {"total": 0, "mean": 0, "mean-essay": 0},
                     "cyd": {"total": 1, "mean": 0, "mean-essay": 0}}
