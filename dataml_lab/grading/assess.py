"""From a submission to an attempt: its notebook is read, rebuilt from its release and judged."""

import copy
import hashlib
import inspect
import runpy
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from dataml_lab.checks import exercises, part_of
from dataml_lab.checks.exercise import Exercise, Verdict
from dataml_lab.grading.attempts import Attempt
from dataml_lab.grading.engine.judge import CodeCell, Judgement, Task, judged
from dataml_lab.grading.engine.needed import names
from dataml_lab.grading.environment import course_salt, student_salt
from dataml_lab.grading.integrity import suspicions
from dataml_lab.grading.outputs import with_outputs
from dataml_lab.grading.rebuild import Rebuilt, rebuilt
from dataml_lab.grading.rebuild.damage import FOREIGN
from dataml_lab.grading.rebuild.reading import SubmissionError, read
from dataml_lab.grading.releases import released_for
from dataml_lab.grading.submissions import (
    HandedIn,
    Submission,
    SubmissionProblem,
    handed_in,
    moment,
    notebook_name,
    shown,
)

MOST_BESIDE = 50 << 20  # bytes of a file that may lie beside a notebook: the sandbox has room for little more


class Assessor:
    """Assesses submissions of some lessons; their exercises and oracles and the secret salt are loaded once."""

    def __init__(self, course: Path, lessons: set[str]) -> None:
        self.course, self.salt = course, course_salt(course)
        self.exercises = {lesson: exercises(lesson) for lesson in lessons}
        self.oracles = {lesson: oracles(course, self.exercises[lesson]) for lesson in lessons}
        self.versions = {lesson: checks_version(course, lesson) for lesson in lessons}
        for lesson in lessons:  # caches of these functions are filled before processes are forked
            for cell in _cells(self._untouched(lesson)):
                names(cell.source)

    def attempt(self, submission: Submission, process: Callable[[], Any]) -> Attempt:
        """What is found of a submission; `process()` starts a student's process, as a context that ends it."""
        started, handed = time.monotonic(), handed_in(submission)
        name, submitted, problem = _notebook(handed, submission.lesson)
        release = released_for(self.course, submission.lesson, submitted)
        built, beside = rebuilt(release.book, submitted), _beside(handed, name)
        problem = problem or (FOREIGN.what if FOREIGN in built.damage else "")
        found = Judgement() if problem else judged(self._task(submission, built, beside), process)
        found.endings += _left_out(handed, name, beside)
        return self._attempt(submission, built, found, problem, digest=handed.digest, timestamp=moment(handed.files),
                             file=name, release=release.version, seconds=round(time.monotonic() - started, 3))

    def unjudged(self, submission: Submission, problem: str) -> Attempt:
        """The attempt that is noted where judging a submission ends the process that does it."""
        built, handed = self._untouched(submission.lesson), handed_in(submission)
        return self._attempt(submission, built, Judgement(), problem, digest=handed.digest,
                             timestamp=moment(handed.files))

    def _untouched(self, lesson: str) -> Rebuilt:
        """What the submission of a student who has not begun is rebuilt to."""
        release = released_for(self.course, lesson, nbformat.v4.new_notebook())
        return Rebuilt(copy.deepcopy(release.book), (), frozenset())

    def _task(self, submission: Submission, built: Rebuilt, beside: dict[str, bytes]) -> Task:
        lesson, student = submission.lesson, submission.student
        return Task(tuple(_cells(built)), self.exercises[lesson], student_salt(self.salt, student), student,
                    self.oracles[lesson], beside)

    def _attempt(self, submission: Submission, built: Rebuilt, found: Judgement, problem: str, **noted: Any) -> Attempt:
        known, untouched = self.exercises[submission.lesson], sorted(_as_released(built.book))
        verdicts = {name: found.verdicts.get(name) or exercise.lost(problem) for name, exercise in known.items()}
        return Attempt(
            student=submission.student, lesson=submission.lesson, problem=problem, **noted,
            checks=self.versions[submission.lesson],
            scores=_scores(known, verdicts, untouched, problem), untouched=untouched, verdicts=verdicts,
            damage=[] if problem else list(built.damage), endings=found.endings, broken=found.broken,
            stopped=found.stopped, integrity=suspicions(built, found),
            notebook=with_outputs(built.book, found.outputs, verdicts))


