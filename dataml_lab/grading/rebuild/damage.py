"""What was wrong with a submission, in words."""

from collections.abc import Iterator
from typing import NamedTuple

from nbformat import NotebookNode

from dataml_lab.grading.rebuild.cells import NO_PICTURE
from dataml_lab.grading.rebuild.layout import Layout

ADDED = {"cell_type", "checksum"}  # marks that nbgrader adds to a cell when it is released


class Damage(NamedTuple):
    """What was not as released in a submission, and was undone or had to be guessed."""

    cell: str  # its grade id; empty for the notebook
    what: str  # a clause


UNRELEASED = Damage("", "it is a copy of the course's own notebook, perhaps of the solution: "
                        "no cell has the marks that a release adds")
FOREIGN = Damage("", "it is not this lesson's notebook: no cell of it is one of the lesson's exercises")


def damage_of_notebook(submitted: NotebookNode, layout: Layout) -> Iterator[Damage]:
    """What was wrong with the notebook as a whole."""
    yield from _damage_of_file(submitted.metadata)
    ways = _ways(layout)
    if layout.marked and not ways:
        yield FOREIGN
    elif ways and "marks" not in ways:
        yield Damage("", f"no cell has its marks: they were recognised by {' and '.join(ways)}")
    known = {place for place, one in layout.known.items() if one.by == "marks"}
    if _is_unreleased(layout):
        yield UNRELEASED
    strange = [cell.name for place, cell in enumerate(layout.cells) if cell.name and place not in known]
    if strange:
        yield Damage("", f"marks of cells that were never released ({_some(strange)}) were dropped")
    refused = [name for place, cell in enumerate(layout.cells) if layout.is_free(place) for name in cell.refused]
    if refused:
        yield Damage("", f"attachments ({_some(refused)}) were dropped: {NO_PICTURE}")


def _damage_of_file(metadata: NotebookNode) -> Iterator[Damage]:
    """What was wrong with the format of the file."""
    if metadata.get("orig_nbformat") == 3:
        yield Damage("", "a notebook of format 3 was converted")
    if metadata.get("orig_encoding"):
        yield Damage("", f"the file was not in UTF-8, and was read as {_quoted(metadata['orig_encoding'])}")


def _ways(layout: Layout) -> list[str]:
    """By what the cells of exercises are known, each way once."""
    return sorted({layout.known[one].by for index in layout.marked for one in layout.copies[index]})


def _is_unreleased(layout: Layout) -> bool:
    """Whether cells have marks, and none of them what a release adds to those of its source."""
    marked = [layout.cells[place].marks for place, one in layout.known.items() if one.by == "marks"]
    return bool(marked) and not any(ADDED & marks.keys() for marks in marked)


def damage_of_cells(layout: Layout) -> Iterator[Damage]:
    """What was wrong with each cell of an exercise."""
    marked = "marks" in _ways(layout)
    for index in layout.marked:
        original = layout.originals[index]
        if layout.copies[index]:
            said = [*_of_copies(layout, index), *_of_marks(layout, index, marked), *_of_contents(layout, index)]
        else:
            empty = "" if original.is_locked or original.is_essay else ", empty"
            said = [f"{original} was missing and is back{empty}"]
        yield from (Damage(original.name, what) for what in said)


def _of_copies(layout: Layout, index: int) -> Iterator[str]:
    """What is said about a cell's copies and its place."""
    original, count = layout.originals[index], len(layout.copies[index])
    if count > 1:
        yield (f"{count} cells were joined: they are {original}" if original.is_essay else
               f"of {count} copies of {original} one is left, as released" if original.is_locked else
               f"of {count} copies of {original} the last one counts")
    if index not in layout.standing:
        yield f"{original} stood elsewhere and is back in its place"


def _of_marks(layout: Layout, index: int, marked: bool) -> Iterator[str]:
    """What is said about a cell's marks and tags, for a notebook that has marks or hasn't."""
    original, chosen = layout.originals[index], layout.chosen(index)
    by, marks = layout.known[chosen].by, layout.cells[chosen].marks
    changed = [key for key, value in original.marks.items()
               if key != "checksum" and marks.get(key) != value and not (key in ADDED and _is_unreleased(layout))]
    if marked and by != "marks":
        yield f"the marks of {original} were gone: it was recognised by its {by}"
    elif marked and changed:
        yield f"the marks of {original} were changed ({_some(sorted(changed))})"
    tags = [tag for one in layout.copies[index] for tag in layout.cells[one].tags if tag not in original.tags]
    if tags:
        yield f"tags ({_some(tags)}) of {original} were dropped"


def _of_contents(layout: Layout, index: int) -> Iterator[str]:
    """What is said about what a cell holds."""
    original, cell = layout.originals[index], layout.cells[layout.chosen(index)]
    if cell.kind != original.kind:
        yield f"{original} was a {cell.kind} cell and is {original.kind} again"
    if original.is_locked and not cell.says_the_same_as(original):
        yield f"{original} was edited: it is as released again, and the edit a cell of the student's own"
    refused = [name for one in layout.copies[index] for name in layout.cells[one].refused]
    if refused:
        yield f"attachments ({_some(refused)}) of {original} were dropped: {NO_PICTURE}"


def _some(names: list[object]) -> str:
    """The first few of names that a student may have made up, fit to be printed."""
    shown = [_quoted(name) for name in names[:3]]
    return ", ".join(shown + [f"and {len(names) - 3} more"] * (len(names) > 3))


def _quoted(name: object) -> str:
    return "".join(c if c.isprintable() else "?" for c in str(name)[:40])
