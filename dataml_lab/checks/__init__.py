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
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from dataml_lab.checks.exercise import Exercise, Verdict
    from dataml_lab.checks.overview import Overview



class Part(NamedTuple):
    """A part of a lesson, which is a notebook and for nbgrader an assignment: the module that has its exercises in
    `EXERCISES`, among others, and their names in the order of the notebook."""

    module: str
    exercises: tuple[str, ...]


PARTS = {
    "00_start_here": Part("dataml_lab.checks.start", ("revenue", "worth_it")),
    "01a_ingest": Part("dataml_lab.checks.pipeline", ("fetch_all",)),
    "01b_push": Part("dataml_lab.checks.pipeline", ()),
    "01c_clean": Part("dataml_lab.checks.pipeline", ("cleaner_tests", "clean_payments")),
    "01d_serve": Part("dataml_lab.checks.pipeline", ("bought_30d",)),
    "01e_late_data": Part("dataml_lab.checks.pipeline", ("affected", "daily_summary")),
    "01f_plan": Part("dataml_lab.checks.pipeline", ("plan",)),
    "02a_windows": Part("dataml_lab.checks.streaming", ("spending",)),
    "02b_exactly_once": Part("dataml_lab.checks.streaming", ("deliver",)),
    "02c_choosing": Part("dataml_lab.checks.streaming", ("choose", "tips_at")),
    "03a_point_in_time": Part("dataml_lab.checks.features", ("orders_in_last_30d",)),
    "03b_good_features": Part("dataml_lab.checks.features", ("days_since_last", "features")),
    "03c_leaks": Part("dataml_lab.checks.features", ("leaky_twin",)),
    "03d_encoding": Part("dataml_lab.checks.features", ("encoder",)),
    "03e_skew": Part("dataml_lab.checks.features", ("differ", "find_skew")),
    "03f_feature_store": Part("dataml_lab.checks.features", ()),
    "04a_families": Part("dataml_lab.checks.models", ("boost",)),
    "04b_overfitting": Part("dataml_lab.checks.models", ("best_depth",)),
    "04c_choosing": Part("dataml_lab.checks.models", ("honest_scores", "choose_model")),
    "04d_networks": Part("dataml_lab.checks.models", ("attend",)),
    "05a_splits": Part("dataml_lab.checks.evaluation", ("split",)),
    "05b_metrics": Part("dataml_lab.checks.evaluation", ("four_metrics",)),
    "05c_thresholds": Part("dataml_lab.checks.evaluation", ("pick_threshold",)),
    "05d_ranking": Part("dataml_lab.checks.evaluation", ("metric_for",)),
    "06a_target_leaks": Part("dataml_lab.checks.leakage", ("churn_model",)),
    "06b_contamination": Part("dataml_lab.checks.leakage", ("honest_estimate",)),
    "06c_detecting": Part("dataml_lab.checks.leakage", ("suspects",)),
    "07a_online_and_batch": Part("dataml_lab.checks.serving", ("without_gaps", "score_all")),
    "07b_a_model_is_a_dependency": Part("dataml_lab.checks.serving", ("predict_with_fallback",)),
    "07c_choosing_a_pattern": Part("dataml_lab.checks.serving", ("serving_pattern",)),
    "08a_drift": Part("dataml_lab.checks.drift", ("drifted",)),
    "08b_monitoring": Part("dataml_lab.checks.drift", ("monitoring_plan",)),
    "09a_designing": Part("dataml_lab.checks.experiments", ("assign", "size")),
    "09b_reading_and_deciding": Part("dataml_lab.checks.experiments", ("unit_and_metric", "decide")),
}
# The exercises of notebooks that were released under another name or before their lesson had parts, whose submissions
# are still graded.
RETIRED = {
    "01a_push": (),
    "01b_clean": ("cleaner_tests", "clean_payments"),
    "01c_serve": ("bought_30d",),
    "01d_late_data": ("affected", "daily_summary"),
    "01e_plan": ("plan",),
    "01_pipeline": ("fetch_all", "cleaner_tests", "clean_payments", "daily_summary", "affected", "plan"),
    "02_batch_and_stream": ("spending", "deliver", "choose", "tips_at"),
    "03_features": ("orders_in_last_30d", "features", "leaky_twin", "encoder", "find_skew"),
}
PRACTICE = "practice"  # the salt of the worlds that everyone may know
_attempted: set[str] = set()  # the exercises of which an answer was checked in this process
ABSENT = "Checks don't run here: this process only runs what was handed in, and another one grades it."