def oracles(course: Path, known: Iterable[str]) -> dict[str, Callable]:
    """The oracles of exercises, those that have one, from the folders of their parts."""
    found = [runpy.run_path(str(path))["ORACLES"] for path in _oracle_files(course, known)]
    return {name: oracle for known in found for name, oracle in known.items()}


def _oracle_files(course: Path, known: Iterable[str]) -> list[Path]:
    paths = [course / "solutions" / part / "oracle.py" for part in dict.fromkeys(map(part_of, known))]
    return [path for path in paths if path.exists()]


@cache
def checks_version(course: Path, lesson: str) -> str:
    """The version of the package, and hex digits that change with the code of a lesson's checks and oracles."""
    known = exercises(lesson)
    folders = {Path(inspect.getfile(prop.broken)).parent for exercise in known.values() for prop in exercise.properties}
    found = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")) + _oracle_files(course, known):
        found.update(path.read_bytes())
    return f"{version('dataml-lab')}-{found.hexdigest()[:12]}"


def is_current(submission: Submission, attempt: Attempt) -> bool:
    """Whether an attempt was judged by the checks that there are now, and against the release that would be taken
    now."""
    _, submitted, _ = _notebook(handed_in(submission), submission.lesson)
    release = released_for(submission.course, submission.lesson, submitted).version
    return (attempt.checks == checks_version(submission.course, submission.lesson)
            and attempt.release in ("", release))


def _notebook(handed: HandedIn, lesson: str) -> tuple[str, NotebookNode, str]:
    """The name of the notebook that was handed in, the notebook, and why it can't be graded; then it is empty."""
    name, problem = "", handed.problem
    try:
        if not problem:
            name = notebook_name(handed, lesson)
            return name, read(handed.files[name]), ""
    except (SubmissionProblem, SubmissionError) as error:
        problem = str(error)
    return name, nbformat.v4.new_notebook(), problem


def _beside(handed: HandedIn, name: str) -> dict[str, bytes]:
    """The files that lie beside the notebook when it is run."""
    return {path: data for path, data in handed.files.items() if path != name and len(data) <= MOST_BESIDE}


def _left_out(handed: HandedIn, name: str, beside: dict[str, bytes]) -> Iterator[str]:
    """What does not lie beside the notebook although it was handed in, and why, in a line each."""
    yield from (f"{shown([path])} was left out: it has more than {MOST_BESIDE >> 20} MB"
                for path in handed.files if path != name and path not in beside)
    if handed.links:
        yield f"{shown(handed.links)} was left out: links are not followed"
    if handed.left_out:
        yield f"all files but notebooks were left out: there are {handed.left_out}"


def _cells(built: Rebuilt) -> Iterator[CodeCell]:
    """The code cells that can matter to a grade."""
    for cell in built.book.cells:
        if cell.cell_type != "code":
            continue
        exercise, _, role = cell.id.rpartition("-")
        if "nbgrader" not in cell.metadata:
            yield CodeCell(cell.id, cell.source, cell.id in built.own)
        elif role == "answer":
            yield CodeCell(cell.id, cell.source, True, answers=exercise)
        elif role == "graded":
            yield CodeCell(cell.id, cell.source, False, grades=exercise)


def _as_released(book: NotebookNode) -> Iterator[str]:
    """The grade ids of answers and essays that are as they were released."""
    from nbgrader.utils import compute_checksum

    for cell in book.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution") and marks.get("checksum") == compute_checksum(cell):
            yield marks["grade_id"]


def _scores(known: dict[str, Exercise], verdicts: dict[str, Verdict], untouched: list[str], problem: str) \
        -> dict[str, float | None]:
    """The scores by grade id; None for essays that a person is to read."""
    essays = [f"{name}-essay" for name, exercise in known.items() if exercise.essay]
    return {**{name: verdict.score for name, verdict in verdicts.items()},
            **{essay: 0.0 if problem or essay in untouched else None for essay in essays}}
