"""Grading: every submission that is new or changed is judged in a sandbox, side by side; scores go into the gradebook.

What was found of a submission is kept (`attempts`) before it counts as done, and the gradebook is made to agree with
it at the end of a batch and at the beginning of the next: however grading ends, grading again leads to the same
gradebook.
"""

import copy
import json
import runpy
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from nbformat import NotebookNode

from dataml_lab.checks import LESSONS, exercises
from dataml_lab.checks.exercise import UNJUDGED
from dataml_lab.grading import COURSE
from dataml_lab.grading.attempts import (
    Submission,
    SubmissionProblem,
    alone,
    digest,
    files,
    keep,
    last_attempt,
    submissions,
    write_whole,
)
from dataml_lab.grading.engine.batch import LATE, Outcome, side_by_side, uninterrupted
from dataml_lab.grading.engine.judge import NOTEBOOK_SECONDS, CodeCell, Judgement, Task, judged
from dataml_lab.grading.engine.needed import names
from dataml_lab.grading.engine.remote import SENSELESS
from dataml_lab.grading.engine.sandbox import Limits
from dataml_lab.grading.engine.template import worker_template
from dataml_lab.grading.environment import course_salt, student_salt
from dataml_lab.grading.gradebook import ScoreBook
from dataml_lab.grading.integrity import suspicions
from dataml_lab.grading.rebuild import Rebuilt, rebuilt
from dataml_lab.grading.rebuild.reading import SubmissionError, read
from dataml_lab.grading.releases import released_for

MOST_BESIDE = 50 << 20  # bytes of a file that may lie beside a notebook: the sandbox has room for little more
JUDGE_SECONDS = 2 * NOTEBOOK_SECONDS  # that a submission has, from its first byte to its last


class Graded(NamedTuple):
    """What came of a submission: `new`, `unchanged`, or `failed`; what was found of it, or the trouble that kept the
    engine from judging it, which is not the student's."""

    submission: Submission
    state: str
    attempt: dict[str, Any] | None
    trouble: str = ""

    def problems(self) -> list[str]:
        """What somebody should know of it, a line each."""
        if self.trouble:
            return [f"not graded: {self.trouble.splitlines()[0]}"]
        found = self.attempt
        unreadable = [f"0 points: {found['problem']}"] if found["problem"] else []
        if self.state == "unchanged":
            return unreadable
        return [*unreadable, *(f"repaired: {what}" for _, what in found["damage"] if what not in found["integrity"]),
                *dict.fromkeys(end for end in found["endings"] if SENSELESS not in end),
                *(f"the check of {name} failed: {where}" for name, where in found["broken"].items()),
                *(f"{name}: {sentence}" for name, (_, findings, *_) in found["verdicts"].items()
                  for _, _, _, sentence in findings if sentence.startswith(UNJUDGED)),
                *(f"look at it: {sign}" for sign in found["integrity"])]

    def as_data(self) -> dict[str, Any]:
        """For programs."""
        told = ("scores", "problem", "damage", "endings", "broken", "integrity", "release", "seconds")
        return {"student": self.submission.student, "lesson": self.submission.lesson, "state": self.state,
                "trouble": self.trouble, **{name: (self.attempt or {}).get(name) for name in told}}


def grade(course: Path, lessons: list[str], students: list[str] | None = None, again: bool = False,
          isolated: bool = True, workers: int = 1) -> Iterator[tuple[int, Graded]]:
    """Grades what is new or changed, or all of it `again`. Yields how many there are and what came of each, as it
    comes."""
    found = submissions(course, lessons, students)
    if not found:
        return
    with ScoreBook(course) as book, alone(course):
        for lesson in sorted({submission.lesson for submission in found}):
            book.require(lesson)
        todo = []
        for submission in found:
            try:
                last = last_attempt(submission)
                is_new = again or last is None or last["digest"] != _handed_in(submission).digest
            except OSError as error:
                yield len(found), Graded(submission, "failed", None, f"its files can't be read: {error}")
                continue
            if is_new:
                todo.append(submission)
                continue
            trouble = _enter(book, submission, last, anew=False)
            yield len(found), Graded(submission, "failed" if trouble else "unchanged", last, trouble)
        for graded in _graded(book, todo, isolated, workers):
            yield len(found), graded


class _HandedIn(NamedTuple):
    """The files of a submission, what changes with any of them, and why they can't be graded, if they can't."""

    files: dict[str, bytes]
    digest: str
    problem: str = ""


def _handed_in(submission: Submission) -> _HandedIn:
    try:
        found = files(submission)
        return _HandedIn(found, digest(found))
    except SubmissionProblem as problem:
        return _HandedIn({}, str(problem), str(problem))


