"""Released notebooks by version: `releases/<lesson>/<version>.ipynb` keeps each, and a submission is graded against
its own."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode

from dataml_lab.grading.submission import read


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
