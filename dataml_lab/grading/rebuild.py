"""A submission rebuilt: the released notebook with what the student wrote in it, and not a byte more of theirs.

Cells of the release have roles. Locked ones come back as they were released, in their order; what a student made of
one is a cell of their own, since an answer may have been typed there. Of an answer the source is kept, of an essay the
words and pictures. The other cells are the student's to edit, delete, move and add: of these, source and place are
kept, since later cells may need what they define, and pictures of text.
"""

import base64
import copy
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from dataml_lab.grading.submission import SubmissionError, read, text

__all__ = ["Damage", "Rebuilt", "SubmissionError", "read", "rebuilt"]

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # none that can hold a script
MOST_PICTURE = 3 * 2**20  # bytes


class Damage(NamedTuple):
    """What was not as released in a submission, and was undone or had to be guessed."""

    cell: str  # its grade id; empty for the notebook
    what: str  # a clause


class Rebuilt(NamedTuple):
    """A notebook that is safe to grade."""

    book: NotebookNode
    damage: tuple[Damage, ...]
    own: frozenset[str]  # ids of the code cells whose source is the student's; that of the others is the release's


class _Cell(NamedTuple):
    """What matters of a cell, whatever it holds."""

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

    def says_the_same_as(self, other: "_Cell") -> bool:
        return _plain(self.source) == _plain(other.source)

    def __str__(self) -> str:
        exercise, _, role = self.id.rpartition("-")
        return f"the {role} cell of {exercise}"


class _Known(NamedTuple):
    """Which released cell a submitted one is, by its index, and by what it is known."""

    original: int
    by: str


def rebuilt(released: NotebookNode, submitted: NotebookNode) -> Rebuilt:
    """The submission with everything as released but what a student may write; neither argument is changed.

    Rebuilding what was rebuilt changes nothing, and a submission as JupyterLab saves it has no damage.
    """
    originals = [_cell(cell) for cell in released.cells]
    cells = [_cell(cell) for cell in submitted.cells]
    known = _recognised(originals, cells)
    desk = _Desk(originals, cells, known)
    book = NotebookNode(released, metadata=copy.deepcopy(released.metadata),
                        cells=_nodes(released.cells, desk))
    given = {(cell.id, cell.source) for cell in originals}
    own = {cell.id for cell in book.cells if cell.cell_type == "code" and (cell.id, cell.source) not in given}
    return Rebuilt(book, (*_damage_of_notebook(submitted, desk), *_damage_of_cells(desk)), frozenset(own))


def _cell(node: NotebookNode) -> _Cell:
    """A cell, of which any part may be missing or a lie."""
    metadata = _dict(node.get("metadata"))
    kind, tags = node.get("cell_type"), metadata.get("tags")
    return _Cell(kind if kind in ("code", "markdown") else "raw", text(node.get("source")), str(node.get("id")),
                 _dict(metadata.get("nbgrader")), tags if isinstance(tags, list) else [],
                 _dict(node.get("attachments")))


def _dict(value: object) -> dict:
    return value if isinstance(value, dict) else {}


def _plain(source: str) -> str:
    """A source without the space at ends of lines, which editors add and drop."""
    return "\n".join(line.rstrip() for line in source.strip().splitlines())


# ------------------------------------------------------------------------------------------------ recognising cells

def _recognised(originals: list[_Cell], cells: list[_Cell]) -> dict[int, _Known]:
    """The submitted cells, by index, that are released ones; of copies each."""
    known = _by_name(originals, cells)
    if len(known) < len(cells):
        known |= _by_source(originals, cells, known)
    if 0 < len(known) < len(cells):
        known |= _by_place(originals, cells, known)
    return known


def _by_name(originals: list[_Cell], cells: list[_Cell]) -> dict[int, _Known]:
    """The cells that claim a released grade id, or else have a released cell id."""
    names = {cell.name: index for index, cell in enumerate(originals) if cell.name}
    ids = {cell.id: index for index, cell in enumerate(originals)}
    found = {}
    for index, cell in enumerate(cells):
        if cell.name in names:
            found[index] = _Known(names[cell.name], "marks")
        elif cell.id in ids:
            found[index] = _Known(ids[cell.id], "cell id")
    return found


def _by_source(originals: list[_Cell], cells: list[_Cell], known: dict[int, _Known]) -> dict[int, _Known]:
    """The other cells that say what a released one said that is missing. Stubs say nothing: essays may share one."""
    missing = _missing(originals, {found.original for found in known.values()})
    found = {}
    for index, cell in enumerate(cells):
        same = missing.get((cell.kind, _plain(cell.source))) if index not in known else None
        if same:
            found[index] = _Known(same.popleft(), "source")
    return found


