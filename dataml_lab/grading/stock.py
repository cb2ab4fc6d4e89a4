"""What stock nbgrader needs to grade this course: submissions in a clean state, and hidden worlds."""

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from dataml_lab.grading.environment import course_salt, environment, student_salt


class RestoreMarks(NbGraderPreprocessor):
    """Gives each cell of a submission the metadata that it had at its release, and nothing else; cells that are
    missing come back, answers excepted.

    Tags, flipped flags, old schemas and stripped metadata are gone after it. A cell is known by its grade id,
    else by its cell id; of copies the last one counts, and the others become cells like any other.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook with restored metadata and cells, and the resources as they came."""
        released = _released(Path(self.config.CourseDirectory.root), resources["nbgrader"]["assignment"])
        missing = dict(released)
        for cell in reversed(nb.cells):
            original = missing.pop(_name(cell, missing), None)
            cell.metadata = copy.deepcopy(original.metadata) if original else NotebookNode()
        _put_back(nb, released, missing)
        return nb, resources


def _name(cell: NotebookNode, known: dict[str, NotebookNode]) -> str:
    """The grade id that a cell claims, if that is known, else the one that its cell id stands for."""
    marks = cell.metadata.get("nbgrader")
    claimed = str(marks.get("grade_id")) if isinstance(marks, dict) else ""
    return claimed if claimed in known else str(cell.get("id")).removesuffix("-graded")


def _released(course: Path, lesson: str) -> dict[str, NotebookNode]:
    """The marked cells of a lesson's released notebook, by grade id."""
    book = nbformat.read(course / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    return {cell.metadata.nbgrader.grade_id: cell for cell in book.cells if "nbgrader" in cell.metadata}


def _put_back(nb: NotebookNode, released: dict[str, NotebookNode], missing: dict[str, NotebookNode]) -> None:
    """Inserts each missing cell, answers excepted, behind the marked cell that it followed at its release.

    (nbgrader's own `add_missing_cells` fails where that cell is neither graded nor an answer, as a check is.)
    """
    place = 0
    for grade_id, original in released.items():
        if grade_id not in missing:
            place = 1 + next(i for i, cell in enumerate(nb.cells)
                             if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id)
        elif not original.metadata.nbgrader.solution:
            nb.cells.insert(place, copy.deepcopy(original))
            place += 1


class ExecuteInHiddenWorlds(Execute):
    """Runs a submission with a secret salt of its student's own and the course's oracles."""

    def preprocess(self, nb: NotebookNode, resources: dict, **options: object) -> tuple[NotebookNode, dict]:
        """The executed notebook, and the resources."""
        course, student = Path(self.config.CourseDirectory.root), resources["nbgrader"]["student"]
        with environment(DATAML_LAB_SALT=student_salt(course_salt(course), student),
                         DATAML_LAB_ORACLES=str(course / "solutions"), DATAML_LAB_STUDENT=student):
            return super().preprocess(nb, resources, **options)
