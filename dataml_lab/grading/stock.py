"""What stock nbgrader needs to grade this course: submissions in a clean state, and hidden worlds."""

import copy
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from dataml_lab.grading.environment import course_salt, environment


class RestoreMarks(NbGraderPreprocessor):
    """Gives each cell of a submission the metadata that it had at its release, and nothing else.

    Tags, flipped flags, old schemas and stripped metadata are gone after it. A cell is known by its grade id,
    else by its cell id; of copies the last one counts, and the others become cells like any other.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook with restored metadata, and the resources as they came."""
        marks = _released_marks(Path(self.config.CourseDirectory.root), resources["nbgrader"]["assignment"])
        for cell in reversed(nb.cells):
            claimed = (cell.metadata.get("nbgrader") or {}).get("grade_id")
            grade_id = claimed if claimed in marks else str(cell.get("id")).removesuffix("-graded")
            cell.metadata = copy.deepcopy(marks.pop(grade_id, NotebookNode()))
        return nb, resources


def _released_marks(course: Path, lesson: str) -> dict[str, NotebookNode]:
    """The metadata of the marked cells of a lesson's released notebook, by grade id."""
    book = nbformat.read(course / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
    return {cell.metadata.nbgrader.grade_id: cell.metadata for cell in book.cells if "nbgrader" in cell.metadata}


class ExecuteInHiddenWorlds(Execute):
    """Runs a submission with the course's secret salt and its oracles, for the worlds of its student."""

    def preprocess(self, nb: NotebookNode, resources: dict, **options: object) -> tuple[NotebookNode, dict]:
        """The executed notebook, and the resources."""
        course = Path(self.config.CourseDirectory.root)
        with environment(DATAML_LAB_SALT=course_salt(course), DATAML_LAB_ORACLES=str(course / "solutions"),
                         DATAML_LAB_STUDENT=resources["nbgrader"]["student"]):
            return super().preprocess(nb, resources, **options)
