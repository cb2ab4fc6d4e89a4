"""What stock nbgrader needs to grade this course: submissions in a clean state, and hidden worlds."""

import copy
import itertools
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from dataml_lab.grading.environment import course_salt, environment, student_salt


class RestoreMarks(NbGraderPreprocessor):
    """Gives each cell of a submission the metadata that it had at its release, and nothing else; cells that are
    missing come back, answers in code excepted.

    Tags, flipped flags, old schemas and stripped metadata are gone after it. A cell is known by its grade id,
    else by its cell id; of copies the last one counts, and the others become cells like any other. Words, which a
    person grades, are kept wherever they stand: an essay gets those of its copies too, and one whose cell is missing
    those of the student's text cells in its place.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook with restored metadata and cells, and the resources as they came."""
        book = _release(Path(self.config.CourseDirectory.root), resources["nbgrader"]["assignment"])
        released = {cell.metadata.nbgrader.grade_id: cell for cell in book.cells if "nbgrader" in cell.metadata}
        _join_essays(nb, released)
        missing = dict(released)
        for cell in reversed(nb.cells):
            original = missing.pop(_name(cell, missing), None)
            cell.metadata = copy.deepcopy(original.metadata) if original else NotebookNode()
        _put_back(nb, released, missing, given={cell.source for cell in book.cells})
        _give_ids(nb)
        return nb, resources


def _name(cell: NotebookNode, known: dict[str, NotebookNode]) -> str:
    """The grade id that a cell claims, if that is known, else the one that its cell id stands for."""
    marks = cell.metadata.get("nbgrader")
    claimed = str(marks.get("grade_id")) if isinstance(marks, dict) else ""
    return claimed if claimed in known else str(cell.get("id")).removesuffix("-graded")


def _release(course: Path, lesson: str) -> NotebookNode:
    """A lesson's released notebook."""
    return nbformat.read(course / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)


def _is_essay(original: NotebookNode) -> bool:
    return original.metadata.nbgrader.grade and original.metadata.nbgrader.solution


def _join_essays(nb: NotebookNode, released: dict[str, NotebookNode]) -> None:
    """Makes the last copy of each essay, whatever it was turned into, the essay with the texts of all of them."""
    for grade_id, original in released.items():
        copies = [place for place, cell in enumerate(nb.cells) if _name(cell, released) == grade_id]
        if copies and _is_essay(original):
            nb.cells[copies[-1]] = _with_texts(original, [nb.cells[place] for place in copies])


def _with_texts(original: NotebookNode, cells: list[NotebookNode]) -> NotebookNode:
    """The essay as it was released, with the texts and pictures of these cells; where they have none, untouched."""
    essay = copy.deepcopy(original)
    texts = dict.fromkeys(cell.source for cell in cells if cell.source.strip() and cell.source != original.source)
    essay.source = "\n\n".join(texts) or original.source
    pictures = {name: data for cell in cells for name, data in cell.get("attachments", {}).items()}
    return NotebookNode(essay, attachments=pictures) if pictures else essay


def _put_back(nb: NotebookNode, released: dict[str, NotebookNode], missing: dict[str, NotebookNode],
              given: set[str]) -> None:
    """Inserts each missing cell, answers in code excepted, behind the marked cell that it followed at its release.
    Sources that were given at the release are nobody's essay.

    (nbgrader's own `add_missing_cells` fails where that cell is neither graded nor an answer, as a check is.)
    """
    place = 0
    for grade_id, original in released.items():
        if grade_id not in missing:
            place = 1 + next(i for i, cell in enumerate(nb.cells)
                             if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
        elif _is_essay(original) or not original.metadata.nbgrader.solution:
            own = _own_texts(nb.cells[place:], given) if _is_essay(original) else []
            nb.cells.insert(place, _with_texts(original, own) if _is_essay(original) else copy.deepcopy(original))
            place += 1


def _own_texts(cells: list[NotebookNode], given: set[str]) -> list[NotebookNode]:
    """The student's own text cells up to the next marked cell."""
    unmarked = itertools.takewhile(lambda cell: "nbgrader" not in cell.metadata, cells)
    return [cell for cell in unmarked if cell.cell_type == "markdown" and cell.source not in given]


def _give_ids(nb: NotebookNode) -> None:
    """Gives a cell id to each cell that has none, as in old formats, or that of another: nbformat's would be random."""
    nb.nbformat_minor, taken = max(nb.nbformat_minor, 5), set()
    for number, cell in enumerate(nb.cells, 1):
        if cell.get("id") in taken | {None}:
            cell["id"] = f"own-{number:03d}"
        taken.add(cell["id"])


class ExecuteInHiddenWorlds(Execute):
    """Runs a submission with a secret salt of its student's own and the course's oracles."""

    def preprocess(self, nb: NotebookNode, resources: dict, **options: object) -> tuple[NotebookNode, dict]:
        """The executed notebook, and the resources."""
        course, student = Path(self.config.CourseDirectory.root), resources["nbgrader"]["student"]
        with environment(DATAML_LAB_SALT=student_salt(course_salt(course), student),
                         DATAML_LAB_ORACLES=str(course / "solutions"), DATAML_LAB_STUDENT=student):
            return super().preprocess(nb, resources, **options)
