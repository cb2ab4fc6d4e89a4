"""What the gradebook has of each submission of a part: points by cell, and what a person wrote."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dataml_lab.grading.gradebook import GradebookError

if TYPE_CHECKING:
    from nbgrader.api import SubmittedNotebook


class Mark(NamedTuple):
    """The points of a cell, of how many; whether a person gave them, and whether one still has to, or has to look at
    them again."""

    points: float
    most: float
    by_hand: bool
    waits: bool


class Marks(NamedTuple):
    """What the gradebook has of a submission: the student's name, marks by grade id, comments of a person by the grade
    id of the cell that they are on, and the points that being late costs."""

    name: str
    cells: dict[str, Mark]
    comments: dict[str, str]
    penalty: float


def require(course: Path) -> Path:
    """The gradebook of a course; GradebookError if it has none."""
    path = course / "gradebook.db"
    if not path.exists():
        raise GradebookError(f"{course} has no gradebook.db: dataml-lab release makes one, dataml-lab grade fills it.")
    return path


def marks(course: Path, part: str) -> dict[str, Marks]:
    """By student, what the gradebook has of a part; GradebookError if there is no gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{require(course)}") as book:
        if part not in {one.name for one in book.assignments}:
            return {}
        return {one.student_id: _of(one.notebooks[0]) for one in book.assignment_submissions(part)}


def _of(notebook: "SubmittedNotebook") -> Marks:
    student = notebook.student
    cells = {grade.name: Mark(grade.score or 0.0, grade.max_score, grade.manual_score is not None,
                              bool(grade.needs_manual_grade)) for grade in notebook.grades}
    comments = {comment.name: comment.manual_comment for comment in notebook.comments if comment.manual_comment}
    name = " ".join(filter(None, [student.first_name, student.last_name]))
    return Marks(name or student.id, cells, comments, notebook.late_submission_penalty or 0.0)