def _graded(book: ScoreBook, todo: list[Submission], isolated: bool, workers: int) -> Iterator[Graded]:
    if not todo:
        return
    template = worker_template([path for path in [COURSE / "datasets"] if path.exists()], isolated)
    desk = _Desk(todo[0].course, {submission.lesson for submission in todo})  # loads while the template does
    with template:
        def work(submission: Submission, core: int) -> dict[str, Any]:
            return desk.attempt(submission, lambda: template.fork(Limits(seconds=NOTEBOOK_SECONDS), core))

        lost = []
        for outcome in side_by_side(todo, work, workers, JUDGE_SECONDS):
            if outcome.lost and outcome.lost != LATE:
                lost.append(outcome.piece)  # perhaps for the memory that others took: it gets a second try, alone
            else:
                yield _kept(book, desk, outcome)
        for outcome in side_by_side(lost, work, 1, JUDGE_SECONDS):
            yield _kept(book, desk, outcome)


def _kept(book: ScoreBook, desk: "_Desk", outcome: Outcome) -> Graded:
    """Keeps what was found of a submission, and gives it to nbgrader."""
    submission, found, trouble = outcome.piece, outcome.result, outcome.error
    try:
        with uninterrupted():
            if outcome.lost:
                found = desk.unjudged(submission, f"the process that judged it {outcome.lost}")
            if found:
                keep(submission, found)
                trouble = _enter(book, submission, found)
    except OSError as error:
        found, trouble = None, f"what was found could not be kept: {error}"
    return Graded(submission, "failed" if trouble else "new", found, trouble)


def _is_entered(book: ScoreBook, submission: Submission, attempt: dict[str, Any]) -> bool:
    """Whether nbgrader has what was found."""
    return submission.autograded.exists() and book.scores(submission) == attempt["scores"]


def _enter(book: ScoreBook, submission: Submission, attempt: dict[str, Any], anew: bool = True) -> str:
    """Gives nbgrader what was found: the notebook to read, and the scores; unless it is new, only where nbgrader does
    not have it. Returns what hindered it, if anything."""
    try:
        if not anew and _is_entered(book, submission, attempt):
            return ""
        write_whole(submission.autograded, json.dumps(attempt["notebook"], ensure_ascii=False, indent=1), mode=0o444)
        book.enter(submission, attempt)
    except Exception as error:  # nothing about one submission may stop the others
        return f"its scores could not be entered: {type(error).__name__}: {str(error)[:300]}"
    return ""


class _Desk:
    """All that is needed to judge submissions of these lessons, loaded once."""

    def __init__(self, course: Path, lessons: set[str]) -> None:
        self.course, self.salt = course, course_salt(course)
        self.exercises = {lesson: exercises(lesson) for lesson in lessons}
        paths = {lesson: course / "solutions" / lesson / "oracle.py" for lesson in lessons}
        self.oracles = {lesson: runpy.run_path(str(path))["ORACLES"] if path.exists() else {}
                        for lesson, path in paths.items()}
        for lesson in lessons:  # what is remembered of a release now is in each fork
            for cell in _cells(self._untouched(lesson)):
                names(cell.source)

    def attempt(self, submission: Submission, process: Callable[[], Any]) -> dict[str, Any]:
        """What is found of a submission, as plain data."""
        started, name = time.monotonic(), ""
        handed_in, mark, problem = _handed_in(submission)
        try:
            name, data = ("", b"") if problem else _notebook_in(handed_in, submission.lesson)
            submitted = nbformat.v4.new_notebook() if problem else read(data)
        except (SubmissionProblem, SubmissionError) as error:
            problem, submitted = str(error), nbformat.v4.new_notebook()
        release = released_for(self.course, submission.lesson, submitted)
        built = rebuilt(release.book, submitted)
        found = Judgement() if problem else judged(self._task(submission, built, handed_in, name), process)
        found.endings += [f"{path} was left out: it has more than {MOST_BESIDE >> 20} MB"
                          for path in _too_large(handed_in) if path != name]
        return self._data(submission, built, found, problem) | {
            "digest": mark, "timestamp": _moment(handed_in), "release": release.version, "file": name,
            "seconds": round(time.monotonic() - started, 3)}

    def unjudged(self, submission: Submission, problem: str) -> dict[str, Any]:
        """What is noted of a submission that no judge can bear."""
        return self._data(submission, self._untouched(submission.lesson), Judgement(), problem) | {
            "digest": _handed_in(submission).digest, "timestamp": "", "release": "", "file": "", "seconds": 0.0}

    def _untouched(self, lesson: str) -> Rebuilt:
        """The submission of somebody who has not begun."""
        release = released_for(self.course, lesson, nbformat.v4.new_notebook())
        return Rebuilt(copy.deepcopy(release.book), (), frozenset())

    def _task(self, submission: Submission, built: Rebuilt, handed_in: dict[str, bytes], name: str) -> Task:
        beside = {path: data for path, data in handed_in.items() if path != name and path not in _too_large(handed_in)}
        known, student = self.exercises[submission.lesson], submission.student
        return Task(tuple(_cells(built)), known, student_salt(self.salt, student), student,
                    self.oracles[submission.lesson], beside)

    def _data(self, submission: Submission, built: Rebuilt, found: Judgement, problem: str) -> dict[str, Any]:
        known = self.exercises[submission.lesson]
        verdicts = {name: found.verdicts.get(name) or exercise.lost(problem) for name, exercise in known.items()}
        untouched = sorted(_untouched(built.book))
        scores = {name: verdict.score for name, verdict in verdicts.items()}
        essays = {f"{name}-essay" for name, exercise in known.items() if exercise.essay}
        scores |= {essay: 0.0 if problem or essay in untouched else None for essay in essays}
        return {
            "student": submission.student, "lesson": submission.lesson, "problem": problem, "scores": scores,
            "untouched": untouched, "verdicts": {name: list(verdict) for name, verdict in verdicts.items()},
            "damage": [] if problem else [list(damage) for damage in built.damage],
            "endings": found.endings, "broken": found.broken, "integrity": suspicions(built, found),
            "notebook": _with_outputs(built.book, found, verdicts),
        }


