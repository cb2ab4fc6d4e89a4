"""Points from a gradebook to platforms: sums by exercise, part and lesson, penalties, names, and who is left out."""

import csv
import io

import pytest
from nbgrader.api import Gradebook

from dataml_lab import cli
from dataml_lab.grading.gradebook import GradebookError
from dataml_lab.term.export import FORMATS, remarks, table
from dataml_lab.term.roster import Student, keep
from dataml_lab.term.scores import Column, columns, scores

CLASS = (Student("zoe", "Zoë", 'Müller, "the"', "B", "z@x.org", "12"), Student("ada", "Ada", "Lovelace"))
POINTS = {("01e_late_data", "ada"): {"affected": 3, "daily_summary": 4.5},
          ("01f_plan", "ada"): {"plan": 2, "plan-essay": 3}, ("01f_plan", "zoe"): {"plan": 5, "plan-essay": None},
          ("01f_plan", "eve"): {"plan": 1}}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A gradebook of two parts; one of the submissions lost a point for being late."""
    tmp_path = tmp_path_factory.mktemp("course")
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as book:
        for part, cells in {"01e_late_data": {"affected": 3, "daily_summary": 9},
                            "01f_plan": {"plan": 5, "plan-essay": 5}}.items():
            book.add_assignment(part)
            book.add_notebook(part, part)
            for name, most in cells.items():
                book.add_grade_cell(name, part, part, max_score=most, cell_type="code")
        for (part, student), given in POINTS.items():
            book.update_or_create_student(student)
            with book.db.no_autoflush:  # else SQLAlchemy warns of nbgrader's own order of steps
                book.add_submission(part, student)
            notebook = book.find_submission_notebook(part, part, student)
            notebook.late_submission_penalty = 1.0 if (part, student) == ("01e_late_data", "ada") else None
            for grade in notebook.grades:
                grade.auto_score = given.get(grade.name, 0)
                grade.needs_manual_grade = grade.auto_score is None
        book.db.commit()
    keep(tmp_path, CLASS)
    return tmp_path


def test_points_are_added_up_by_exercise_part_and_lesson(course):
    found = scores(course)
    by = {way: {one.name: one for one in columns(found, way)} for way in ("exercise", "part", "lesson")}
    assert by["exercise"]["01f_plan plan"] == Column("01f_plan plan", 10, {"ada": 5, "zoe": 5, "eve": 1})
    assert by["exercise"]["01e_late_data late"].points == {"ada": -1}
    assert by["part"]["01e_late_data"] == Column("01e_late_data", 12, {"ada": 6.5})
    assert by["lesson"]["01"] == Column("01", 22, {"ada": 11.5, "zoe": 5, "eve": 1})


def test_what_is_not_marked_and_who_is_not_in_the_roster_is_said(course):
    assert remarks(CLASS, scores(course)) == [
        "01f_plan: written answers of 1 students are not marked yet, and count as 0",
        "eve is not in the roster, and so not in the table"]


@pytest.mark.parametrize("form", FORMATS)
def test_each_shape_keeps_names_points_and_the_order_of_the_roster(course, form):
    rows = list(csv.reader(io.StringIO(table(form, CLASS, columns(scores(course), "part")))))
    assert {len(row) for row in rows} == {len(rows[0])} and len(rows) == 3 + (form in ("csv", "canvas"))
    zoe, ada = rows[-2:]
    assert any('Müller, "the"' in cell for cell in zoe) and zoe[-2:] == ["", "5"] and ada[-2:] == ["6.5", "5"]
    assert "01e_late_data" in rows[0][-2]


def test_canvas_has_the_points_possible_and_its_own_numbers(course):
    rows = list(csv.reader(io.StringIO(table("canvas", CLASS, columns(scores(course), "part")))))
    assert rows[1][0].strip() == "Points Possible" and rows[1][-2:] == ["12", "10"]
    assert rows[2][:5] == ['Müller, "the", Zoë', "12", "", "zoe", "B"]


def test_the_command_writes_a_file(course, capsys):
    out = course / "grades.csv"
    assert cli.main(["export", "--format", "moodle", "--by", "lesson", "--out", str(out), "--course", str(course)]) == 0
    said = capsys.readouterr()
    assert out.read_text("utf-8").startswith("First name,Last name") and "not marked yet" in said.err
    assert cli.main(["export", "--course", str(course)]) == 0 and "id,last name" in capsys.readouterr().out


def test_without_a_gradebook_it_says_what_to_do(tmp_path):
    with pytest.raises(GradebookError, match="dataml-lab grade fills it"):
        scores(tmp_path)