def _missing(originals: list[_Cell], present: set[int]) -> dict[tuple[str, str], deque[int]]:
    """Released cells that aren't present, locked ones and the lesson's, by what they say, in order."""
    missing = defaultdict(deque)
    for index, cell in enumerate(originals):
        if index not in present and (cell.is_locked or cell.is_lesson) and not cell.is_empty:
            missing[cell.kind, _plain(cell.source)].append(index)
    return missing


def _by_place(originals: list[_Cell], cells: list[_Cell], known: dict[int, _Known]) -> dict[int, _Known]:
    """For each missing answer the likeliest cell, and for each missing essay all text, between the cells that stood
    nearest before and behind it at the release."""
    found = {}
    for place, original in enumerate(originals):
        taken = known | found
        if original.is_lesson or original.is_locked or any(one.original == place for one in taken.values()):
            continue
        free = [index for index in _between(place, taken, len(cells)) if index not in taken]
        chosen = _texts(cells, free) if original.is_essay else _likest(original, cells, free)
        found |= dict.fromkeys(chosen, _Known(place, "place"))
    return found


def _between(place: int, known: dict[int, _Known], end: int) -> range:
    """The submitted cells between the nearest neighbours of a released one."""
    before = max((one.original for one in known.values() if one.original < place), default=None)
    behind = min((one.original for one in known.values() if one.original > place), default=None)
    return range(max((index + 1 for index, one in known.items() if one.original == before), default=0),
                 min((index for index, one in known.items() if one.original == behind), default=end))


def _texts(cells: list[_Cell], free: list[int]) -> list[int]:
    return [index for index in free if cells[index].kind == "markdown" and not cells[index].is_empty]


def _likest(original: _Cell, cells: list[_Cell], free: list[int]) -> list[int]:
    """The cell that has most lines in common with a stub, of equals the last; none where there is no such cell, and no
    code."""
    stub = set(_plain(original.source).splitlines()) - {""}
    likeness = {index: len(stub & set(_plain(cells[index].source).splitlines())) for index in free
                if not cells[index].is_empty}
    possible = [index for index, lines in likeness.items() if lines or cells[index].kind == "code"]
    return [max(possible, key=lambda index: (likeness[index], index))] if possible else []


# ------------------------------------------------------------------------------------------------ putting in order

class _Piece(NamedTuple):
    """A cell of the rebuilt notebook: its released cell's index, if it has one, and what it holds."""

    original: int | None
    cell: _Cell


