"""A submission laid out beside its release: what becomes of each cell, and in which order."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from dataml_lab.grading.rebuild.cells import Cell, Known


class Piece(NamedTuple):
    """A cell of the rebuilt notebook: its released cell's index, if it has one, and what it holds."""

    original: int | None
    cell: Cell


class Layout:
    """A submission laid out beside its release.

    `originals` are the released cells and `cells` the submitted ones; `known` says which released cell a submitted one
    is, and `copies` which submitted cells are the same released one. Of the cells that nbgrader knows, `marked`, some
    are `standing` in the submission in the order of the release; `places` says where each is put, and `drafts` which of
    its copies are kept as cells of the student's own. All of them are indices.
    """

    def __init__(self, originals: list[Cell], cells: list[Cell], known: dict[int, Known]) -> None:
        self.originals, self.cells, self.known = originals, cells, known
        self.copies = defaultdict(list)
        for index in sorted(known):
            self.copies[known[index].original].append(index)
        self.marked = [index for index, cell in enumerate(originals) if not cell.is_lesson]
        self.standing = _in_order([(index, self._candidates(index)) for index in self.marked])
        self.places = self._places()
        self.drafts = {index: self._drafts(index) for index in self.marked}

    def _candidates(self, index: int) -> list[int]:
        """The copies of a marked cell that can be standing in order: the first, or any copy of an answer or essay."""
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

    def _says_something(self, one: int, original: Cell) -> bool:
        return not self.cells[one].is_empty and not self.cells[one].says_the_same_as(original)

    def pieces(self) -> Iterator[Piece]:
        """The cells of the rebuilt notebook in order. Copies of an answer stand before it, so that it counts."""
        behind = defaultdict(list)
        for index, place in self.places.items():
            behind[place].append(index)
        for place in range(-1, len(self.cells)):
            if place >= 0:
                yield from self._piece_of(place)
            for index in behind[place]:
                yield from (Piece(None, self.cells[one]) for one in self.drafts[index] if self._is_late(one, index))
                yield self._marked(index)

    def _piece_of(self, place: int) -> Iterator[Piece]:
        """What stays where a submitted cell stands, unless that is a marked one."""
        if place not in self.known:
            yield Piece(None, self.cells[place])
            return
        index = self.known[place].original
        if self.originals[index].is_lesson:
            yield Piece(index if self.copies[index][0] == place else None, self.cells[place])
        elif place in self.drafts[index] and not self._is_late(place, index):
            yield Piece(None, self.cells[place])

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

    def _marked(self, index: int) -> Piece:
        """A marked cell with what the student wrote in it. An answer that is missing comes back empty: its stub would
        undo what the student may have defined elsewhere."""
        original, chosen = self.originals[index], self.chosen(index)
        if original.is_locked:
            return Piece(index, original)
        if original.is_essay:
            return Piece(index, self._joined(index))
        return Piece(index, original._replace(source="" if chosen is None else self.cells[chosen].source))

    def _joined(self, index: int) -> Cell:
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
