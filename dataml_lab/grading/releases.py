"""Released notebooks by version: `releases/<lesson>/<version>.ipynb` keeps each, and a submission is graded against
its own."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode, v4

from dataml_lab.grading.attempts import write_whole
from dataml_lab.grading.rebuild.reading import read


class ReleaseError(RuntimeError):
    """A release that must not be made; the message, a line, names the lesson and says why. Nothing was written."""


class Release(NamedTuple):
    """A released notebook; `known` says whether the submission that it was looked up for named it."""

    version: str
    book: NotebookNode
    known: bool


def release_path(course: Path, lesson: str) -> Path:
    """Where the notebook that students open lies."""
    return course / "notebooks" / lesson / f"{lesson}.ipynb"


def kept_path(course: Path, lesson: str, version: str) -> Path:
    """Where a version of it is kept."""
    return course / "releases" / lesson / f"{version}.ipynb"


def version_of(book: NotebookNode) -> str:
    """The version that a notebook says it is; empty if it says none."""
    ours = book.metadata.get("dataml_lab")
    version = ours.get("version") if isinstance(ours, dict) else ""
    return version if isinstance(version, str) else ""


def write(path: Path, book: NotebookNode) -> None:
    """Writes a notebook in one step, durably: submissions will be graded against it."""
    write_whole(path, _file(book), mode=0o644)


def _file(book: NotebookNode) -> str:
    return v4.writes(book) + "\n"


def keep(course: Path, lesson: str, book: NotebookNode) -> None:
    """Keeps a released notebook under its version; ReleaseError if another is kept under it."""
    path = kept_path(course, lesson, version_of(book))
    if not path.exists():
        write(path, book)
    elif path.read_text("utf-8") != _file(book):
        raise ReleaseError(f"{lesson}: {path} is of the same version, and not the same. If somebody edited it, "
                           "delete it; if nbgrader or its settings changed, change the lesson too.")


def require_frozen(gradebook: Path, lesson: str, book: NotebookNode) -> None:
    """ReleaseError if the gradebook holds submissions of a lesson and knows other grade ids or points than the notebook
    has: nbgrader would refuse it halfway."""
    from nbgrader.api import Gradebook, MissingEntry

    if not gradebook.exists():
        return
    with Gradebook(f"sqlite:///{gradebook}") as known:
        try:
            before = known.find_notebook(lesson, lesson)
        except MissingEntry:
            return
        points = {cell.name: None for cell in before.source_cells}
        points |= {cell.name: cell.max_score for cell in before.grade_cells}
        changes = list(_changes(points, _points(book))) if before.submissions else []
    if changes:
        raise ReleaseError(f"{lesson}: the gradebook holds submissions, so that cells and points are frozen, and only "
                           f"text may change. {'; '.join(changes)}.")


def _points(book: NotebookNode) -> dict[str, float | None]:
    """The points of each cell that nbgrader knows, by grade id; None where it isn't graded."""
    marks = [cell.metadata.nbgrader for cell in book.cells if "nbgrader" in cell.metadata]
    return {mark.grade_id: mark.get("points") for mark in marks}


def _changes(before: dict[str, float | None], after: dict[str, float | None]) -> Iterator[str]:
    """What differs between grade ids and their points, a clause each."""
    if gone := ", ".join(name for name in before if name not in after):
        yield f"gone: {gone}"
    if new := ", ".join(name for name in after if name not in before):
        yield f"new: {new}"
    for name in before:
        if name in after and before[name] != after[name]:
            yield f"{name} had {before[name] or 0:g} points and has {after[name] or 0:g}"


def released_for(course: Path, lesson: str, submitted: NotebookNode) -> Release:
    """The release that a submission was made from, which must not be changed: the one that it names; else that with
    most sources in common, of equals the newest. The one in notebooks/ counts too, as the newest of all.
    FileNotFoundError where there is none."""
    books = _books(course, lesson)
    named = version_of(submitted)
    if named in books:
        return Release(named, books[named], known=True)
    sources = _sources(submitted)
    closest = max(books, key=lambda version: len(sources & _sources(books[version])))
    return Release(closest, books[closest], known=False)


def _books(course: Path, lesson: str) -> dict[str, NotebookNode]:
    """The releases by version, the newest first."""
    newest = release_path(course, lesson)
    kept = sorted(kept_path(course, lesson, "").parent.glob("*.ipynb"), key=_age, reverse=True)
    paths = [newest, *kept] if newest.exists() else kept
    if not paths:
        raise FileNotFoundError(f"There is no released notebook of {lesson} at {newest}: run `dataml-lab release`.")
    return {version_of(book): book for book in map(_read, paths)}


def _age(path: Path) -> tuple[int, str]:
    return path.stat().st_mtime_ns, path.name


def _read(path: Path) -> NotebookNode:
    state = path.stat()
    return _read_once(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=64)
def _read_once(path: Path, *state: int) -> NotebookNode:
    """The notebook in a file that is in this state."""
    return read(path.read_bytes())


def _sources(book: NotebookNode) -> set[str]:
    return {cell.source for cell in book.cells if cell.source}
