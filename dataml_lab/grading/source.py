"""From a lesson's one source, in percent format, to its notebook with nbgrader's marks filled in."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, writes

from dataml_lab.checks import exercises
from dataml_lab.checks.exercise import Exercise, worth

# What nbgrader knows of a role: is the cell graded, is it an answer, may the student edit it. An exercise has a cell of
# each role, in this order; one without an essay lacks the last two. Check and graded cell are not in the source.
ROLES = {
    "prompt": {"grade": False, "solution": False, "locked": True},
    "answer": {"grade": False, "solution": True, "locked": False},
    "check": {"grade": False, "solution": False, "locked": True},
    "graded": {"grade": True, "solution": False, "locked": True},
    "question": {"grade": False, "solution": False, "locked": True},
    "essay": {"grade": True, "solution": True, "locked": False},
}
ESSAY = ("question", "essay")
TEXTS = ("prompt", *ESSAY)  # roles of text cells; the others have code
IN_SOURCE = ("prompt", "answer", *ESSAY)  # roles that a header may name together with an exercise
# Roles of a lesson's own cells of code: `figure` draws what its `alt` says in words, and is shown folded; `claim`
# asserts what the text says, and is left out of what students get.
FIGURE, CLAIM = "figure", "claim"
CHECK = """\
# Run me as often as you like: I say {says}.
# Stuck? In a cell of your own: hint("{exercise}"), and after an attempt solution("{exercise}").
from dataml_lab.checks import check, hint, solution

check("{exercise}", globals())"""
SAYS = "what holds, in practice worlds, and what doesn't"  # where the header of an answer says nothing else
GRADED = """\
# Your points: run me last, and leave me as I am.
from dataml_lab.checks import grade

grade("{exercise}", globals())"""
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# Stand in a prompt for what earns points, and how many, and in a question for the points of the essay.
PROPERTIES, POINTS, ESSAY_POINTS = "{{properties}}", "{{points}}", "{{essay points}}"


class SourceError(ValueError):
    """A lesson's source that no notebook can be made of; the message names file, cell and mistake."""


def notebook(path: Path) -> NotebookNode:
    """The unexecuted notebook of a lesson's source, `solutions/<lesson>/<lesson>.py`.

    Cell ids derive from exercise and role, else from the position, so that the same source gives the same bytes.
    Its metadata carries the digest of its cells, by which a build knows what has changed.
    """
    lesson, known = path.stem, exercises(path.stem)
    book = jupytext.reads(path.read_text("utf-8"), fmt="py:percent")
    for number, cell in enumerate(book.cells, 1):
        if mistake := _mistake(cell, known):
            raise SourceError(f"{path.name}, cell {number}: {mistake}")
    book.cells = [made for cell in book.cells for made in _with_check(cell)]
    for number, cell in enumerate(book.cells, 1):
        _fill_in(cell, number, known)
    _require_all_roles(path, book, known)
    book.metadata = NotebookNode(kernelspec=NotebookNode(KERNEL))
    book.nbformat, book.nbformat_minor = 4, 5
    book.metadata["dataml_lab"] = NotebookNode(lesson=lesson, version=_digest(book))
    return book


def _header(cell: NotebookNode) -> tuple[str | None, str | None]:
    """The role and the exercise that a cell's header names; None for what it doesn't."""
    return cell.metadata.get("role"), cell.metadata.get("exercise")


def _mistake(cell: NotebookNode, known: dict[str, Exercise]) -> str:
    """What is wrong with the header of a cell; empty if nothing is."""
    role, name = _header(cell)
    if name is None and role in (None, FIGURE, CLAIM):
        return _mistake_of_own(cell, role)
    if role not in IN_SOURCE or name not in known:
        return (f"role {role!r} of exercise {name!r}: roles are {', '.join(IN_SOURCE)}; exercises of this lesson are "
                f"{', '.join(known)}")
    if (cell.cell_type == "markdown") != (role in TEXTS):
        expected = "markdown" if role in TEXTS else "code"
        return f"the {role} of {name} is a {cell.cell_type} cell, where a {expected} cell was expected"
    return ""


