"""A student's folder `work/`: copies of the released parts, each made once, which only its student changes.

What is released anew is offered: `update` takes it, with the answers that were written. `reset` goes back to what was
released. Both keep the file that was there, in `work/kept/`.
"""

import re
import sys
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode, v4

from dataml_lab.checks import PARTS
from dataml_lab.checks.overview import PROGRESS, WORK, Overview, copy_path, overview, released_path
from dataml_lab.checks.reached import forget
from dataml_lab.grading.attempts import write_whole
from dataml_lab.grading.releases import version_of

START = Path(WORK, "start.ipynb")
PROGRAM = r".venv\Scripts\dataml-lab" if sys.platform == "win32" else ".venv/bin/dataml-lab"
OF_A_RELEASE = re.compile(r"cell-\d+")  # ids of cells that no exercise owns
WELCOME = """# The workbook

New here? Open [00 Start here](00_start_here/00_start_here.ipynb): how the workbook works, and a first point.

{news}
To open a part, click its name. When you are done for today, save (Ctrl+S), close the window, and press Ctrl+C in the
terminal where you opened the workbook. Opened again, it begins at the next part that isn't done.

| what you need | where it is |
|---|---|
| help with an exercise | in a cell of your own `hint("revenue")`, with its name, or `solution("revenue")` |
| the table below, in any notebook | `from dataml_lab.checks import progress`, then `progress()` |
| a part as it was released | in a terminal: `{program} reset 01a_ingest`; your file is kept |
| something doesn't work | in a terminal: `{program} doctor` |

Your notebooks are in the folder `work/`, and what you reached is in the file `{kept}`. Nothing else changes them.
This page is made anew each time the workbook opens: write into the parts.

## What is done

{progress}"""


class WorkError(RuntimeError):
    """What was asked can't be done; the message says why, and what to do. Nothing was changed."""


class Prepared(NamedTuple):
    """The folder, ready to work in: the parts copied just now, those of which there is a newer release, and what is
    done."""

    copied: list[str]
    newer: list[str]
    overview: Overview

    @property
    def page(self) -> str:
        """The page to open, from the course: at first the start page, later the next part that isn't done."""
        row = self.overview.next
        is_begun = any(row.is_begun for row in self.overview.rows)
        return (copy_path(Path(), row.name) if row and is_begun else START).as_posix()

    def __str__(self) -> str:
        lines = [f"{len(self.copied)} parts were copied to work/, where you write."] if self.copied else []
        lines += map(_offer, self.newer)
        return "\n".join([*lines, self.overview.head])


def prepare(course: Path) -> Prepared:
    """Copies what is released and isn't in `work/`, changes nothing that is there, and makes the start page anew."""
    parts = [part for part in PARTS if released_path(course, part).exists()]
    missing = [part for part in parts if not copy_path(course, part).exists()]
    for part in missing:
        write_whole(copy_path(course, part), released_path(course, part).read_text("utf-8"), mode=0o644)
    done, newer = overview(course, parts), [part for part in parts if _is_newer(course, part)]
    write_whole(course / START, _start_page(done, newer, course / WORK), mode=0o644)
    return Prepared(missing, newer, done)


def _offer(part: str) -> str:
    """That a part was released anew, and how to take it."""
    return f"{part} was released anew. To take it, with your answers: `{PROGRAM} update {part}`"


def _start_page(done: Overview, newer: list[str], work: Path) -> str:
    """The notebook that opens first: what is new and what is done, with links, and how to get help."""
    news = "\n".join(f"{_offer(part)}\n" for part in newer)
    text = WELCOME.format(news=news, progress=done.markdown(work), kept=PROGRESS.as_posix(), program=PROGRAM)
    cells = [v4.new_markdown_cell(text, id="welcome"),
             v4.new_code_cell("from dataml_lab.checks import progress\n\nprogress()  # as it is now", id="progress")]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return v4.writes(v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})) + "\n"