def _too_large(handed_in: dict[str, bytes]) -> list[str]:
    """The files that are too large to lie beside a notebook."""
    return [path for path, data in handed_in.items() if len(data) > MOST_BESIDE]


def _notebook_in(handed_in: dict[str, bytes], lesson: str) -> tuple[str, bytes]:
    """The notebook among the files of a submission: by its name, else the only one, or the one whose name begins with
    the lesson's and comes last."""
    names = [name for name in handed_in if name.lower().endswith(".ipynb") and "/" not in name]
    like = sorted((name for name in names if name.startswith(lesson)), key=lambda name: (len(name), name))
    name = f"{lesson}.ipynb" if f"{lesson}.ipynb" in names else (like or names if len(names) == 1 or like else [""])[-1]
    if not name:
        raise SubmissionProblem(f"it holds {'several notebooks' if names else 'no notebook'}, and none that is called "
                                f"{lesson}.ipynb")
    return name, handed_in[name]


def _cells(built: Rebuilt) -> Iterator[CodeCell]:
    """The code cells that can matter to a grade."""
    for cell in built.book.cells:
        if cell.cell_type != "code":
            continue
        exercise, _, role = cell.id.rpartition("-")
        marked = "nbgrader" in cell.metadata
        if not marked:
            yield CodeCell(cell.id, cell.source, cell.id in built.own)
        elif role == "answer":
            yield CodeCell(cell.id, cell.source, True, answers=exercise)
        elif role == "graded":
            yield CodeCell(cell.id, cell.source, False, grades=exercise)


def _moment(handed_in: dict[str, bytes]) -> str:
    """When it was handed in, as whoever collected it noted; empty where that is no moment of this century."""
    from nbgrader.utils import parse_utc

    try:
        moment = parse_utc(handed_in["timestamp.txt"][:100].decode("ascii").strip())
        return str(moment) if 2000 <= moment.year < 2100 else ""
    except (KeyError, ValueError, OverflowError):
        return ""


def _untouched(book: NotebookNode) -> Iterator[str]:
    """The grade ids of answers and essays that are as they were released."""
    from nbgrader.utils import compute_checksum

    for cell in book.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and marks.get("checksum") == compute_checksum(cell):
            yield marks["grade_id"]


def _with_outputs(book: NotebookNode, found: Judgement, verdicts: dict) -> NotebookNode:
    """The notebook with what its cells wrote, in text, and its verdicts."""
    numbers = iter(range(1, len(book.cells) + 1))
    for cell in book.cells:
        exercise, _, role = cell.id.rpartition("-")
        if role == "graded" and exercise in verdicts:
            outputs = [["stream", "stdout", f"{verdicts[exercise]}\n"], ["result", repr(verdicts[exercise].score)]]
        else:
            outputs = found.outputs.get(cell.id)
        if cell.cell_type == "code" and outputs is not None:
            cell.execution_count = next(numbers)
            cell.outputs = [_output(cell.execution_count, *output) for output in outputs]
    return book


def _output(number: int, kind: str, *details: str) -> NotebookNode:
    """An output as notebooks have it."""
    new = nbformat.v4.new_output
    if kind == "stream":
        return new("stream", name="stderr" if details[0] == "stderr" else "stdout", text=details[1])
    if kind == "error":
        return new("error", ename=details[0], evalue=details[1], traceback=details[2].split("\n"))
    data = {"text/plain": details[0]}
    return new("execute_result", data, execution_count=number) if kind == "result" else new("display_data", data)


def summary(found: list[dict[str, Any]], course: Path) -> str:
    """What came of a batch, in a line for each lesson."""
    if not found:
        return f"Nothing is handed in: submissions belong into {course / 'submitted'}/<student>/<lesson>/."
    return "\n".join(_line(lesson, [one for one in found if one["lesson"] == lesson])
                     for lesson in sorted({one["lesson"] for one in found}))


def _line(lesson: str, found: list[dict[str, Any]]) -> str:
    count = Counter(one["state"] for one in found)
    earned = [sum(filter(None, one["scores"].values())) for one in found if one["scores"]]
    points = sum(exercise.points for exercise in exercises(lesson).values())
    mean = f"; on average {sum(earned) / len(earned):.1f} of {points:g} points" if earned else ""
    return (f"{lesson}: {count['new']} graded, {count['unchanged']} unchanged, {count['failed']} not graded{mean}.")


def lessons_handed_in(course: Path) -> list[str]:
    """The lessons of which there are submissions."""
    return [lesson for lesson in LESSONS if submissions(course, [lesson])]