def _mistake_of_own(cell: NotebookNode, role: str | None) -> str:
    """What is wrong with the header of a cell that belongs to no exercise; empty if nothing is."""
    if role and cell.cell_type != "code":
        return f"a {role} is a cell of code"
    if (role == FIGURE) != bool(cell.metadata.get("alt")):
        return f'a {FIGURE}, and nothing else, has an alt="…" that says in words what is to be seen'
    return ""


def _with_check(cell: NotebookNode) -> Iterator[NotebookNode]:
    """The cell; behind an answer also the cells that check and grade it."""
    yield cell
    role, exercise = _header(cell)
    if role == "answer":
        for role, text in (("check", CHECK), ("graded", GRADED)):
            source = text.format(exercise=exercise, says=cell.metadata.get("check", SAYS))
            yield new_code_cell(source, metadata={"role": role, "exercise": exercise})


def _fill_in(cell: NotebookNode, number: int, known: dict[str, Exercise]) -> None:
    """Replaces what the header of a cell says (role, exercise, tags, alt) by ids, marks and metadata."""
    (role, name), given = _header(cell), cell.metadata
    cell.metadata = NotebookNode({key: given[key] for key in ("tags", "alt") if given.get(key)})
    cell.id = f"cell-{number:03d}"
    if role == FIGURE:
        cell.metadata["jupyter"] = {"source_hidden": True}
    elif role == CLAIM:
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), CLAIM]
    elif role:
        cell.id = f"{name}-{role}"
        cell.metadata["nbgrader"] = _marks(role, known[name])
        cell.source = _filled_in(cell.source, known[name])


def _filled_in(source: str, exercise: Exercise) -> str:
    """The source with its placeholders replaced."""
    texts = {PROPERTIES: properties_table(exercise), POINTS: worth(exercise.points),
             ESSAY_POINTS: worth(exercise.essay)}
    for placeholder, text in texts.items():
        source = source.replace(placeholder, text)
    return source


def _marks(role: str, exercise: Exercise) -> NotebookNode:
    """nbgrader's metadata, schema 3, of a cell with this role. Only a graded cell and an essay have points."""
    grade_id = exercise.name if role == "graded" else f"{exercise.name}-{role}"
    points = {"graded": {"points": exercise.points}, "essay": {"points": exercise.essay}}.get(role, {})
    return NotebookNode(grade_id=grade_id, schema_version=3, task=False, **ROLES[role], **points)


def properties_table(exercise: Exercise) -> str:
    """The properties of an exercise and their points, as a table in Markdown."""
    rows = [f"| {p.name} | {'required' if not p.points else f'{p.points:g}'} |"
            for p in exercise.properties]
    return "\n".join(["| property | points |", "|---|---:|", *rows, f"| all | {exercise.points:g} |"])


def _require_all_roles(path: Path, book: NotebookNode, known: dict[str, Exercise]) -> None:
    """SourceError unless each exercise has each of its four cells once, in order, or six with an essay."""
    expected = [f"{name}-{role}" for name, exercise in known.items() for role in ROLES
                if exercise.essay or role not in ESSAY]
    present = [cell.id for cell in book.cells if not cell.id.startswith("cell-")]
    if present != expected:
        raise SourceError(f"{path.name}: its exercise cells are {present}, where {expected} were expected.")


def _digest(book: NotebookNode) -> str:
    """Twelve hex digits that change whenever a cell does."""
    return hashlib.sha256(writes(book).encode()).hexdigest()[:12]


def answer_source(book: NotebookNode, exercise: str) -> str:
    """The source of the answer cell of an exercise: the solution, or the stub of a released notebook."""
    return next(cell.source for cell in book.cells if cell.id == f"{exercise}-answer")