def _is_newer(course: Path, part: str) -> bool:
    """Whether what is released is another version than a student's copy; a copy that can't be read is left alone."""
    try:
        return version_of(_read(copy_path(course, part))) != version_of(_read(released_path(course, part)))
    except WorkError:
        return False


def _read(path: Path) -> NotebookNode:
    """A notebook, with its outputs."""
    try:
        book = nbformat.reads(path.read_text("utf-8"), as_version=4)
        nbformat.validate(book)
        return book
    except (OSError, ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise WorkError(f"{path} can't be read as a notebook ({type(error).__name__}).") from error


def reset(course: Path, part: str, exercise: str | None = None) -> Path:
    """Puts a part back as it was released, or the answer to one of its exercises; returns where the file that was there
    is kept. What was reached there is forgotten."""
    fresh = _read(_released(course, part))
    if exercise:
        if exercise not in PARTS[part].exercises:
            known = ", ".join(PARTS[part].exercises) or "none"
            raise WorkError(f"{part} has no exercise {exercise!r}. It has: {known}.")
        fresh = with_answers(_read(copy_path(course, part)), fresh, {f"{exercise}-answer", f"{exercise}-essay"})
    kept = _replace(course, part, fresh)
    forget(course / PROGRESS, (exercise,) if exercise else PARTS[part].exercises)
    return kept


def _released(course: Path, part: str) -> Path:
    """Where a part was released; WorkError if it wasn't."""
    path = released_path(course, part)
    if not path.exists():
        raise WorkError(f"{part} isn't released here: there is no {path}.")
    return path


def update(course: Path, part: str) -> Path:
    """Takes the newest release of a part, with the answers and own cells that its copy has; returns where the file that
    was there is kept."""
    mine, fresh = _read(copy_path(course, part)), _read(_released(course, part))
    return _replace(course, part, with_own_cells(with_answers(fresh, mine), mine))


def _replace(course: Path, part: str, book: NotebookNode) -> Path:
    """Writes a notebook in the place of a student's copy, which is kept first."""
    copy, now = copy_path(course, part), datetime.now().strftime("%Y-%m-%d_%H-%M-%S.%f")
    kept = course / WORK / "kept" / f"{part}_{now}.ipynb"
    if copy.exists():
        write_whole(kept, copy.read_text("utf-8", errors="replace"), mode=0o644)
    write_whole(copy, v4.writes(book) + "\n", mode=0o644)
    return kept


def with_answers(book: NotebookNode, other: NotebookNode, only: set[str] | None = None) -> NotebookNode:
    """The notebook with the answers of another one: all, or only those in cells of these names."""
    answers = {name: cell.source for name, cell in _answers(other).items() if only is None or name in only}
    missing = answers.keys() - _answers(book).keys()
    if only and missing:
        raise WorkError(f"The cell {min(missing)} is not in your copy. To get all cells back, reset the whole part.")
    for name, source in answers.items():
        if name in _answers(book):
            _answers(book)[name].source = source
    return book


def _answers(book: NotebookNode) -> dict[str, NotebookNode]:
    """The cells in which a student answers, by name."""
    marks = [(cell.metadata.get("nbgrader", {}), cell) for cell in book.cells]
    return {mark["grade_id"]: cell for mark, cell in marks if mark.get("solution")}


def with_own_cells(book: NotebookNode, other: NotebookNode) -> NotebookNode:
    """The notebook with the cells that a student added to another copy, each after the cell that it followed there."""
    known, after = {cell.id for cell in book.cells}, ""
    own: dict[str, list[NotebookNode]] = {}
    for cell in other.cells:
        if cell.id in known or OF_A_RELEASE.fullmatch(cell.id):
            after = cell.id if cell.id in known else after
        else:
            own.setdefault(after, []).append(cell)
    book.cells = [*own.get("", []), *(one for cell in book.cells for one in (cell, *own.get(cell.id, [])))]
    return book
