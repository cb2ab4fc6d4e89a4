"""A class that doesn't exist, drawn from the catalogue: an instructor rehearses a term with it.

A student is able to some degree, and hands in a part or not, in time or late, once or twice. An exercise is then right,
untouched, or wrong by a catalogued mistake; some mistakes are made by many, most by few. Some files are damaged. The
same seed draws the same class.
"""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
from nbformat import NotebookNode

from dataml_lab.checks import exercises
from dataml_lab.grading.attempts import write_whole
from dataml_lab.grading.catalogue import entries
from dataml_lab.grading.releases import release_path
from dataml_lab.term.roster import Student, write

LAST = ("Agate", "Béryl", "Coral, Red", "Flint", "Göthit", "Jade", "O'Pal", "Quartz", "Śnieżka", "Topaz")
DUE = datetime(2026, 10, 2, 12, tzinfo=UTC)
ESSAY = ("I chose this because the numbers above say so, and I would look again when they change.",
         "Because it is the best.", "It depends on the data, on the cost of a mistake, and on who has to act on it.")
ABSENT, TWICE, LATE, DAMAGED, UNTOUCHED = 0.06, 0.15, 0.1, 0.06, 0.1


class Handed(NamedTuple):
    """A file that a student handed in, and when."""

    student: Student
    number: int  # of the attempt, from 0
    name: str
    data: bytes
    moment: datetime


def simulate(course: Path, parts: list[str], students: int, seed: int, platform: str, out: Path) -> list[Path]:
    """Writes a class into a folder: its roster `class.csv`, and for each part what the platform would give. Returns the
    files."""
    random = np.random.default_rng(seed)
    members = tuple(_student(number) for number in range(1, students + 1))
    ability = random.beta(4, 2, students)
    written = [out / "class.csv"]
    write(written[0], members)
    for part in parts:
        handed = [*_handed(course, part, members, ability, random)]
        written.append(out / f"{part}_{platform}.zip")
        write_whole(written[-1], _packed(PLATFORMS[platform](handed)))
    return written


def _student(number: int) -> Student:
    name = f"s{number:03d}"
    return Student(name, name.upper(), LAST[number % len(LAST)], f"section {1 + number % 3}", f"{name}@example.org",
                   str(10_000 + number))


def _handed(course: Path, part: str, members: tuple[Student, ...], ability: np.ndarray,
            random: np.random.Generator) -> Iterator[Handed]:
    """What the class hands in of a part."""
    book = nbformat.read(release_path(course, part), as_version=4)
    folder = course / "solutions" / part / "answers"
    known = exercises(part)
    found = entries(folder, known) if known else []
    right, wrong = ({name: [one.source for one in found if one.exercise == name and one.name.startswith(kind)]
                     for name in known} for kind in ("right", "wrong"))
    for student, able in zip(members, ability, strict=True):
        if random.random() < ABSENT:
            continue
        moment = DUE - timedelta(minutes=int(random.integers(1, 3_000)))
        moment += timedelta(days=1, hours=12) if random.random() < LATE else timedelta()
        for number in range(2 if random.random() < TWICE else 1):
            answers = {name: _answer(right[name], wrong[name], able, random) for name in known}
            data = _damaged(_answered(book, answers, random), random)
            yield Handed(student, number, f"{part}.ipynb", data, moment + timedelta(minutes=40 * number))


def _answer(right: list[str], wrong: list[str], able: float, random: np.random.Generator) -> str | None:
    """The source of an answer; None for one that is left untouched."""
    if random.random() < UNTOUCHED * (2 - able):
        return None
    if random.random() < able or not wrong:
        return str(random.choice(right))
    weights = 1 / np.arange(1, len(wrong) + 1)
    return str(random.choice(wrong, p=weights / weights.sum()))


def _answered(book: NotebookNode, answers: dict[str, str | None], random: np.random.Generator) -> dict:
    """A notebook with answers, as JSON has it."""
    answered = json.loads(nbformat.writes(book))
    for cell in answered["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if name.endswith("-answer") and answers.get(name.removesuffix("-answer")):
            cell["source"] = answers[name.removesuffix("-answer")]
        elif name.endswith("-essay") and random.random() > UNTOUCHED:
            cell["source"] = str(random.choice(ESSAY))
    return answered


def _damaged(book: dict, random: np.random.Generator) -> bytes:
    """A notebook's file, which is now and then damaged: cut off, with a cell twice, or without a check."""
    kind = random.choice(["none", "cut", "twice", "deleted"], p=[1 - DAMAGED, *[DAMAGED / 3] * 3])
    cells = book["cells"]
    marked = [place for place, cell in enumerate(cells) if "nbgrader" in cell["metadata"]]
    if kind == "twice" and marked:
        cells.insert(marked[-1], cells[marked[-1]])
    elif kind == "deleted" and marked:
        del cells[marked[-1]]
    data = json.dumps(book, indent=1).encode()
    return data[:len(data) // 2] if kind == "cut" else data


# ------------------------------------------------------------------------------------------------ platforms

def _canvas(handed: list[Handed]) -> Iterator[tuple[str, bytes, datetime]]:
    for one in handed:
        who = "".join(filter(str.isalnum, (one.student.last + one.student.first).lower()))
        late = "_LATE" if one.moment > DUE else ""
        again = f"-{one.number}" if one.number else ""
        stem = one.name.removesuffix(".ipynb")
        yield f"{who}{late}_{one.student.platform}_{90_000 + one.number}_{stem}{again}.ipynb", one.data, one.moment


def _moodle(handed: list[Handed]) -> Iterator[tuple[str, bytes, datetime]]:
    for one in handed:
        folder = f"{one.student.first} {one.student.last}_{one.student.platform}_assignsubmission_file_"
        again = f" ({one.number})" if one.number else ""
        name = f"{one.name.removesuffix('.ipynb')}{again}.ipynb"
        inner = int(one.student.platform) % 10 == 0  # some pack what they hand in
        data = _packed([(f"homework/{name}", one.data, one.moment)]) if inner else one.data
        yield f"{folder}/{name.removesuffix('.ipynb') + '.zip' if inner else name}", data, one.moment


def _gradescope(handed: list[Handed]) -> Iterator[tuple[str, bytes, datetime]]:
    lines = []
    for number, one in enumerate(handed, 1):
        lines += [f"submission_{number}:", "  :submitters:", f"  - :name: {json.dumps(one.student.first)}",
                  f"    :sid: {one.student.id}", f"  :created_at: {one.moment.isoformat(' ')}"]
        yield f"assignment_1_export/submission_{number}/{one.name}", one.data, DUE
    yield "assignment_1_export/submission_metadata.yml", "\n".join([*lines, ""]).encode(), DUE


def _folders(handed: list[Handed]) -> Iterator[tuple[str, bytes, datetime]]:
    for one in handed:
        yield f"{one.student.id}/attempt {one.number + 1}/{one.name}", one.data, one.moment


PLATFORMS = {"canvas": _canvas, "moodle": _moodle, "gradescope": _gradescope, "folders": _folders}


def _packed(files: Iterator[tuple[str, bytes, datetime]] | list[tuple[str, bytes, datetime]]) -> bytes:
    """Files as an archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, moment in files:
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return packed.getvalue()