class _Desk:
    """A submission laid out beside its release: the cells that are a released one, by index of that, and where it is
    to stand."""

    def __init__(self, originals: list[_Cell], cells: list[_Cell], known: dict[int, _Known]) -> None:
        self.originals, self.cells, self.known = originals, cells, known
        self.copies = defaultdict(list)
        for index in sorted(known):
            self.copies[known[index].original].append(index)
        self.marked = [index for index, cell in enumerate(originals) if not cell.is_lesson]
        self.standing = _in_order([(index, self._candidates(index)) for index in self.marked])
        self.places = self._places()
        self.drafts = {index: self._drafts(index) for index in self.marked}

    def _candidates(self, index: int) -> list[int]:
        """Where a released cell may be said to stand: where its first copy does, but an answer or essay at any."""
        return self.copies[index][:1] if self.originals[index].is_locked else self.copies[index]

    def _places(self) -> dict[int, int]:
        """Where each marked cell goes: in place of a submitted cell or, where that is not in order, behind one. That is
        the marked cell that it followed at the release, or the last there of the lesson's cells between them."""
        places, place, limits = {}, -1, self._limits()
        for index, original in enumerate(self.originals):
            if original.is_lesson:
                passed = self.copies[index][:1]
                place = passed[0] if passed and place < passed[0] < limits[index] else place
            else:
                places[index] = place = self.standing.get(index, place)
        return places

    def _limits(self) -> list[int]:
        """For each released cell, the place of the next that stands in order."""
        limits, limit = [], len(self.cells)
        for index in reversed(range(len(self.originals))):
            limits.append(limit := self.standing.get(index, limit))
        return limits[::-1]

    def is_free(self, place: int) -> bool:
        """Whether a submitted cell is the lesson's or the student's own."""
        return place not in self.known or self.originals[self.known[place].original].is_lesson

    def chosen(self, index: int) -> int | None:
        """The submitted cell that counts for a marked one: the first copy of a locked cell, since its source is the
        release's anyway; else the last that is neither empty nor the stub, or simply the last."""
        copies, original = self.copies[index], self.originals[index]
        if not copies or original.is_locked:
            return copies[0] if copies else None
        return next((one for one in reversed(copies) if self._says_something(one, original)), copies[-1])

    def _says_something(self, one: int, original: _Cell) -> bool:
        return not self.cells[one].is_empty and not self.cells[one].says_the_same_as(original)

    def pieces(self) -> Iterator[_Piece]:
        """The cells of the rebuilt notebook in order. Copies of an answer stand before it, so that it counts."""
        behind = defaultdict(list)
        for index, place in self.places.items():
            behind[place].append(index)
        for place in range(-1, len(self.cells)):
            if place >= 0:
                yield from self._piece_of(place)
            for index in behind[place]:
                yield from (_Piece(None, self.cells[one]) for one in self.drafts[index] if self._is_late(one, index))
                yield self._marked(index)

    def _piece_of(self, place: int) -> Iterator[_Piece]:
        """What stays where a submitted cell stands, unless that is a marked one."""
        if place not in self.known:
            yield _Piece(None, self.cells[place])
            return
        index = self.known[place].original
        if self.originals[index].is_lesson:
            yield _Piece(index if self.copies[index][0] == place else None, self.cells[place])
        elif place in self.drafts[index] and not self._is_late(place, index):
            yield _Piece(None, self.cells[place])

    def _is_late(self, one: int, index: int) -> bool:
        """Whether a copy of an answer stands behind it, and would undo it."""
        return one > self.places[index] and not self.originals[index].is_locked

    def _drafts(self, index: int) -> dict[int, None]:
        """The copies of a marked cell that are kept as the student's own: those that don't count, or of a locked cell
        all that were edited. Those of essays are joined instead."""
        original = self.originals[index]
        if original.is_essay:
            return {}
        kept = {one: None for one in self.copies[index] if self._says_something(one, original)}
        if not original.is_locked:
            kept.pop(self.chosen(index), None)
        return kept

    def _marked(self, index: int) -> _Piece:
        """A marked cell with what the student wrote in it. An answer that is missing comes back empty: its stub would
        undo what the student may have defined elsewhere."""
        original, chosen = self.originals[index], self.chosen(index)
        if original.is_locked:
            return _Piece(index, original)
        if original.is_essay:
            return _Piece(index, self._joined(index))
        return _Piece(index, original._replace(source="" if chosen is None else self.cells[chosen].source))

    def _joined(self, index: int) -> _Cell:
        """An essay with the words and pictures of all its copies; where they have none, as it was released."""
        original = self.originals[index]
        words = dict.fromkeys(self.cells[one].source for one in self.copies[index]
                              if self._says_something(one, original))
        pictures = {name: data for one in self.copies[index] for name, data in self.cells[one].pictures.items()}
        return original._replace(source="\n\n".join(words) or original.source, pictures=pictures)


def _in_order(candidates: list[tuple[int, list[int]]]) -> dict[int, int]:
    """The most that can be kept where they are: of items, in order, each with ascending places where it may stand, a
    place for as many as possible, so that places ascend. Of equal choices the one with later places.

    >>> _in_order([(0, [5]), (1, [1, 6]), (2, [2]), (3, [8, 9])])
    {0: 5, 1: 6, 3: 9}
    """
    ends, chains = [], []  # of each length, the chain from the last item whose first place is the latest
    for item, places in reversed(candidates):
        for place in places:
            length = bisect_left(ends, -place)
            ends[length:length + 1] = [-place]
            chains[length:length + 1] = [(item, place, chains[length - 1] if length else None)]
    found, chain = {}, chains[-1] if chains else None
    while chain:
        item, place, chain = chain
        found[item] = place
    return found


# ------------------------------------------------------------------------------------------------ making cells

def _nodes(released: list[NotebookNode], desk: _Desk) -> list[NotebookNode]:
    """The cells of the rebuilt notebook. One of the student's own that says what a missing one of the lesson does is
    that; the others are numbered."""
    pieces = list(desk.pieces())
    missing = _missing(desk.originals, {piece.original for piece in pieces})
    nodes, own = [], 0
    for index, cell in pieces:
        same = missing.get((cell.kind, _plain(cell.source))) if index is None else None
        index = same.popleft() if same else index
        own += index is None
        nodes.append(_node(f"own-{own:03d}", NotebookNode(), cell) if index is None else
                     _node(released[index].id, copy.deepcopy(released[index].metadata), cell))
    return nodes


def _node(name: str, metadata: NotebookNode, cell: _Cell) -> NotebookNode:
    """A cell with nothing but its source and, in text, pictures."""
    node = NotebookNode(cell_type=cell.kind, id=name, metadata=metadata, source=cell.source)
    if cell.kind == "code":
        node.update(execution_count=None, outputs=[])
    elif kept := cell.pictures.keys() - _refused(cell):
        node["attachments"] = {name: data for name, data in cell.pictures.items() if name in kept}
    return node


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


