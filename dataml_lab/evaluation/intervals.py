"""How sure a score is: intervals by the bootstrap, for a model and for the difference between two.

A test is one draw of rows. The bootstrap draws rows from it, as many as there are, with repetition, and computes the
score again; how far these scores lie apart says how far another test might have been off. Source: Efron and Tibshirani,
An Introduction to the Bootstrap (1993), chapter 13 (percentile interval) and section 8.5 (groups).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from dataml_lab.evaluation.columns import columns, known


class Interval(NamedTuple):
    """A score on the rows given, and the limits between which it would lie on other rows of the same kind."""

    value: float
    low: float
    high: float

    def __contains__(self, number: object) -> bool:
        return self.low <= number <= self.high

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def bootstrap(metric: Callable[..., float], *values: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95,
              draws: int = 1_000, seed: int = 0) -> Interval:
    """`metric(*values)` and its percentile interval. With `groups`, whole groups are drawn, as is needed where rows of
    a group are alike: without them the interval is too narrow.

    It holds the truth in about `level` of all tests, where the metric rests on some dozens of rows or groups of each
    kind; with fewer it is too narrow. ValueError where there is one row or group, a value is missing, or the metric is
    NaN in a draw, as an AUC is where a draw has one class.

    >>> str(bootstrap(np.mean, [0, 1] * 50, draws=200))
    '0.500 (0.400 to 0.590)'
    """
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, where a share between 0 and 1 is expected.")
    columns_ = columns(**{f"column {place}": column for place, column in enumerate(values, 1)})
    draw = _drawing(len(columns_[0]), groups, np.random.default_rng(seed))
    found = np.array([metric(*(column[rows] for column in columns_)) for rows in (draw() for _ in range(draws))])
    if np.isnan(found).any():
        raise ValueError(f"The metric is NaN in {np.isnan(found).sum():,} of {draws:,} draws: too few rows of a kind.")
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2], method="weibull")
    return Interval(float(metric(*columns_)), float(low), float(high))


def paired(metric: Callable[[np.ndarray, np.ndarray], float], truth: ArrayLike, first: ArrayLike, second: ArrayLike,
           groups: ArrayLike | None = None, level: float = 0.95, draws: int = 1_000, seed: int = 0) -> Interval:
    """`metric(truth, first) - metric(truth, second)` and its percentile interval, as `bootstrap` says. Both models are
    scored on the same rows in each draw, so that what is hard about some rows cancels out.

    >>> truth = [0, 1] * 50
    >>> str(paired(lambda truth, found: (truth == found).mean(), truth, truth, [0] * 100, draws=200))
    '0.500 (0.400 to 0.590)'
    """
    def difference(truth: np.ndarray, first: np.ndarray, second: np.ndarray) -> float:
        return metric(truth, first) - metric(truth, second)

    return bootstrap(difference, truth, first, second, groups=groups, level=level, draws=draws, seed=seed)


def _drawing(rows: int, groups: ArrayLike | None, random: np.random.Generator) -> Callable[[], np.ndarray]:
    """A function that draws as many rows, or the rows of as many groups, as there are."""
    members = None if groups is None else _members(rows, groups)
    count, what = (rows, "row") if members is None else (len(members), "group")
    if count < 2:
        raise ValueError(f"There is {count} {what}, and nothing to draw from.")

    def draw() -> np.ndarray:
        drawn = random.integers(0, count, count)
        return drawn if members is None else np.concatenate([members[group] for group in drawn])

    return draw


def _members(rows: int, groups: ArrayLike) -> list[np.ndarray]:
    """The rows of each group; ValueError where there are not as many values as rows."""
    codes = np.unique(known("groups", groups), return_inverse=True)[1]
    if len(codes) != rows:
        raise ValueError(f"groups has {len(codes)} rows, where there are {rows}.")
    return np.split(np.argsort(codes, kind="stable"), np.cumsum(np.bincount(codes))[:-1])
