"""Splits of a table into rows to fit a model to and rows to test it on, by time, by group, and by both at once.

They have the methods of scikit-learn's splitters, so that `cross_validate` takes them as `cv`. What a splitter must
know of each row, its group or its moment, is passed as `groups`. A row is found by its place, from 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

Split = tuple[np.ndarray, np.ndarray]  # the places of the rows to fit to, and of those to test on
AT_ONCE = pd.Timedelta(0)


@dataclass(frozen=True)
class Splitter:
    """A splitter of scikit-learn's kind that makes `n_splits` splits."""

    n_splits: int = 5

    def get_n_splits(self, X: object = None, y: object = None, groups: object = None) -> int:
        """The number of splits."""
        return self.n_splits


@dataclass(frozen=True)
class GroupSplit(Splitter):
    """Deals whole groups to `n_splits` folds of about equally many rows; each fold is the test once.

    Groups are dealt from the largest to the smallest, in random order among equals, each to the fold that has the
    fewest rows. `groups` has the group of each row.

    >>> [test.tolist() for _, test in GroupSplit(2).split("abcd", groups=[7, 7, 8, 8])]
    [[0, 1], [2, 3]]
    """

    random_state: int = 0

    def split(self, X: ArrayLike, y: ArrayLike | None = None, groups: ArrayLike | None = None) -> Iterator[Split]:
        """The places of the rows to fit to and to test on, for each fold; ValueError for fewer groups than folds."""
        fold = folds_of_groups(per_row(groups, len(X), "group"), self.n_splits, self.random_state)
        for number in range(self.n_splits):
            yield np.flatnonzero(fold != number), np.flatnonzero(fold == number)


@dataclass(frozen=True)
class TimeSplit(Splitter):
    """Tests on `n_splits` successive stretches of time, each with the rows before it whose labels were known by then.

    A label is known `horizon` after the moment of its row: a row is fitted if its moment plus the horizon is at or
    before the first moment of the test. The rows in between, the *embargo*, are in neither part. `groups` has the
    moment of each row. Rows of one moment are never separated; all stretches have about equally many rows, and those
    of the first of `n_splits + 1` are only fitted.

    >>> week = pd.date_range("2025-03-03", periods=6, tz="UTC")
    >>> for fitted, tested in TimeSplit(2, horizon=pd.Timedelta(days=2)).split(week, groups=week):
    ...     print(fitted, tested)
    [0] [2 3]
    [0 1 2] [4 5]
    """

    horizon: pd.Timedelta = AT_ONCE

    def split(self, X: ArrayLike, y: ArrayLike | None = None, groups: ArrayLike | None = None) -> Iterator[Split]:
        """The places of the rows to fit to and to test on, in the order of time; ValueError where there are too few
        moments, or the horizon leaves a test nothing to fit to."""
        moments = per_row(groups, len(X), "moment")
        for start, tested in stretches(moments, self.n_splits):
            fitted = known(moments, start, self.horizon)
            yield np.flatnonzero(fitted), np.flatnonzero(tested)


@dataclass(frozen=True)
class GroupTimeSplit(Splitter):
    """Tests on later rows of groups that no fitted row belongs to: `TimeSplit` and `GroupSplit` at once.

    Groups are dealt to `n_splits` folds. The test of a stretch of time has the rows of one fold, the first stretch
    those of the first fold and so on; rows of other groups are fitted if their labels were known by then. `groups` is a
    table with a row for each row of X, in which `group` and `time` name the columns to go by.
    """

    horizon: pd.Timedelta = AT_ONCE
    group: str = "user_id"
    time: str = "as_of"
    random_state: int = 0

    def split(self, X: ArrayLike, y: ArrayLike | None = None,
              groups: pd.DataFrame | None = None) -> Iterator[Split]:
        """The places of the rows to fit to and to test on, in the order of time; ValueError as of the other two, or
        where a fold of groups has no row in its stretch."""
        if not isinstance(groups, pd.DataFrame) or not {self.group, self.time} <= set(groups):
            raise ValueError(f"groups must be a DataFrame with the columns {self.group!r} and {self.time!r}.")
        moments = per_row(groups[self.time], len(X), "moment")
        fold = folds_of_groups(per_row(groups[self.group], len(X), "group"), self.n_splits, self.random_state)
        for number, (start, stretch) in enumerate(stretches(moments, self.n_splits)):
            fitted = known(moments, start, self.horizon) & (fold != number)
            tested = stretch & (fold == number)
            if not tested.any() or not fitted.any():
                lacking = "test on" if fitted.any() else "fit"
                raise ValueError(f"In the stretch from {start} on, the groups of fold {number + 1} leave nothing to "
                                 f"{lacking}. Use fewer splits.")
            yield np.flatnonzero(fitted), np.flatnonzero(tested)