# ------------------------------------------------------------------------------------------------ telling damage

def _damage_of_notebook(submitted: NotebookNode, desk: _Desk) -> Iterator[Damage]:
    """What was wrong with the notebook as a whole."""
    metadata = _dict(submitted.get("metadata"))
    if metadata.get("orig_nbformat") == 3:
        yield Damage("", "a notebook of format 3 was converted")
    if metadata.get("orig_encoding"):
        yield Damage("", f"the file was not in UTF-8, and was read as {_quoted(metadata['orig_encoding'])}")
    ways = _ways(desk)
    if not ways:
        yield Damage("", "no cell is one of this lesson's exercises")
    elif "marks" not in ways:
        yield Damage("", f"no cell has its marks: they were recognised by {' and '.join(ways)}")
    known = {place for place, one in desk.known.items() if one.by == "marks"}
    strange = [cell.name for place, cell in enumerate(desk.cells) if cell.name and place not in known]
    if strange:
        yield Damage("", f"marks of cells that were never released ({_some(strange)}) were dropped")
    refused = [name for place, cell in enumerate(desk.cells) if desk.is_free(place) for name in _refused(cell)]
    if refused:
        yield Damage("", f"attachments ({_some(refused)}) were dropped: {_NO_PICTURE}")


_NO_PICTURE = f"no pictures in PNG, JPEG, GIF or WebP of at most {MOST_PICTURE // 2**20} MB"


def _ways(desk: _Desk) -> list[str]:
    """By what the cells of exercises are known, each way once."""
    return sorted({desk.known[one].by for index in desk.marked for one in desk.copies[index]})


def _damage_of_cells(desk: _Desk) -> Iterator[Damage]:
    """What was wrong with each cell of an exercise."""
    marked = "marks" in _ways(desk)
    for index in desk.marked:
        original = desk.originals[index]
        if desk.copies[index]:
            said = [*_of_copies(desk, index), *_of_marks(desk, index, marked), *_of_contents(desk, index)]
        else:
            empty = "" if original.is_locked or original.is_essay else ", empty"
            said = [f"{original} was missing and is back{empty}"]
        yield from (Damage(original.name, what) for what in said)


def _of_copies(desk: _Desk, index: int) -> Iterator[str]:
    """What is said about a cell's copies and its place."""
    original, count = desk.originals[index], len(desk.copies[index])
    if count > 1:
        yield (f"{count} cells were joined: they are {original}" if original.is_essay else
               f"of {count} copies of {original} one is left, as released" if original.is_locked else
               f"of {count} copies of {original} the last one counts")
    if index not in desk.standing:
        yield f"{original} stood elsewhere and is back in its place"


def _of_marks(desk: _Desk, index: int, marked: bool) -> Iterator[str]:
    """What is said about a cell's marks and tags, for a notebook that has marks or hasn't."""
    original, chosen = desk.originals[index], desk.chosen(index)
    by, marks = desk.known[chosen].by, desk.cells[chosen].marks
    changed = [key for key, value in original.marks.items()
               if key != "checksum" and marks.get(key) != value]
    if marked and by != "marks":
        yield f"the marks of {original} were gone: it was recognised by its {by}"
    elif marked and changed:
        yield f"the marks of {original} were changed ({_some(sorted(changed))})"
    tags = [tag for one in desk.copies[index] for tag in desk.cells[one].tags if tag not in original.tags]
    if tags:
        yield f"tags ({_some(tags)}) of {original} were dropped"


def _of_contents(desk: _Desk, index: int) -> Iterator[str]:
    """What is said about what a cell holds."""
    original, cell = desk.originals[index], desk.cells[desk.chosen(index)]
    if cell.kind != original.kind:
        yield f"{original} was a {cell.kind} cell and is {original.kind} again"
    if original.is_locked and not cell.says_the_same_as(original):
        yield f"{original} was edited: it is as released again, and the edit a cell of the student's own"
    refused = [name for one in desk.copies[index] for name in _refused(desk.cells[one])]
    if refused:
        yield f"attachments ({_some(refused)}) of {original} were dropped: {_NO_PICTURE}"


def _refused(cell: _Cell) -> list[str]:
    """The names of a cell's attachments that are dropped."""
    return [name for name, data in cell.pictures.items() if cell.kind != "markdown" or not _is_picture(name, data)]


def _some(names: list[object]) -> str:
    """The first few of names that a student may have made up, fit to be printed."""
    told = [_quoted(name) for name in names[:3]]
    return ", ".join(told + [f"and {len(names) - 3} more"] * (len(names) > 3))


def _quoted(name: object) -> str:
    return "".join(c if c.isprintable() else "?" for c in str(name)[:40])
