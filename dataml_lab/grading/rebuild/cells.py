"""Cells of a release and of a submission, without what is never kept, and which is which."""

import base64
from collections import defaultdict, deque
from typing import NamedTuple

from nbformat import NotebookNode

from dataml_lab.grading.rebuild.reading import text

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # none that can hold a script
MOST_PICTURE = 3 * 2**20  # bytes
NO_PICTURE = f"no pictures in PNG, JPEG, GIF or WebP of at most {MOST_PICTURE // 2**20} MB"


class Cell(NamedTuple):
    """The parts of a cell that count."""

    kind: str
    source: str
    id: str
    marks: dict  # nbgrader's
    tags: list
    pictures: dict

    @property
    def name(self) -> str:
        return self.marks.get("grade_id") if isinstance(self.marks.get("grade_id"), str) else ""

    @property
    def is_locked(self) -> bool:
        return bool(self.marks.get("locked"))

    @property
    def is_essay(self) -> bool:
        return bool(self.marks.get("solution") and self.marks.get("grade"))

    @property
    def is_lesson(self) -> bool:
        return not self.name

    @property
    def is_empty(self) -> bool:
        return not self.source.strip()

    @property
    def refused(self) -> list[str]:
        """The names of the attachments that are dropped."""
        return [name for name, data in self.pictures.items() if self.kind != "markdown" or not _is_picture(name, data)]

    def says_the_same_as(self, other: "Cell") -> bool:
        return plain(self.source) == plain(other.source)

    def __str__(self) -> str:
        exercise, _, role = self.id.rpartition("-")
        return f"the {role} cell of {exercise}"


class Known(NamedTuple):
    """Which released cell a submitted one is, by its index, and by what it is known."""

    original: int
    by: str


def bare(node: NotebookNode) -> Cell:
    """The parts of a notebook's cell that count; one that is missing or of a wrong type is empty."""
    metadata = _dict(node.get("metadata"))
    kind, tags = node.get("cell_type"), metadata.get("tags")
    return Cell(kind if kind in ("code", "markdown") else "raw", text(node.get("source")), str(node.get("id")),
                 _dict(metadata.get("nbgrader")), tags if isinstance(tags, list) else [],
                 _dict(node.get("attachments")))


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def plain(source: str) -> str:
    """A source without the space at ends of lines, which editors add and drop."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


def _is_picture(name: object, data: object) -> bool:
    """Whether an attachment is a picture that can be shown without harm: a plain name, one form, of a known kind."""
    if not isinstance(data, dict) or len(data) != 1 or not {*name}.isdisjoint('/\\"<>') or not name.isprintable():
        return False
    (kind, content), = data.items()
    return kind in PICTURES and 0 < _size(content) <= MOST_PICTURE


def _size(content: object) -> int:
    """The bytes that a text in base64 stands for; 0 if it is none."""
    try:
        return len(base64.b64decode(content.replace("\n", ""), validate=True))
    except (AttributeError, ValueError):
        return 0


# ------------------------------------------------------------------------------------------------ recognising cells

def recognised(originals: list[Cell], cells: list[Cell]) -> dict[int, Known]:
    """The submitted cells, by index, that are released ones; of copies each."""
    known = _by_name(originals, cells)
    if len(known) < len(cells):
        known |= _by_source(originals, cells, known)
    if 0 < len(known) < len(cells):
        known |= _by_place(originals, cells, known)
    return known


def _by_name(originals: list[Cell], cells: list[Cell]) -> dict[int, Known]:
    """The cells that claim a released grade id, or else have a released cell id."""
    names = {cell.name: index for index, cell in enumerate(originals) if cell.name}
    ids = {cell.id: index for index, cell in enumerate(originals)}
    found = {}
    for index, cell in enumerate(cells):
        if cell.name in names:
            found[index] = Known(names[cell.name], "marks")
        elif cell.id in ids:
            found[index] = Known(ids[cell.id], "cell id")
    return found


def _by_source(originals: list[Cell], cells: list[Cell], known: dict[int, Known]) -> dict[int, Known]:
    """The other cells with the text of a released cell that is missing. Answers and essays are left out, since their
    stubs may be equal."""
    missing = missing_by_source(originals, {found.original for found in known.values()})
    found = {}
    for index, cell in enumerate(cells):
        same = missing.get((cell.kind, plain(cell.source))) if index not in known else None
        if same:
            found[index] = Known(same.popleft(), "source")
    return found


def missing_by_source(originals: list[Cell], present: set[int]) -> dict[tuple[str, str], deque[int]]:
    """The locked cells and the lesson's that are not present, by kind and text, in the order of the release."""
    missing = defaultdict(deque)
    for index, cell in enumerate(originals):
        if index not in present and (cell.is_locked or cell.is_lesson) and not cell.is_empty:
            missing[cell.kind, plain(cell.source)].append(index)
    return missing


def _by_place(originals: list[Cell], cells: list[Cell], known: dict[int, Known]) -> dict[int, Known]:
    """For each missing answer the likeliest cell, and for each missing essay all text, between the cells that stood
    nearest before and behind it at the release."""
    found = {}
    for place, original in enumerate(originals):
        taken = known | found
        if original.is_lesson or original.is_locked or any(one.original == place for one in taken.values()):
            continue
        free = [index for index in _between(place, taken, len(cells)) if index not in taken]
        chosen = _texts(cells, free) if original.is_essay else _likest(original, cells, free)
        found |= dict.fromkeys(chosen, Known(place, "place"))
    return found


def _between(place: int, known: dict[int, Known], end: int) -> range:
    """The submitted cells between the nearest neighbours of a released one."""
    before = max((one.original for one in known.values() if one.original < place), default=None)
    behind = min((one.original for one in known.values() if one.original > place), default=None)
    return range(max((index + 1 for index, one in known.items() if one.original == before), default=0),
                 min((index for index, one in known.items() if one.original == behind), default=end))


def _texts(cells: list[Cell], free: list[int]) -> list[int]:
    return [index for index in free if cells[index].kind == "markdown" and not cells[index].is_empty]


def _likest(original: Cell, cells: list[Cell], free: list[int]) -> list[int]:
    """The cell that has most lines in common with a stub, of equals the last; none where there is no such cell, and no
    code."""
    stub = set(plain(original.source).splitlines()) - {""}
    likeness = {index: len(stub & set(plain(cells[index].source).splitlines())) for index in free
                if not cells[index].is_empty}
    possible = [index for index, lines in likeness.items() if lines or cells[index].kind == "code"]
    return [max(possible, key=lambda index: (likeness[index], index))] if possible else []
