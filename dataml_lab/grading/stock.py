"""What stock nbgrader needs for this course: releases without claims, submissions in a clean state, hidden worlds, and
an export that says what nobody has marked yet."""

import csv
import os
from collections import Counter
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.plugins import CsvExportPlugin
from nbgrader.preprocessors import Execute, NbGraderPreprocessor

from dataml_lab.grading.environment import course_salt, environment, student_salt
from dataml_lab.grading.rebuild import rebuilt
from dataml_lab.grading.releases import released_for
from dataml_lab.grading.source import CLAIM

UNPROTECTED = "DATAML_LAB_NO_SANDBOX"  # set in the environment of who wants nbgrader to run submissions


class OnlyWhereAllowed(NotebookExporter):
    """The exporter of `nbgrader autograde`. It is refused, before anything was touched, unless the environment says
    otherwise: submissions would run with the user's own rights."""

    def __init__(self, parent: Autograde, **settings: object) -> None:
        if not os.environ.get(UNPROTECTED):
            parent.log.error("Refused: nbgrader would run submissions unprotected, with your rights. `dataml-lab grade "
                             "%s` grades them in sandboxes. To let nbgrader do it, set %s=1.",
                             parent.coursedir.assignment_id, UNPROTECTED)
            raise NbGraderException("submissions are graded by `dataml-lab grade`")
        super().__init__(parent=parent, **settings)


class LeaveOutClaims(NbGraderPreprocessor):
    """Leaves out of a released notebook the cells that assert what its text says."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The notebook without them, and the resources."""
        nb.cells = [cell for cell in nb.cells if CLAIM not in cell.metadata.get("tags", [])]
        return nb, resources


class RestoreMarks(NbGraderPreprocessor):
    """Rebuilds a submission from its release, so that tags, flipped flags, old schemas, stripped metadata, copies and
    missing cells neither earn nor cost anything, and don't stop the batch."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """The rebuilt notebook, and the resources as they came; what was damaged is logged."""
        release = released_for(Path(self.config.CourseDirectory.root), resources["nbgrader"]["assignment"], nb)
        book, damage, _ = rebuilt(release.book, nb)
        for cell, what in damage:
            self.log.warning("%s: %s", cell or "notebook", what)
        return book, resources


class ExecuteInHiddenWorlds(Execute):
    """Runs a submission with a secret salt of its student's own and the course's oracles."""

    def preprocess(self, nb: NotebookNode, resources: dict, **options: object) -> tuple[NotebookNode, dict]:
        """The executed notebook, and the resources."""
        course, student = Path(self.config.CourseDirectory.root), resources["nbgrader"]["student"]
        with environment(DATAML_LAB_SALT=student_salt(course_salt(course), student),
                         DATAML_LAB_ORACLES=str(course / "solutions"), DATAML_LAB_STUDENT=student):
            return super().preprocess(nb, resources, **options)


class Export(CsvExportPlugin):
    """nbgrader's table, in which a text that nobody has marked yet counts 0, with one more column: how many there are
    of these, in what was graded."""

    def export(self, gradebook: Gradebook) -> None:
        """Writes the table."""
        super().export(gradebook)
        path = Path(self.to or "grades.csv")
        head, *rows = csv.reader(path.read_text(encoding="locale").splitlines())  # as nbgrader writes
        part, student = head.index("assignment"), head.index("student_id")
        waiting = Counter((one.assignment.name, one.student.id) for one in gradebook.db.query(SubmittedAssignment)
                          for book in one.notebooks if any(grade.auto_score is not None for grade in book.grades)
                          for grade in book.grades if grade.auto_score is None and grade.manual_score is None)
        with path.open("w") as table:
            csv.writer(table, lineterminator="\n").writerows(
                [[*head, "not_marked_yet"], *([*row, waiting[row[part], row[student]]] for row in rows)])
