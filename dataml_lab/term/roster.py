"""The class: who is in it, in which section, with how many days more for which part; and who has handed in nothing."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from dataml_lab.checks import PARTS
from dataml_lab.grading.attempts import write_whole
from dataml_lab.grading.submissions import NAME, printable, submissions

KEPT = "roster.csv"
# What columns are called in exports of learning platforms, in lower case; the first that a file has counts.
COLUMNS = {
    "id": ("id number", "sis login id", "sid", "student id", "username", "user", "login", "student", "id"),
    "name": ("full name", "name", "student"),
    "first": ("first name", "first_name", "given name"),
    "last": ("last name", "last_name", "surname", "family name"),
    "section": ("section", "sections", "group", "groups"),
    "email": ("email address", "email", "e-mail", "mail"),
    "platform": ("canvas user id", "user id", "id"),
}
EXTENSION = "extension "  # begins the name of a column with the days more for a part


class RosterError(ValueError):
    """A file that is no roster; the message says what is missing, and what to do."""


class Student(NamedTuple):
    """Somebody in the class: the name of the folder in `submitted/`, what a platform knows about them, and the days
    more that they have, by part."""

    id: str
    first: str = ""
    last: str = ""
    section: str = ""
    email: str = ""
    platform: str = ""
    days: tuple[tuple[str, float], ...] = ()


class Read(NamedTuple):
    """The students of a file in its order, and a sentence for each row that is left out."""

    students: tuple[Student, ...]
    problems: tuple[str, ...]


def read(path: Path) -> Read:
    """The roster in a CSV file with a line of names, as learning platforms export it; RosterError if it is none."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RosterError(f"{path} is not in UTF-8: export it as “CSV UTF-8”.") from error
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t", key=first.count))
    columns = _columns(path, [name or "" for name in rows.fieldnames or ()])
    students, problems, seen = [], [], set()
    for number, row in enumerate(rows, 2):
        student = _student(row, columns)
        problem = _problem(student, seen)
        if problem:
            problems.append(f"line {number}: {problem}")
        else:
            students.append(student)
            seen.add(student.id.lower())
    return Read(tuple(students), tuple(problems))


def _columns(path: Path, names: list[str]) -> dict[str, str]:
    """The columns of a file by what they hold."""
    known = {name.strip().lower(): name for name in names}
    found = {what: next((known[alias] for alias in aliases if alias in known), "") for what, aliases in COLUMNS.items()}
    if not found["id"]:
        raise RosterError(f"{path} has no column that identifies a student. Its columns are: "
                          f"{printable(', '.join(names)) or 'none'}. Name one of them id.")
    found["platform"] = "" if found["platform"] == found["id"] else found["platform"]
    for name in known:
        if name.startswith(EXTENSION):
            part = name.removeprefix(EXTENSION).strip()
            if part not in PARTS:
                raise RosterError(f"{path} has a column “{printable(name)}”, and there is no part {printable(part)}.")
            found[name] = known[name]
    return found


def _student(row: dict[str, str], columns: dict[str, str]) -> Student:
    """The student in a row."""
    cells = {what: (row.get(name) or "").strip() for what, name in columns.items() if name}
    first, last = cells.get("first", ""), cells.get("last", "")
    if not first and not last:
        last, comma, first = cells.get("name", "").partition(",")
        first, last = (first, last) if comma else last.rpartition(" ")[::2]
    days = tuple((what.removeprefix(EXTENSION).strip(), _days(value)) for what, value in cells.items()
                 if what.startswith(EXTENSION) and value)
    return Student(cells["id"], first.strip(), last.strip(), cells.get("section", ""), cells.get("email", ""),
                   cells.get("platform", ""), days)


def _days(text: str) -> float:
    """Days, which may be given with a comma; NaN for what is no number above 0."""
    try:
        return days if (days := float(text.replace(",", "."))) > 0 else float("nan")
    except ValueError:
        return float("nan")


def _problem(student: Student, seen: set[str]) -> str:
    """Why a row is left out; empty if it isn't."""
    if not student.id:
        return "nobody is named in it"
    if not NAME.fullmatch(student.id):
        return f"{printable(student.id)} can't be a folder's name: use letters, digits, spaces and . @ + - ' ( )"
    if student.id.lower() in seen:
        return f"{student.id} is there already"
    wrong = [part for part, days in student.days if days != days]
    return f"{student.id} has an extension of {wrong[0]} that is no number of days" if wrong else ""


def keep(course: Path, students: tuple[Student, ...]) -> None:
    """Keeps the roster in the course."""
    write(course / KEPT, students)


def write(path: Path, students: tuple[Student, ...]) -> None:
    """Writes a roster as a file that `read` reads."""
    parts = sorted({part for student in students for part, _ in student.days}, key=list(PARTS).index)
    names = ["id", "first name", "last name", "section", "email", "user id"]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*names, *(EXTENSION + part for part in parts)])
    for one in students:
        writer.writerow([one.id, one.first, one.last, one.section, one.email, one.platform,
                         *(dict(one.days).get(part, "") for part in parts)])
    write_whole(path, text.getvalue())


def kept(course: Path) -> tuple[Student, ...]:
    """The roster of the course; RosterError where there is none yet."""
    path = course / KEPT
    if not path.exists():
        raise RosterError("There is no roster yet: dataml-lab roster FILE.csv reads one that your platform exports.")
    return read(path).students


def enter(gradebook: Path, students: tuple[Student, ...]) -> list[str]:
    """Enters students and their extensions into nbgrader's gradebook; returns a sentence for each extension of a part
    that isn't released yet."""
    from nbgrader.api import Gradebook, MissingEntry

    waiting = set()
    with Gradebook(f"sqlite:///{gradebook}") as book:
        for one in students:
            last = one.last or ("" if one.first else one.id)  # else formgrader calls them ", "
            book.update_or_create_student(one.id, first_name=one.first, last_name=last, email=one.email)
            for part, days in one.days:
                try:
                    book.find_assignment(part)
                except MissingEntry:
                    waiting.add(part)
                    continue
                with book.db.no_autoflush:  # else SQLAlchemy warns of nbgrader's own order of steps
                    given = book.update_or_create_submission(part, one.id)
                given.extension = timedelta(days=days)
        book.db.commit()
    return [f"{part} isn't released yet: type this again after dataml-lab release {part}, for its extensions."
            for part in sorted(waiting)]


class Missing(NamedTuple):
    """Who has handed in nothing of a part, and of how many."""

    part: str
    students: tuple[str, ...]
    of: int

    def __str__(self) -> str:
        names = f": {', '.join(self.students)}" if self.students else ""
        return f"{self.part}: {len(self.students)} of {self.of} have handed in nothing{names}"


def missing(course: Path, students: tuple[Student, ...]) -> Iterator[Missing]:
    """For each part of which somebody has handed in, who hasn't."""
    for part in PARTS:
        if there := {one.student for one in submissions(course, [part])}:
            yield Missing(part, tuple(one.id for one in students if one.id not in there), len(students))


def strangers(course: Path, students: tuple[Student, ...]) -> list[str]:
    """The names in `submitted/` that the roster doesn't have."""
    there = {one.student for one in submissions(course, list(PARTS))}
    return sorted(printable(name) for name in there - {one.id for one in students})


def sections(students: tuple[Student, ...]) -> str:
    """How many students there are, and in which sections."""
    count = Counter(one.section for one in students if one.section)
    within = f" in {len(count)} sections ({', '.join(f'{name}: {many}' for name, many in count.items())})"
    return f"{len(students)} students{within if count else ''}."