def per_row(values: ArrayLike | None, rows: int, what: str) -> pd.Series:
    """The group or moment of each row, numbered from 0; ValueError where there is none, or one is missing."""
    if values is None:
        raise ValueError(f"This split needs the {what} of each row: pass them as groups.")
    found = pd.Series(np.asarray(values) if not isinstance(values, pd.Series | pd.Index) else values)
    found = found.reset_index(drop=True)
    if len(found) != rows:
        raise ValueError(f"There are {rows} rows, and groups has {len(found)} {what}s.")
    missing = np.flatnonzero(found.isna())
    if len(missing):
        raise ValueError(f"{len(missing)} rows have no {what}, the first of them in place {missing[0]}.")
    return found


def folds_of_groups(groups: pd.Series, n_splits: int, random_state: int) -> np.ndarray:
    """The fold of each row, by the group that it belongs to."""
    at_least(n_splits, 2)
    sizes = groups.value_counts(sort=False)
    if len(sizes) < n_splits:
        raise ValueError(f"There are {len(sizes)} groups, too few for {n_splits} folds of whole groups.")
    order = np.random.default_rng(random_state).permutation(len(sizes))
    order = order[np.argsort(-sizes.to_numpy()[order], kind="stable")]
    rows, fold = np.zeros(n_splits, int), {}
    for place in order:
        smallest = int(rows.argmin())
        fold[sizes.index[place]] = smallest
        rows[smallest] += sizes.iloc[place]
    return groups.map(fold).to_numpy()


def stretches(moments: pd.Series, n_splits: int) -> Iterator[tuple[pd.Timestamp, np.ndarray]]:
    """The first moment of each stretch to test on, and which rows lie in it; ValueError for too few moments."""
    at_least(n_splits, 1)
    counts = moments.value_counts().sort_index()
    if len(counts) <= n_splits:
        raise ValueError(f"There are {len(counts)} different moments; {n_splits} tests, and a stretch before the "
                         f"first, need {n_splits + 1}.")
    middles = (counts.cumsum() - counts / 2) / counts.sum()  # where in the table a moment's rows lie, from 0 to 1
    number = pd.Series(np.minimum((middles * (n_splits + 1)).astype(int), n_splits), counts.index)
    stretch = moments.map(number).to_numpy()
    for test in range(1, n_splits + 1):
        if not (stretch == test).any() or not (stretch < test).any():
            raise ValueError(f"A moment has so many rows that {n_splits} tests of about equal size can't be made: use "
                             "fewer splits.")
        yield moments[stretch == test].min(), stretch == test


def known(moments: pd.Series, start: pd.Timestamp, horizon: pd.Timedelta) -> np.ndarray:
    """Which rows have labels that were known at a start; ValueError where none has."""
    if horizon < AT_ONCE:
        raise ValueError(f"The horizon is {horizon}: a label isn't known before the moment of its row.")
    found = ((moments < start) & (moments + horizon <= start)).to_numpy()
    if not found.any():
        raise ValueError(f"With a horizon of {horizon}, no label was known at {start}, where a test begins: the table "
                         f"begins at {moments.min()}. Use fewer splits, or more history.")
    return found


def at_least(n_splits: int, least: int) -> None:
    """ValueError for a number of splits below this."""
    if n_splits < least:
        raise ValueError(f"n_splits is {n_splits}, and must be at least {least}.")
