"""A submission rebuilt: the released notebook with what the student wrote in it, and not a byte more of theirs.

Cells of the release have roles. Locked ones come back as they were released, in their order; what a student made of
one is a cell of their own, since an answer may have been typed there. Of an answer the source is kept, of an essay the
words and pictures. The other cells are the student's to edit, delete, move and add: of these, source and place are
kept, since later cells may need what they define, and pictures of text.
"""

import copy
from typing import NamedTuple

from nbformat import NotebookNode

from dataml_lab.grading.rebuild.cells import Cell, bare, missing_by_source, plain, recognised
from dataml_lab.grading.rebuild.damage import Damage, damage_of_cells, damage_of_notebook
from dataml_lab.grading.rebuild.layout import Layout
from dataml_lab.grading.rebuild.reading import SubmissionError, read

__all__ = ["Damage", "Rebuilt", "SubmissionError", "read", "rebuilt"]


class Rebuilt(NamedTuple):
    """A notebook that is safe to grade."""

    book: NotebookNode
    damage: tuple[Damage, ...]
    own: frozenset[str]  # ids of the cells whose source is the student's; that of the others is the release's


def rebuilt(released: NotebookNode, submitted: NotebookNode) -> Rebuilt:
    """The submission with everything as released but what a student may write; neither argument is changed.

    Rebuilding what was rebuilt changes nothing, and a submission as JupyterLab saves it has no damage.
    """
    originals = [bare(cell) for cell in released.cells]
    cells = [bare(cell) for cell in submitted.cells]
    known = recognised(originals, cells)
    layout = Layout(originals, cells, known)
    book = NotebookNode(released, metadata=copy.deepcopy(released.metadata),
                        cells=_nodes(released.cells, layout))
    given = {(cell.id, cell.source) for cell in originals}
    own = {cell.id for cell in book.cells if (cell.id, cell.source) not in given}
    return Rebuilt(book, (*damage_of_notebook(submitted, layout), *damage_of_cells(layout)), frozenset(own))


def _nodes(released: list[NotebookNode], layout: Layout) -> list[NotebookNode]:
    """The cells of the rebuilt notebook. One of the student's own that says what a missing one of the lesson does is
    that; the others are numbered."""
    pieces = list(layout.pieces())
    missing = missing_by_source(layout.originals, {piece.original for piece in pieces})
    nodes, own = [], 0
    for index, cell in pieces:
        same = missing.get((cell.kind, plain(cell.source))) if index is None else None
        index = same.popleft() if same else index
        own += index is None
        nodes.append(_node(f"own-{own:03d}", NotebookNode(), cell) if index is None else
                     _node(released[index].id, copy.deepcopy(released[index].metadata), cell))
    return nodes


def _node(name: str, metadata: NotebookNode, cell: Cell) -> NotebookNode:
    """A cell with nothing but its source and, in text, pictures."""
    node = NotebookNode(cell_type=cell.kind, id=name, metadata=metadata, source=cell.source)
    if cell.kind == "code":
        node.update(execution_count=None, outputs=[])
    elif kept := cell.pictures.keys() - cell.refused:
        node["attachments"] = {name: data for name, data in cell.pictures.items() if name in kept}
    return node
