"""What is done in the workbook, what comes next, and the points so far: as text, as Markdown, and in a notebook."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from dataml_lab.checks.reached import Reached, reached

WORK = "work"  # the folder of the student's copies, in the course
PROGRESS = Path(WORK, "progress.sqlite")
SIGNS = {"done": "✓", "next": "▶", "begun": "…", "": ""}


class Released(NamedTuple):
    """What a released notebook says of itself: its title, minutes, the points of each exercise, and its code cells."""

    title: str
    minutes: int
    points: dict[str, float]
    cells: frozenset[str]


class Row(NamedTuple):
    """A part: what it is, where its copy lies, the points that checks gave so far, and its share of cells that ran."""

    name: str
    about: Released
    copy: Path
    earned: float
    run: float

    @property
    def points(self) -> float:
        """The points that checks can give in this part."""
        return sum(self.about.points.values())

    @property
    def is_done(self) -> bool:
        """Whether it has all points; without exercises, whether all of its cells ran."""
        return self.earned >= self.points if self.points else self.run == 1

    @property
    def is_begun(self) -> bool:
        """Whether a cell ran, or a point was earned."""
        return bool(self.run or self.earned)


class Overview(NamedTuple):
    """All parts in their order; prints as a table."""

    rows: tuple[Row, ...]

    @property
    def next(self) -> Row | None:
        """The first part that is not done."""
        return next((row for row in self.rows if not row.is_done), None)

    @property
    def head(self) -> str:
        """In a sentence: parts done, points, and what is next."""
        earned, points = sum(row.earned for row in self.rows), sum(row.points for row in self.rows)
        done = sum(row.is_done for row in self.rows)
        after = self.next.about if self.next else None
        coming = f"Next: {after.title}, about {after.minutes} minutes." if after else "All is done."
        return f"{done} of {len(self.rows)} parts done, {earned:g} of {points:g} points. {coming}"

    def state(self, row: Row) -> str:
        """`done`, `next`, `begun`, or nothing."""
        return "done" if row.is_done else "next" if row is self.next else "begun" if row.is_begun else ""

    def table(self) -> Iterator[tuple[str, str, str, str]]:
        """State, part, minutes and points of each part, after a line for each lesson that has several."""
        for lesson, group in groupby(self.rows, lambda row: row.name[:2]):
            rows = list(group)
            if len(rows) > 1:
                yield "", f"Lesson {lesson}", str(sum(row.about.minutes for row in rows)), _points(rows)
            yield from ((self._signed(row), row.about.title, str(row.about.minutes), _points([row])) for row in rows)

    def _signed(self, row: Row) -> str:
        state = self.state(row)
        return f"{SIGNS[state]} {state}".strip()

    def __str__(self) -> str:
        table = [("", "part", "min", "points"), *self.table()]
        width = max(len(part) for _, part, _, _ in table)
        lines = [f"{state:<7} {part:<{width}} {minutes:>4}  {points}" for state, part, minutes, points in table]
        return "\n".join([self.head, "", *lines])

    def _repr_markdown_(self) -> str:
        return self.markdown(Path.cwd())

    def markdown(self, folder: Path) -> str:
        """The table in Markdown, with links for a notebook in a folder."""
        links = {row.about.title: Path(os.path.relpath(row.copy, folder)).as_posix() for row in self.rows}
        lines = ["| state | part | minutes | points |", "|---|---|---:|---|"]
        for state, part, minutes, points in self.table():
            name = f"[{part}]({links[part]})" if part in links else f"**{part}**"
            lines.append(f"| {state} | {name} | {minutes} | {points} |")
        return "\n".join([self.head, "", *lines])


def _points(rows: Iterable[Row]) -> str:
    """The points of parts, of how many; a dash where there are none."""
    earned, points = (sum(values) for values in zip(*((row.earned, row.points) for row in rows), strict=True))
    return f"{earned:g} of {points:g}" if points else "–"


def overview(course: Path, parts: Iterable[str]) -> Overview:
    """What is done in these parts of a course; those that aren't released are left out."""
    known = reached(course / PROGRESS)
    return Overview(tuple(_row(course, name, known) for name in parts if released_path(course, name).exists()))


def released_path(course: Path, part: str) -> Path:
    """Where a released notebook lies in the course."""
    return course / "notebooks" / part / f"{part}.ipynb"


@cache
def released(course: Path, part: str) -> Released:
    """What a released notebook says of itself."""
    cells = json.loads(released_path(course, part).read_text("utf-8"))["cells"]
    first = "".join(cells[0]["source"])
    marked = [(cell["metadata"]["nbgrader"], cell) for cell in cells if "nbgrader" in cell["metadata"]]
    points = {marks["grade_id"]: marks["points"] for marks, _ in marked if marks["grade"] and not marks["solution"]}
    code = frozenset(cell["id"] for cell in cells if cell["cell_type"] == "code")
    minutes = int(re.search(r"about (\d+)\s+minutes", first)[1])
    return Released(first.partition("\n")[0].lstrip("# "), minutes, points, code)


def copy_path(course: Path, part: str) -> Path:
    """Where a student's copy of a part lies."""
    return course / WORK / part / f"{part}.ipynb"


def _row(course: Path, name: str, known: dict[str, Reached]) -> Row:
    """The state of a part."""
    about, copy = released(course, name), copy_path(course, name)
    earned = sum(min(known[exercise].earned, most) for exercise, most in about.points.items() if exercise in known)
    return Row(name, about, copy, earned, _run(copy, about.cells))


def _run(copy: Path, cells: frozenset[str]) -> float:
    """The share of a part's code cells that ran, as its file says; 0 for a file that can't be read."""
    try:
        book: Any = json.loads(copy.read_text("utf-8"))
        ran = {cell.get("id") for cell in book["cells"] if cell.get("execution_count")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return 0.0
    return len(ran & cells) / len(cells)
