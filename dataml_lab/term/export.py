"""A table of points in the shape that a learning platform takes, a row for each student in the order of the roster."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from dataml_lab.term.roster import Student
from dataml_lab.term.scores import Column, Score


def _csv(students: tuple[Student, ...], columns: list[Column]) -> Iterator[list[object]]:
    yield ["id", "last name", "first name", "section", *(column.name for column in columns)]
    yield ["", "", "", "points possible", *(column.most for column in columns)]
    for one in students:
        yield [one.id, one.last, one.first, one.section, *_points(one, columns)]


def _canvas(students: tuple[Student, ...], columns: list[Column]) -> Iterator[list[object]]:
    yield ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(column.name for column in columns)]
    yield ["    Points Possible", "", "", "", "", *(column.most for column in columns)]
    for one in students:
        yield [", ".join(filter(None, [one.last, one.first])), one.platform, "", one.id, one.section,
               *_points(one, columns)]


def _moodle(students: tuple[Student, ...], columns: list[Column]) -> Iterator[list[object]]:
    yield ["First name", "Last name", "ID number", "Email address", *(column.name for column in columns)]
    for one in students:
        yield [one.first, one.last, one.id, one.email, *_points(one, columns)]


def _blackboard(students: tuple[Student, ...], columns: list[Column]) -> Iterator[list[object]]:
    yield ["Last Name", "First Name", "Username",
           *(f"{column.name} [Total Pts: {column.most:g} Score]" for column in columns)]
    for one in students:
        yield [one.last, one.first, one.id, *_points(one, columns)]


def _gradescope(students: tuple[Student, ...], columns: list[Column]) -> Iterator[list[object]]:
    yield ["First Name", "Last Name", "SID", "Email", "Sections",
           *(f"{column.name} ({column.most:g} pts)" for column in columns)]
    for one in students:
        yield [one.first, one.last, one.id, one.email, one.section, *_points(one, columns)]


FORMATS: dict[str, Callable[[tuple[Student, ...], list[Column]], Iterator[list[object]]]] = {
    "csv": _csv, "canvas": _canvas, "moodle": _moodle, "blackboard": _blackboard, "gradescope": _gradescope}


def _points(student: Student, columns: list[Column]) -> Iterator[object]:
    """The points of a student; nothing for what they didn't hand in."""
    yield from (f"{column.points[student.id]:.10g}" if student.id in column.points else "" for column in columns)


def table(form: str, students: tuple[Student, ...], columns: list[Column]) -> str:
    """The table as text in CSV."""
    text = io.StringIO()
    rows = FORMATS[form](students, columns)
    csv.writer(text, lineterminator="\n").writerows(
        [f"{cell:.10g}" if isinstance(cell, float) else cell for cell in row] for row in rows)
    return text.getvalue()


def remarks(students: tuple[Student, ...], found: Iterable[Score]) -> list[str]:
    """What a reader of the table has to know: words that wait for a person's marks, by part, and students who aren't in
    the roster and so not in the table."""
    found = list(found)
    waiting = {part: len({one.student for one in found if one.part == part and one.waits}) for part in
               dict.fromkeys(one.part for one in found)}
    strangers = sorted({one.student for one in found} - {one.id for one in students})
    return [*(f"{part}: written answers of {many} students are not marked yet, and count as 0"
              for part, many in waiting.items() if many),
            *(f"{name} is not in the roster, and so not in the table" for name in strangers)]
