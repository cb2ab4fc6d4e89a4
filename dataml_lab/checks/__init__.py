"""What each exercise must satisfy: a folder per lesson, a file per exercise, a function per property.

In a notebook, `check` says what holds and what doesn't, on practice worlds, as often as one likes; the graded
cell ends in `grade`, a number of points. When an instructor grades, `DATAML_LAB_SALT` makes the worlds hidden
ones and `DATAML_LAB_ORACLES` names the folder of the reference answers, which students don't have.

Where submissions are run to be graded, this file is all that there is of the checks: nothing but Python's own is
imported until it is needed.
"""

import importlib
import importlib.util
import os
import runpy
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataml_lab.checks.exercise import Exercise, Verdict

LESSONS = {
    "00_start_here": "dataml_lab.checks.start",
    "01_pipeline": "dataml_lab.checks.pipeline",
    "02_batch_and_stream": "dataml_lab.checks.streaming",
    "03_features": "dataml_lab.checks.features",
}
PRACTICE = "practice"  # the salt of the worlds that everyone may know
ABSENT = "Checks don't run here: this process only runs what was handed in, and another one grades it."


def exercises(lesson: str) -> "dict[str, Exercise]":
    """The exercises of a lesson, by name, in the order of its notebook."""
    return {exercise.name: exercise for exercise in importlib.import_module(LESSONS[lesson]).EXERCISES}


def lesson_of(exercise: str) -> str:
    """The lesson that has an exercise; KeyError naming those that exist."""
    known = {name: lesson for lesson in LESSONS for name in exercises(lesson)}
    if exercise not in known:
        raise KeyError(f"There is no exercise {exercise!r}. There are: {', '.join(known)}.")
    return known[exercise]


def check(exercise: str, namespace: Mapping[str, Any]) -> None:
    """Prints which properties the answer in `namespace` (a notebook's `globals()`) has, on practice worlds."""
    print(_judged(exercise, namespace, PRACTICE, worlds=2) if _are_here() else ABSENT)


def grade(exercise: str, namespace: Mapping[str, Any]) -> float:
    """Prints the verdict on the answer in `namespace` and returns its points, a float from 0 to all of them."""
    if not _are_here():
        print(ABSENT)
        return 0.0
    salt = os.environ.get("DATAML_LAB_SALT", "")
    verdict = _judged(exercise, namespace, salt or PRACTICE, worlds=3)
    print(verdict)
    if not salt:
        print("These are practice worlds; the grade comes from other worlds of the same kind.")
    return verdict.score


def _are_here() -> bool:
    """Whether the checks can be imported: not in the sandbox in which submissions are run."""
    return importlib.util.find_spec("dataml_lab.checks.exercise") is not None


def _judged(exercise: str, namespace: Mapping[str, Any], salt: str, worlds: int) -> "Verdict":
    """The verdict on worlds of this salt and of the student whom `DATAML_LAB_STUDENT` names."""
    from dataml_lab.checks.exercise import seeds

    lesson = lesson_of(exercise)
    student = os.environ.get("DATAML_LAB_STUDENT", "")
    found = exercises(lesson)[exercise]
    return found.judge(namespace, seeds(exercise, salt, student, worlds), oracle(lesson, exercise))


def oracle(lesson: str, exercise: str) -> Callable | None:
    """The reference answer to an exercise from `<DATAML_LAB_ORACLES>/<lesson>/oracle.py`; None where not given."""
    folder = os.environ.get("DATAML_LAB_ORACLES")
    return _oracles(Path(folder, lesson, "oracle.py")).get(exercise) if folder else None


@cache
def _oracles(path: Path) -> dict[str, Callable]:
    return runpy.run_path(str(path))["ORACLES"]
