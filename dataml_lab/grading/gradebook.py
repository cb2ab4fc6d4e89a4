"""The one writer of scores into nbgrader's gradebook. Entering an attempt again changes nothing."""

import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from nbgrader.preprocessors import AssignLatePenalties

from dataml_lab.grading.attempts import Attempt
from dataml_lab.grading.late import SETTINGS, late_penalties, penalty
from dataml_lab.grading.submissions import Submission

if TYPE_CHECKING:
    from nbgrader.api import Grade

PATIENCE = 30  # seconds that another program may take with the gradebook
NO_RESPONSE = "No response."  # nbgrader's comment on words that are as they were released


class GradebookError(RuntimeError):
    """A gradebook that can't be written to, or settings that can't be read; the message says what to do."""


class ScoreBook:
    """The gradebook of a course, as a context."""

    def __init__(self, course: Path) -> None:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import OperationalError

        self._late = _late_penalties(course)
        warnings.filterwarnings("ignore", "Object of type <Submitted", module="nbgrader")
        if not (course / "gradebook.db").exists():
            raise GradebookError(f"{course} has no gradebook.db, so it is no course folder yet: run `dataml-lab "
                                 "release` there, or name the folder that you mean with --course.")
        try:
            self._book = Gradebook(f"sqlite:///{course / 'gradebook.db'}?timeout={PATIENCE}", "dataml-lab")
        except OperationalError as error:
            raise GradebookError(f"{course / 'gradebook.db'} can't be opened ({error.orig}): if another program is "
                                 "using it, close that, and try again.") from None
        self._commit = self._book.db.commit
        self._book.db.commit = self._book.db.flush  # else a submission is many transactions

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._book.close()

    def require(self, lesson: str) -> None:
        """GradebookError where a lesson was not released into this gradebook."""
        from nbgrader.api import MissingEntry

        try:
            self._book.find_notebook(lesson, lesson)
        except MissingEntry:
            raise GradebookError(f"gradebook.db knows no lesson {lesson}: run `dataml-lab release {lesson}`.") from None

    def scores(self, submission: Submission) -> dict[str, float | None]:
        """The scores that the gradebook has for a submission, by cell; none where it knows none."""
        return {grade.name: grade.auto_score for grade in self._grades(submission)}

    def marked(self, submission: Submission) -> dict[str, bool]:
        """The cells for which a person gave points, and whether one is asked to look at them again."""
        return {grade.name: bool(grade.needs_manual_grade) for grade in self._grades(submission)
                if grade.manual_score is not None}

    def _grades(self, submission: Submission) -> "list[Grade]":
        from nbgrader.api import MissingEntry

        try:
            return self._book.find_submission_notebook(submission.lesson, submission.lesson, submission.student).grades
        except MissingEntry:
            return []

    def enter(self, submission: Submission, attempt: Attempt, before: Attempt | None = None) -> float:
        """Enters the scores of an attempt and the penalty for being late, which it returns: all of them or, where that
        fails, none; durable on return. Marks that a person gave stay, and nbgrader asks a person to look at those again
        whose cell has another score or other words than in the attempt before."""
        return self._durably(self._enter, submission, attempt, before)

    def penalise(self, submission: Submission) -> float:
        """Enters the penalty that being late costs a submission now, and returns it: since its scores were entered, the
        due date may be another, a person may have given marks or an extension. Durable on return."""
        return self._durably(self._penalise, submission)

    def _durably(self, write: Callable[..., float], *details: Any) -> float:
        try:
            points = write(*details)
            self._commit()
        except BaseException:
            self._book.db.rollback()
            raise
        return points

    def _enter(self, submission: Submission, attempt: Attempt, before: Attempt | None) -> float:
        student = self._book.update_or_create_student(submission.student)
        if not (student.first_name or student.last_name):
            student.last_name, student.first_name = student.id, ""  # else formgrader calls everybody "None, None"
        moment = {"timestamp": attempt.timestamp} if attempt.timestamp else {}
        self._book.update_or_create_submission(submission.lesson, submission.student, **moment)
        notebook = self._book.find_submission_notebook(submission.lesson, submission.lesson, submission.student)
        words, words_before = words_in(attempt), words_in(before)
        for grade in notebook.grades:
            score = attempt.scores.get(grade.name, 0.0)
            is_same = grade.auto_score == score and words_before.get(grade.name) == words.get(grade.name)
            is_marked = grade.manual_score is not None and is_same and not grade.needs_manual_grade
            grade.auto_score = score
            grade.needs_manual_grade = not is_marked and (grade.manual_score is not None or score is None)
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if comment.name in attempt.untouched else None
        return self._penalise(submission)

    def _penalise(self, submission: Submission) -> float:
        notebook = self._book.find_submission_notebook(submission.lesson, submission.lesson, submission.student)
        self._book.db.flush()
        self._book.db.refresh(notebook)  # its score is a sum that the database makes
        if self._late:
            notebook.late_submission_penalty = penalty(self._late, notebook)
        return notebook.late_submission_penalty or 0.0


def words_in(attempt: Attempt | None) -> dict[str, str]:
    """What stands in the cells of an attempt, by grade id."""
    return {cell.metadata.nbgrader.grade_id: cell.source for cell in (attempt.notebook.cells if attempt else ())
            if "nbgrader" in cell.metadata}


def _late_penalties(course: Path) -> AssignLatePenalties | None:
    """What a course has nbgrader assign penalties with; GradebookError where its settings can't be read."""
    try:
        return late_penalties(course)
    except Exception as error:  # settings are code
        raise GradebookError(f"{course / SETTINGS} can't be read: {type(error).__name__}: "
                             f"{str(error)[:300]}") from error
