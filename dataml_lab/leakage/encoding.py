"""Columns made of the label itself: the mean label of the rows that share a value, the row's own label among them."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.leakage.coded import Coded
from dataml_lab.leakage.power import Label
from dataml_lab.leakage.report import Finding

EXACT = 1e-6  # of the label's spread: what rounding of a sum leaves
CHANCE = -6.0  # the logarithm to base 10 of a probability that is no chance
ADVICE = "Encode inside cross-validation (TargetEncoder in a Pipeline), or from rows whose labels were known earlier."


class Levels(NamedTuple):
    """The values of a key: for each row its place among them, and for each the rows and the sum of the label."""

    of_row: np.ndarray
    rows: np.ndarray
    sums: np.ndarray


def made_of_label(coded: Sequence[Coded], keys: Sequence[Coded], label: Label) -> list[Finding]:
    """The columns that are a mean of the label over all rows of a key, which may be no column any more."""
    if label.matrix.shape[1] > 1:
        return []
    found = []
    for column in coded:
        if column.ordered and could_be_mean(column, label):
            found += next(([Finding("leak", column.name, "encoding", 1.0, told, ADVICE)]
                           for told in explanations(column, keys, label)), [])
    return found


def could_be_mean(column: Coded, label: Label) -> bool:
    """Whether a column has the label's mean (or that of its opposite), stays within its range, and has some values."""
    values, truth = column.values, label.matrix[:, 0]
    if np.isnan(values).any() or not 2 < column.distinct <= 0.6 * len(values):
        return False
    slack = 0.1 * truth.std()
    inside = truth.min() - EXACT <= values.min() and values.max() <= truth.max() + EXACT
    return bool(inside and min(abs(values.mean() - mean) for mean in (truth.mean(), opposite(truth).mean())) <= slack)


def opposite(truth: np.ndarray) -> np.ndarray:
    """The label with its least and largest value exchanged."""
    return truth.min() + truth.max() - truth


def explanations(column: Coded, keys: Sequence[Coded], label: Label) -> Iterator[str]:
    """What means of the label the column is, in words."""
    values = column.values
    for truth in (label.matrix[:, 0], opposite(label.matrix[:, 0])):
        levels = levels_of(values, truth)
        if is_mean(values[first_rows(levels)], levels, truth):
            yield "Among the rows that share a value of it, the mean label is that value itself."
            return
        for key in keys:
            if key.name != column.name and 2 <= key.distinct <= 0.6 * len(values):
                yield from explanation_by(key, values, truth)


def explanation_by(key: Coded, values: np.ndarray, truth: np.ndarray) -> Iterator[str]:
    """What the column is of the rows that share a value of the key."""
    levels = levels_of(key.values, truth)
    first = values[first_rows(levels)]
    if near(first[levels.of_row], values, truth):
        if smoothed(first, levels, truth):
            yield f"It is the mean label of the rows with the same {key.name}, the row's own among them, smoothed."
        return
    many = levels.rows[levels.of_row] > 1
    others = levels.sums[levels.of_row] - truth
    if near((values * (levels.rows[levels.of_row] - 1))[many], others[many], truth * levels.rows.max()):
        yield f"It is the mean label of the other rows with the same {key.name}: what it lacks is the row's own."


def is_mean(first: np.ndarray, levels: Levels, truth: np.ndarray) -> bool:
    """Whether each value is the mean label of its rows, but for rounding, and that can't be chance: as if the means of
    so many rows came as near to given values by luck."""
    slack = max(rounding(first), EXACT * truth.std())
    away = np.abs(first - levels.sums / levels.rows).max()
    luck = np.log10(np.minimum(1.0, slack * np.sqrt(levels.rows) / truth.std())).sum()
    return bool(away <= slack and luck <= CHANCE)


def rounding(values: np.ndarray) -> float:
    """Half a unit of the last digit that the values have, up to six after the point; 0 where they have more."""
    digits = next((digits for digits in range(7) if np.abs(values - values.round(digits)).max() < 1e-9), None)
    return 0.0 if digits is None else 0.5001 * 10.0 ** -digits


def levels_of(values: np.ndarray, truth: np.ndarray) -> Levels:
    """The distinct values, a missing one among them, with their rows and sums of the label."""
    codes, _ = pd.factorize(values, use_na_sentinel=False)
    return Levels(codes, np.bincount(codes), np.bincount(codes, truth))


def first_rows(levels: Levels) -> np.ndarray:
    """The place of the first row of each value; values are numbered in the order of their first rows."""
    return np.unique(levels.of_row, return_index=True)[1]


def near(one: np.ndarray, other: np.ndarray, truth: np.ndarray) -> bool:
    """Whether these are equal, but for a millionth of the label's spread."""
    return bool(len(one) and np.abs(one - other).max() <= EXACT * truth.std())


def smoothed(first: np.ndarray, levels: Levels, truth: np.ndarray) -> bool:
    """Whether a column's value for each level is (sum + m · prior) / (rows + m) for one m and one prior.

    Solved for what is unknown, this is value · rows − sum = m · prior − m · value: a line through the levels.
    """
    left = first * levels.rows - levels.sums
    line = np.column_stack([np.ones(len(first)), -first])
    solved, *_ = np.linalg.lstsq(line, left, rcond=None)
    return bool(solved[1] >= 0 and len(first) > 4 and np.ptp(first) > 0 and np.abs(line @ solved - left).max()
                <= 1e-4 * max(1.0, np.abs(levels.sums).max()) * truth.std())
