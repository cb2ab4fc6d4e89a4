"""Exercise `boost`: gradient boosting for squared loss, with weights, a rate for each round and a lent learner."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from dataml_lab.checks.exercise import Exercise
from dataml_lab.checks.models.boosted import Fit, Predict, Task, Tasks, numbers, tasks
from dataml_lab.checks.scenes import Replies, about
from dataml_lab.runtime.answers import Answer, Call, Failed, function
from dataml_lab.runtime.shown import digits, shown

NEAR = 1e-9  # minutes
TABLE = "returns predictions for the start and for each round"
SEE = """\
for task in ({tasks}):
    found = boost(task.X, task.y, task.weights, task.rates, task.fit, task.new)
    print((np.array(found) - task.right).round(3))  # a row for the start and for each round: all should be 0"""

boost = Exercise("boost", tasks, function("boost"))


@dataclass(frozen=True)
class Boosted:
    """What came of a task: the call, and what the learner was fitted to in it."""

    call: Call
    fits: list[Fit]


@boost.scene
def boosted(boost: Answer, world: Tasks) -> Replies:
    """What comes of each task."""
    return Replies(partial(called, boost), world.all, world.seed)


def called(boost: Answer, task: Task) -> Boosted:
    """What comes of a task."""
    fits: list[Fit] = []

    def fit(X: pd.DataFrame, target: Sequence[float], weights: Sequence[float]) -> Predict:
        predict = task.fit(X, target, weights)
        fits.append(Fit(numbers(target, len(X)), numbers(weights, len(X))))
        return predict

    with about(task.what):
        return Boosted(boost.call(task.X, task.y, task.weights, task.rates, fit, task.new), fits)


def table(boosted: Replies, task: Task) -> np.ndarray:
    """The predictions of a task; Failed where they are no table of numbers of the right shape."""
    result, (rounds, rows) = boosted[task].call.result, task.right.shape
    found = None
    with suppress(TypeError, ValueError):
        found = np.array([np.array(row, dtype=float) for row in as_rows(result)])
    if found is None or found.dtype.kind != "f" or found.shape != task.right.shape:
        shape = "" if found is None or found.dtype.kind != "f" else f" (shape {found.shape})"
        raise Failed(f"Given {task.what}: boost returned {shown(result)}{shape}. Needed are {rounds} rows, one for the "
                     f"start and one for each of {len(task.rates)} rounds, with {rows} numbers each, one for each row "
                     "of new.")
    if not np.isfinite(found).all():
        raise Failed(f"Given {task.what}: boost returned numbers that are missing or infinite, {shown(result)}.")
    return found


def as_rows(result: object) -> Sequence:
    """The rows of what was returned, a list or an array; TypeError where it is something else."""
    if isinstance(result, list | tuple | np.ndarray):
        return result
    raise TypeError


def wrong(boosted: Replies, task: Task) -> str | None:
    """The first prediction of a task that isn't right, in a sentence."""
    found = table(boosted, task)
    off = np.argwhere(abs(found - task.right) > NEAR)
    if not len(off):
        return None
    step, row = off[0]
    when = f"after round {step} of {len(task.rates)}" if step else "at the start"
    where = ", ".join(f"{name} {value}" for name, value in task.new.iloc[row].items())
    return (f"Given {task.what}: {when} it predicted {minutes(found[step, row], task.right[step, row])} for the row "
            f"{where}, where {minutes(task.right[step, row], found[step, row])} is right. "
            f"{reason(found, boosted[task].fits, task)}").strip()


def minutes(value: float, other: float) -> str:
    """A prediction in as many digits as tell it from another one.

    >>> minutes(31.042, 30.9), minutes(31.042, 31.04)
    ('31', '31.042')
    """
    return digits(value, next(most for most in (3, 5, 8, 12, 17) if digits(value, most) != digits(other, most)))


def reason(found: np.ndarray, fits: list[Fit], task: Task) -> str:
    """What may be wrong with a table of predictions, told from what the learner was fitted to; empty where nothing is
    known."""
    if len(found) > 1 and not np.ptp(found, axis=0).any():
        return "All rows are the same. If one array is changed in place and appended each time, append copies of it."
    if not near(found[0], task.right[0]):
        return of_start(found[0], task)
    if not fits and task.rates:
        return "fit was never called: the learner is the one that you are given."
    for number in range(len(task.rates)):
        told = (of_fit(fits[number], number, task) if number < len(fits) else "") or of_step(found, number, task)
        if told:
            return told
    return ""


def of_start(found: np.ndarray, task: Task) -> str:
    """What the prediction at the start is instead of the weighted mean."""
    if not found.any():
        return "The start is the weighted mean of y for every row, not 0."
    if near(found, np.full(len(found), task.y.mean())):
        return "That is the mean of y without the weights."
    if near(found, np.trunc(task.right[0])):
        return "What follows the point is cut off: y holds whole numbers, and so does an array that is made like y."
    return "The start is the weighted mean of y, the same for every row, and no rate is applied to it."


