"""Tables of deliveries for exercise `boost`, whose predictions after each round are planned before minutes are made.

Each column is 0 or 1, and no two columns have anything to do with each other: a learner that looks at one column finds
its effect, and a round of boosting takes a known share of it away. So the plan is a few numbers, one for each column.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.linalg import hadamard

NAMES = ("far", "rain", "rush_hour", "new_courier", "heavy", "weekend")
CELLS = 16  # rows that differ in their columns; each has two deliveries
ROUNDS = 8
APART = 1.02  # how many times the second largest effect the largest is, at least, in every round

Predict = Callable[[pd.DataFrame], np.ndarray]
Shares = Callable[[np.ndarray], np.ndarray]  # of the effects in what is left, those that a learner predicts


def largest(effects: np.ndarray) -> np.ndarray:
    """A stump: the largest effect, and nothing of the others."""
    return np.where(abs(effects) == abs(effects).max(), effects, 0.0)


def every(effects: np.ndarray) -> np.ndarray:
    """A learner that looks at all columns: every effect."""
    return effects


class Fit(NamedTuple):
    """What a learner was once fitted to."""

    target: np.ndarray
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class Task:
    """A call of `boost`: its arguments, what it should return, and what the learner is then fitted to."""

    what: str
    X: pd.DataFrame
    y: np.ndarray  # minutes
    weights: np.ndarray
    rates: list[float]
    new: pd.DataFrame
    shares: Shares
    caution: float  # the learner predicts of an effect that share which the weights have of themselves and this
    right: np.ndarray  # a row for the start and for each round, a column for each row of `new`
    targets: np.ndarray  # a row for each round, a column for each row of X

    def fit(self, X: pd.DataFrame, target: Sequence[float], weights: Sequence[float]) -> Predict:
        """The learner of this task, fitted: a function that predicts the target of any rows."""
        signs, fit = signs_of(X), Fit(*(numbers(column, len(X)) for column in (target, weights)))
        shares = fit.weights / fit.weights.sum()
        mean, found = shares @ fit.target, self.shares((shares * fit.target) @ signs)
        found = found * fit.weights.sum() / (fit.weights.sum() + self.caution)
        return lambda rows: mean + signs_of(rows) @ found


@dataclass(frozen=True)
class Tasks:
    """Tasks that differ in one matter each."""

    plain: Task
    whole: Task
    rates: Task
    weights: Task
    learner: Task
    no_rounds: Task
    seed: int

    @property
    def all(self) -> list[Task]:
        """Every task."""
        return [self.plain, self.whole, self.rates, self.weights, self.learner, self.no_rounds]


def signs_of(rows: pd.DataFrame) -> np.ndarray:
    """The columns of a table as −1 and 1; ValueError where it is another table."""
    if not isinstance(rows, pd.DataFrame) or list(rows.columns) != list(NAMES):
        raise ValueError(f"the rows should be a DataFrame with the columns {', '.join(NAMES)}")
    return 2.0 * rows.to_numpy(float) - 1


def numbers(column: Sequence[float], rows: int) -> np.ndarray:
    """A target or weights as floats; ValueError where they aren't one finite number for each row."""
    found = np.array(column, dtype=float)
    if found.shape != (rows,) or not np.isfinite(found).all():
        raise ValueError(f"fit needs one finite number for each of {rows} rows, as target and as weight")
    return found


def tasks(seed: int) -> Tasks:
    """The tasks of a seed."""
    random = np.random.default_rng(seed)
    steady, ones = [float(random.choice([0.2, 0.25, 0.3, 0.4]))] * ROUNDS, (1, 1)
    shrinking = [round(0.6 * float(random.uniform(0.75, 0.85)) ** number, 3) for number in range(ROUNDS)]
    shrinking[int(random.integers(2, ROUNDS - 1))] = 2.5  # after that round the error is larger than before
    heavy = (1, int(random.integers(3, 6)))
    return Tasks(plain=task(random, "rows of equal weight and the same rate in each round", ones, steady),
                 whole=task(random, "whole minutes, rows of equal weight and the same rate in each round", ones, steady,
                            whole=True),
                 rates=task(random, "rates that shrink from round to round, but for one of 2.5", ones, shrinking),
                 weights=task(random, "rows of which half weigh more", heavy, steady),
                 learner=task(random, "a learner that predicts half of every effect", ones, steady, every,
                              caution=2.0 * CELLS),
                 no_rounds=task(random, "no rounds, and rows of which half weigh more", heavy, []), seed=seed)


def task(random: np.random.Generator, what: str, weights: tuple[int, int], rates: list[float],
         shares: Shares = largest, caution: float = 0.0, *, whole: bool = False) -> Task:
    """A task with these weights of the two deliveries of a cell; the first of them is 1. Minutes are whole numbers, and
    their weighted mean is none, where that is asked for."""
    base, signs = float(random.uniform(25, 40)), hadamard(CELLS)[:, 1 + random.permutation(CELLS - 1)]
    drawn, apart = effects(random, rates, whole=whole), random.uniform(1, 3, CELLS)
    others = random.uniform(-1, 1, CELLS - 1 - len(NAMES))
    if whole:
        part = 1 / sum(weights)
        base, apart, others = int(base) + part, apart.astype(int) + part, random.integers(-1, 2, len(others))
    share = CELLS * sum(weights) / (CELLS * sum(weights) + caution)
    left = remaining(drawn, rates, lambda found: share * shares(found))  # a row for each round, after it
    explained, noise = signs[:, :len(NAMES)], signs[:, len(NAMES):] @ others
    cells = base + explained @ left[0] + noise
    y = np.concatenate([cells + weights[1] * apart, cells - weights[0] * apart])  # their weighted mean is the cell's
    order, twice = random.permutation(2 * CELLS), np.tile(explained, (2, 1))
    minutes = np.rint(y[order]).astype(int) if whole else y[order]
    new = np.concatenate([unseen(random, explained), explained[:4]])
    predicted = [base + rows @ (left[0] - left).T for rows in (new, twice[order])]
    return Task(what, table(twice[order]), minutes, np.repeat(np.array(weights, float), CELLS)[order], list(rates),
                table(new), shares, caution, predicted[0].T, minutes - predicted[1].T[:-1])


def effects(random: np.random.Generator, rates: list[float], *, whole: bool) -> np.ndarray:
    """Minutes that each column adds or takes away, such that no two are ever nearly equally large."""
    while True:
        found = random.uniform(1, 6, len(NAMES)) * random.choice([-1, 1], len(NAMES))
        found = np.rint(3 * found) if whole else found
        sizes = np.sort(abs(remaining(found, rates, largest)))
        if (sizes[:, -1] > APART * sizes[:, -2]).all():
            return found


def remaining(found: np.ndarray, rates: list[float], shares: Shares) -> np.ndarray:
    """What is left of effects at the start and after each round."""
    left = [found]
    for rate in rates:
        left.append(left[-1] - rate * shares(left[-1]))
    return np.array(left)


def unseen(random: np.random.Generator, known: np.ndarray) -> np.ndarray:
    """Eight rows that aren't among those known."""
    drawn = random.choice([-1, 1], (200, known.shape[1]))
    fresh = np.unique([row for row in drawn if not (known == row).all(axis=1).any()], axis=0)
    return random.permutation(fresh)[:8]


def table(signs: np.ndarray) -> pd.DataFrame:
    """Rows of −1 and 1 as a table of 0 and 1."""
    return pd.DataFrame((signs > 0).astype(int), columns=list(NAMES))