def exercises(part: str) -> "dict[str, Exercise]":
    """The exercises of a part, or of a retired notebook, by name, in the order of the notebook."""
    if part in RETIRED:
        return {name: exercises(part_of(name))[name] for name in RETIRED[part]}
    module, names = PARTS[part]
    known = {exercise.name: exercise for exercise in importlib.import_module(module).EXERCISES}
    return {name: known[name] for name in names}


def part_of(exercise: str) -> str:
    """The part that has an exercise; KeyError naming the exercises that exist."""
    known = {name: part for part in PARTS for name in PARTS[part].exercises}
    if exercise not in known:
        raise KeyError(f"There is no exercise {exercise!r}. There are: {', '.join(known)}.")
    return known[exercise]


def check(exercise: str, namespace: Mapping[str, Any]) -> None:
    """Shows which properties the answer in `namespace` (a notebook's `globals()`) has, on practice worlds; where one
    fails, also what the answer printed, and how to get help."""
    if not _are_here():
        print(ABSENT)
        return
    from dataml_lab.checks.reached import keep
    from dataml_lab.checks.report import show
    from dataml_lab.runtime.answers import printed

    printed.pieces.clear()
    verdict, unkept = _judged(exercise, namespace, PRACTICE, worlds=2), ""
    if not verdict.not_attempted:
        _attempted.add(exercise)
        unkept = keep(exercise, verdict.earned, verdict.points)
    said, all_hold = printed.end(), verdict.earned == verdict.points
    show(verdict, *([] if all_hold or not said else [f"Your answer printed, at the end:\n{said}"]),
         *([] if all_hold else [f'Stuck? hint("{exercise}") asks a question that leads on.']), *filter(None, [unkept]))


def grade(exercise: str, namespace: Mapping[str, Any]) -> float:
    """Shows the verdict on the answer in `namespace` and returns its points, a float from 0 to all of them."""
    if not _are_here():
        print(ABSENT)
        return 0.0
    from dataml_lab.checks.report import show

    salt = os.environ.get("DATAML_LAB_SALT", "")
    verdict = _judged(exercise, namespace, salt or PRACTICE, worlds=3)
    show(verdict, *([] if salt else ["These are practice worlds; the grade comes from other worlds of the same kind."]))
    return verdict.score


def hint(exercise: str, stage: int = 1) -> None:
    """Prints a hint: the first is a question that leads on, the second a plan."""
    from dataml_lab.checks.help import hint_text

    print(hint_text(PARTS[part_of(exercise)].module, exercise, stage))


def solution(exercise: str) -> None:
    """Prints the course's solution, and its model essay, once an attempt was checked in this kernel."""
    from dataml_lab.checks.help import solution_text

    part = part_of(exercise)
    print(solution_text(part, exercise) if exercise in _attempted else
          f'Try it yourself first, and run its check. hint("{exercise}") helps to begin.')


def progress() -> "Overview | str":
    """What is done in this workbook, what comes next, and the points so far."""
    from dataml_lab.checks.overview import overview
    from dataml_lab.checks.reached import VARIABLE

    if VARIABLE not in os.environ:
        return "Progress is kept where Jupyter was started by `make lab`, or by `dataml-lab lab`."
    return overview(Path(os.environ[VARIABLE]).parents[1], PARTS)


def practice(exercise: str, number: int = 1) -> Any:
    """The practice world of a number, from 1, in which a check judges: what is asked there, and the truth."""
    from dataml_lab.checks.exercise import seeds

    return exercises(part_of(exercise))[exercise].fair_world(seeds(exercise, PRACTICE, count=number)[number - 1])


def _are_here() -> bool:
    """Whether the checks can be imported: not in the sandbox in which submissions are run."""
    return importlib.util.find_spec("dataml_lab.checks.exercise") is not None


def _judged(exercise: str, namespace: Mapping[str, Any], salt: str, worlds: int) -> "Verdict":
    """The verdict on worlds of this salt and of the student whom `DATAML_LAB_STUDENT` names."""
    from dataml_lab.checks.exercise import seeds

    part = part_of(exercise)
    student = os.environ.get("DATAML_LAB_STUDENT", "")
    found = exercises(part)[exercise]
    return found.judge(namespace, seeds(exercise, salt, student, worlds), oracle(part, exercise), salt == PRACTICE)


def oracle(part: str, exercise: str) -> Callable | None:
    """The reference answer to an exercise from `<DATAML_LAB_ORACLES>/<part>/oracle.py`; None where not given."""
    folder = os.environ.get("DATAML_LAB_ORACLES")
    return _oracles(Path(folder, part, "oracle.py")).get(exercise) if folder else None


@cache
def _oracles(path: Path) -> dict[str, Callable]:
    return runpy.run_path(str(path))["ORACLES"]