def of_fit(fit: Fit, number: int, task: Task) -> str:
    """What is wrong with the weights and the target that the learner was given in a call; empty where nothing is."""
    told = of_weights(fit, task) or of_target(fit.target, number, task)
    return told and f"In its call {number + 1}, fit was given {told}"


def of_weights(fit: Fit, task: Task) -> str:
    """That weights aren't those of the rows; empty where they are."""
    if near(fit.weights, task.weights):
        return ""
    share = float(task.weights.sum() / fit.weights.sum()) if fit.weights.sum() else 0.0
    if near(fit.weights * share, task.weights):
        return f"other weights than those of the rows, which were divided by {digits(share)}."
    return "other weights than those of the rows."


def of_target(target: np.ndarray, number: int, task: Task) -> str:
    """What a target is instead of the residuals; empty where it is these."""
    right = task.targets[number]
    if near(target, right):
        return ""
    if near(target, task.y):
        return "as target y itself, where the residuals are to be fitted: y minus what is predicted so far."
    if near(target, -right):
        return "as target what is predicted so far minus y. Residuals are y minus what is predicted so far."
    if number and near(target, task.targets[0]):
        return "as target the residuals of the first round again. They change in each round."
    weights = task.weights
    if np.ptp(weights) and any(near(target, right * weights / by) for by in (1, weights.mean(), weights.sum())):
        return "as target the residuals times the weights. The learner weighs the rows itself."
    if number and near(target, task.targets[0] - whole_steps(number, task)):
        return "as target y minus all that was predicted. The rate applies to what is predicted for X, too."
    return (f"as target {told(target)}, where the residuals are {told(right)}: y minus what is predicted for X so far.")


def whole_steps(number: int, task: Task) -> np.ndarray:
    """What learners predict for X in so many rounds, if each is fitted to what they leave over without a rate."""
    left = task.targets[0]
    for _ in range(number):
        left = left - task.fit(task.X, left, task.weights)(task.X)
    return task.targets[0] - left


def told(column: np.ndarray) -> str:
    """The first numbers of a column."""
    return f"{shown([round(float(value), 2) for value in column[:3]])} and so on"


def of_step(found: np.ndarray, number: int, task: Task) -> str:
    """What is wrong with what was added in a round; empty where nothing is."""
    step, right = (rows[number + 1] - rows[number] for rows in (found, task.right))
    if near(step, right):
        return ""
    share, rate = float(step @ right / (right @ right)), task.rates[number]
    if near(step, share * right):
        return (f"In round {number + 1}, {digits(share * rate)} times the learner's predictions were added, where the "
                f"rate of that round is {rate:g}.")
    return (f"In round {number + 1}, what was added isn't the rate times what the learner of that round predicts for "
            "new.")


def near(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two columns are the same up to rounding errors."""
    return one.shape == other.shape and bool((abs(one - other) < 1e-7).all())


@boost.demands(TABLE, points=0, call=SEE.format(tasks="world.plain,"))
def _(boosted: Replies, world: Tasks) -> str | None:
    found = table(boosted, world.plain)
    same = len(world.plain.rates) and not np.ptp(found)
    return f"Every prediction after every round is the same, {digits(found[0, 0])}." if same else None


@boost.demands("starts at the weighted mean", points=1, after=TABLE, call=SEE.format(tasks="world.no_rounds,"))
def _(boosted: Replies, world: Tasks) -> str | None:
    return wrong(boosted, world.no_rounds)


def demand(tasks: tuple[str, ...], text: str, points: int) -> None:
    """Makes it a property that every prediction of these tasks is right."""
    see = SEE.format(tasks=", ".join(f"world.{name}" for name in tasks) + ",")

    @boost.demands(text, points=points, after=TABLE, call=see)
    def _(boosted: Replies, world: Tasks) -> str | None:
        return next(filter(None, (wrong(boosted, getattr(world, name)) for name in tasks)), None)


demand(("plain", "whole"), "is right after every round", 2)
demand(("rates",), "applies to each round its own rate", 1)
demand(("weights",), "weighs the rows", 1)
demand(("learner",), "boosts the learner that it is given", 1)


@boost.demands("leaves its arguments as they were", points=1, after=TABLE, call="""\
task = world.plain
y, weights, rates = task.y.copy(), task.weights.copy(), list(task.rates)
boost(task.X, y, weights, rates, task.fit, task.new)
print(y - task.y, weights - task.weights, len(rates) - len(task.rates), sep="\\n")""")
def _(boosted: Replies, world: Tasks) -> str | None:
    for task in (world.plain, world.weights):
        lent = {"X": task.X, "y": task.y, "weights": task.weights, "rates": task.rates, "new": task.new}
        X, y, weights, rates, _, new = boosted[task].call.left
        for (name, before), left in zip(lent.items(), (X, y, weights, rates, new), strict=True):
            if not unchanged(before, left):
                return f"Given {task.what}: it changed {name}, which belongs to the caller."
    return None


def unchanged(before: object, left: object) -> bool:
    """Whether an argument is what it was."""
    if isinstance(before, pd.DataFrame):
        return isinstance(left, pd.DataFrame) and before.equals(left)
    with suppress(TypeError, ValueError):
        return np.array_equal(np.array(before, float), np.array(left, float))
    return False
