"""Grading: every submission that is new or changed is judged in a sandbox, side by side; scores go into the gradebook.

An attempt is kept before it counts as done, and the gradebook is made to agree with the attempts at the end of a batch
and at the beginning of the next: however grading ends, grading again leads to the same gradebook.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

from dataml_lab.grading import COURSE
from dataml_lab.grading.assess import Assessor, checks_version
from dataml_lab.grading.attempts import (
    Attempt,
    AttemptError,
    alone,
    as_data,
    from_data,
    keep,
    last_attempt,
    write_whole,
)
from dataml_lab.grading.engine.batch import LATE, Outcome, side_by_side, uninterrupted
from dataml_lab.grading.engine.judge import NOTEBOOK_SECONDS
from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.template import Template, worker_template
from dataml_lab.grading.gradebook import ScoreBook
from dataml_lab.grading.results import Graded
from dataml_lab.grading.submissions import Submission, handed_in, misnamed, submissions

JUDGE_SECONDS = 2 * NOTEBOOK_SECONDS  # that a submission has, from its first byte to its last


def grade(course: Path, lessons: list[str], students: list[str] | None = None, again: bool = False,
          isolated: bool = True, workers: int = 1, assess: Callable | None = None) -> Iterator[tuple[int, Graded]]:
    """Grades what is new or changed, or all of it `again`. Yields how many there are and what came of each, as it
    comes. `assess` judges in place of `assessed`, elsewhere."""
    found, todo = submissions(course, lessons, students), []
    if not found:
        return
    with ScoreBook(course) as book, alone(course):
        for lesson in sorted({submission.lesson for submission in found}):
            book.require(lesson)
        for submission in found:
            if wrong := misnamed(submission):
                yield len(found), Graded(submission, "failed", None, wrong)
            elif graded := _unchanged(book, submission, again):
                yield len(found), graded
            else:
                todo.append(submission)
        for submission, attempt in (assess or assessed)(todo, isolated, workers):
            yield len(found), kept(book, submission, attempt)


def _unchanged(book: ScoreBook, submission: Submission, again: bool) -> Graded | None:
    """What came of a submission before, if it has not changed since, or why it can't be graded; None if it is to be
    graded now."""
    try:
        last = last_attempt(submission)
        if again or last is None or last.digest != handed_in(submission).digest:
            return None
    except (OSError, AttemptError) as error:
        return Graded(submission, "failed", None, f"its files can't be read: {error}")
    graded = entered(book, submission, last, "unchanged")
    current = last.checks == checks_version(submission.course, submission.lesson)
    return graded if current else graded._replace(outdated=last.checks or "unknown")


def assessed(todo: list[Submission], isolated: bool, workers: int) -> Iterator[tuple[Submission, Attempt | str]]:
    """The attempts at these submissions, side by side, which are not kept yet; in place of one, why there is none.
    Those that ran out of time or lost a process beside others are judged again, each by itself."""
    if not todo:
        return
    starting = worker_template([path for path in [COURSE / "datasets"] if path.exists()], isolated)
    assessor = Assessor(todo[0].course, {submission.lesson for submission in todo})  # loads while the template does
    with starting as template:
        work, stopped = partial(_work, assessor, template), {}
        for outcome in side_by_side(todo, work, workers, JUDGE_SECONDS):
            if _may_differ_alone(outcome):
                stopped[outcome.piece] = outcome.result["stopped"] if outcome.result else {}
            else:
                yield outcome.piece, _attempt(assessor, outcome, {})
        for outcome in side_by_side(stopped, work, 1, JUDGE_SECONDS):
            yield outcome.piece, _attempt(assessor, outcome, stopped[outcome.piece])


def _may_differ_alone(outcome: Outcome) -> bool:
    """Whether something was stopped that others on the machine may have kept from its time or memory."""
    return outcome.lost != LATE if outcome.lost else bool(outcome.result and outcome.result["stopped"])


def _work(assessor: Assessor, template: Template, submission: Submission, core: int) -> dict[str, Any]:
    """The attempt at a submission as data, with the student's processes on this core."""
    return as_data(assessor.attempt(submission, lambda: template.fork(Limits(seconds=NOTEBOOK_SECONDS), core)))


def _attempt(assessor: Assessor, outcome: Outcome, stopped_at_first: dict[str, str]) -> Attempt | str:
    """The attempt that came of judging a submission; the error in place of it, where one did."""
    if outcome.lost:
        return assessor.unjudged(outcome.piece, f"the process that judged it {outcome.lost}")
    return from_data(outcome.result | {"stopped_at_first": stopped_at_first}) if outcome.result else outcome.error


def kept(book: ScoreBook, submission: Submission, attempt: Attempt | str) -> Graded:
    """Keeps an attempt, and enters it; of an error, says that."""
    if isinstance(attempt, str):
        return Graded(submission, "failed", None, attempt)
    try:
        with uninterrupted():
            keep(submission, attempt)
            return entered(book, submission, attempt, "new")
    except OSError as error:
        return Graded(submission, "failed", None, f"what was found could not be kept: {error}")


def _is_entered(book: ScoreBook, submission: Submission, attempt: Attempt) -> bool:
    """Whether nbgrader has an attempt: its scores, and a notebook."""
    return submission.autograded.exists() and book.scores(submission) == attempt.scores


def entered(book: ScoreBook, submission: Submission, attempt: Attempt, state: Literal["new", "unchanged"]) -> Graded:
    """What came of giving nbgrader the last attempt: its notebook, its scores, and the penalty for being late. Of what
    is unchanged, nbgrader may have all but the penalty."""
    try:
        if state == "unchanged" and _is_entered(book, submission, attempt):
            return Graded(submission, state, attempt, penalty=book.penalise(submission))
        write_whole(submission.autograded, json.dumps(attempt.notebook, ensure_ascii=False, indent=1), mode=0o444)
        return Graded(submission, state, attempt, penalty=book.enter(submission, attempt, last_attempt(submission, 1)))
    except Exception as error:  # nothing about one submission may stop the others
        trouble = f"its scores could not be entered: {type(error).__name__}: {str(error)[:300]}"
        return Graded(submission, "failed", attempt, trouble)
