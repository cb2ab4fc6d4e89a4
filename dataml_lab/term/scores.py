"""What the gradebook says of a class: points of each student by exercise, part or lesson, and what a person still has
to mark."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from dataml_lab.checks import PARTS
from dataml_lab.term.marks import require

if TYPE_CHECKING:
    from nbgrader.api import SubmittedNotebook

By = Literal["exercise", "part", "lesson"]
ESSAY = "-essay"  # ends the name of a cell that a person marks; its points are its exercise's


class Score(NamedTuple):
    """Points that a student has of an exercise, of how many, and whether a person still has to mark its words. A
    penalty for being late has the name `late`, and points below 0."""

    student: str
    part: str
    exercise: str
    points: float
    most: float
    waits: bool


def scores(course: Path) -> list[Score]:
    """All scores in a course's gradebook; GradebookError if it has none."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{require(course)}") as book:
        known = {one.name for one in book.assignments}
        return [score for part in PARTS if part in known for one in book.assignment_submissions(part)
                for score in _of(one.student_id, part, one.notebooks[0])]


def _of(student: str, part: str, notebook: "SubmittedNotebook") -> Iterator[Score]:
    """The scores of a submission, an exercise and its essay together, in the order of the notebook."""
    found = {name: [0.0, 0.0, False] for name in PARTS[part].exercises}
    for grade in notebook.grades:
        sums = found.setdefault(grade.name.removesuffix(ESSAY), [0.0, 0.0, False])
        sums[0] += grade.score or 0.0
        sums[1] += grade.max_score
        sums[2] |= bool(grade.needs_manual_grade)
    for exercise, (points, most, waits) in found.items():
        yield Score(student, part, exercise, points, most, waits)
    if notebook.late_submission_penalty:
        yield Score(student, part, "late", -notebook.late_submission_penalty, 0.0, False)


class Column(NamedTuple):
    """A column of a table of points: what it is of, how many there are at most, and the points of each student who
    handed in."""

    name: str
    most: float
    points: dict[str, float]


def columns(found: Iterable[Score], by: By) -> list[Column]:
    """The scores added up by exercise (`01a_ingest fetch_all`), part or lesson, penalties for being late included."""
    sums: dict[str, dict[str, float]] = {}
    most: dict[str, dict[str, float]] = {}
    for one in found:
        name = {"exercise": f"{one.part} {one.exercise}", "part": one.part, "lesson": one.part[:2]}[by]
        row = sums.setdefault(name, {})
        row[one.student] = row.get(one.student, 0.0) + one.points
        most.setdefault(name, {})[f"{one.part} {one.exercise}"] = one.most
    return [Column(name, sum(most[name].values()), row) for name, row in sums.items()]
