"""The checks of a notebook's answers, run outside JupyterLab, in a kernel of their own."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum
from traitlets.config import Config

PRIVATE = Config(KernelManager={"transport_encryption": "auto"})
FIGURE = "# The code of this figure."  # begins a cell that nothing after it needs
LONGEST_S = 300  # of a cell, before it is interrupted
SAVED_S = 0.5  # between two looks at whether a file was saved


class Said(NamedTuple):
    """What a check said, that a cell raised, or that a question has no answer; whether it was a check that gave all
    points."""

    text: str
    is_whole: bool


def checks(path: Path, progress: Callable[[int, int], None]) -> Iterator[Said]:
    """Runs a notebook to its last check, without its figures, and yields what each check says, each cell that
    raises, and each question without an answer. ValueError if it is no notebook, or has no check."""
    book = _read(path)
    places = _needed(book)
    client = NotebookClient(book, timeout=LONGEST_S, interrupt_on_timeout=True, allow_errors=True, config=PRIVATE,
                            kernel_name="python3", resources={"metadata": {"path": str(path.resolve().parent)}})
    with client.setup_kernel():
        for number, place in enumerate(places, 1):
            progress(number, len(places))
            try:
                client.execute_cell(book.cells[place], place)
            except DeadKernelError:
                yield Said(f"Cell {place + 1} ended the kernel: {_first_line(book.cells[place])}", False)
                return
            yield from _said(book.cells[place], place)
    yield from (Said(f"{exercise}: the question has no answer yet.", False) for exercise in _unanswered(book))


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.reads(path.read_text("utf-8"), as_version=4)
    except (ValueError, AttributeError, KeyError, nbformat.ValidationError) as error:
        raise ValueError(f"{path} is no notebook that can be read ({type(error).__name__}).") from error


def _needed(book: NotebookNode) -> list[int]:
    """The places of the code cells up to the last check, but for figures and the cells of points."""
    code = [place for place, cell in enumerate(book.cells) if cell.cell_type == "code"]
    last = max((place for place in code if _is_check(book.cells[place])), default=None)
    if last is None:
        raise ValueError("The notebook has no cell that checks an exercise.")
    return [place for place in code if place <= last and not book.cells[place].source.startswith(FIGURE)
            and not book.cells[place].metadata.get("nbgrader", {}).get("points")]


def _is_check(cell: NotebookNode) -> bool:
    return cell.metadata.get("nbgrader", {}).get("grade_id", "").endswith("-check")


def _first_line(cell: NotebookNode) -> str:
    return cell.source.partition("\n")[0]


def _said(cell: NotebookNode, place: int) -> Iterator[Said]:
    """What a cell that ran has to say."""
    for output in cell.outputs:
        if output.output_type == "error":
            what = (f"was stopped after {LONGEST_S} s" if output.ename == "KeyboardInterrupt" else
                    f"raised {output.ename}: {output.evalue}")
            yield Said(f"Cell {place + 1} {what}\n    {_first_line(cell)}", False)
        elif _is_check(cell) and output.output_type == "display_data":
            yield Said(output.data["text/plain"], _is_whole(output.data["text/plain"]))


def _unanswered(book: NotebookNode) -> Iterator[str]:
    """The exercises whose question, to be answered in words, is as it was released."""
    for cell in book.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "markdown" and marks.get("solution") and marks.get("checksum") == compute_checksum(cell):
            yield marks["grade_id"].removesuffix("-essay")


def _is_whole(verdict: str) -> bool:
    """Whether a verdict's first line says that all properties hold.

    >>> _is_whole("revenue: 2 of 2 properties hold, 2 of 2 points."), _is_whole("plan: 3 of 4 properties hold, …")
    (True, False)
    """
    words = verdict.partition("\n")[0].split()
    return len(words) > 3 and words[1] == words[3]


def saves(path: Path) -> Iterator[None]:
    """Once now, and once for each time that a file is saved, for ever."""
    seen = None
    while True:
        now = path.stat().st_mtime_ns if path.exists() else seen
        if now != seen:
            seen = now
            yield
        time.sleep(SAVED_S)
