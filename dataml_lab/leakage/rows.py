"""Rows that a split should have kept apart: copies, groups on both sides, later rows that are fitted; and shift."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.leakage.coded import Coded
from dataml_lab.leakage.power import Counts, Label, Together, correlation, error_alone
from dataml_lab.leakage.report import ALL_ROWS, Finding

FEW, SHARE = 8, 0.004  # copies of which nothing is made: fewer rows, or a smaller share of those tested
ROOM = 0.8  # of the rows tested: where more have an equal, equal rows are what this table has
BLURRED = 1.25  # times as many equals without one column: then being equal is chance
NEAREST, FITTED = 1_000, 8_000  # rows that are compared one by one
CLOSE = 0.05  # of the median distance to the nearest row: so near are copies with a little noise
GAP = 3.0  # times as many rows so near as up to three times so near: of rows that aren't copies there are fewer
SURE = 3.0  # standard errors of a correlation: what is less may be noise
SHARED = 0.01  # of the tested rows: what is less overlap is none
NEIGHBOURS = 5  # rows before, and as many after, that the memory of time has


class Split(NamedTuple):
    """The places of the rows that are fitted, and of those that are tested."""

    fitted: np.ndarray
    tested: np.ndarray


# -------------------------------------------------------------------------------------------------------- copies

def copied(coded: Sequence[Coded], label: Coded, split: Split) -> list[Finding]:
    """Tested rows that are equal, or nearly, to fitted ones, if that isn't what such a table has anyway."""
    parts = [mixed(column, salt) for salt, column in enumerate([*informative(coded), label])]
    if not parts:
        return []
    whole = np.add.reduce(parts)
    equal = np.isin(whole[split.tested], whole[split.fitted])
    few = max(FEW, SHARE * len(split.tested))
    if equal.sum() >= few and not by_chance(parts, whole, equal, coded, split):
        return [duplicates(equal.mean(), equal.sum(), "are equal to fitted ones, label and all", "leak")]
    numbers = [column for column in coded if column.ordered and column.distinct > 20]
    close = nearly(numbers, split) if len(numbers) >= 3 else 0.0
    return [duplicates(close, close * len(split.tested), "are much nearer to a fitted row than rows are to each other",
                       "suspect")] if close * len(split.tested) >= few and close >= 0.01 else []


def duplicates(share: float, rows: float, what: str, grade: str) -> Finding:
    """The finding for copies on both sides."""
    return Finding(grade, ALL_ROWS, "duplicates", float(share), f"{rows:,.0f} of the tested rows ({share:.1%}) {what}.",
                   "Take copies out before the split, and repeat rows only among those that are fitted.")


def informative(coded: Sequence[Coded]) -> list[Coded]:
    """The columns without those that number the rows, in which a copy may differ."""
    return [column for column in coded if not (column.distinct == len(column.codes) and whole(column))]


def whole(column: Coded) -> bool:
    """Whether a column has whole numbers, or none."""
    return not column.ordered or not np.nanmax(np.abs(column.values % 1), initial=0.0)


def mixed(column: Coded, salt: int) -> np.ndarray:
    """A number of 64 bits for each row, the same for the same value; sums of those of several columns tell rows
    apart (splitmix64: Steele, Lea and Flood 2014)."""
    bits = np.nan_to_num(column.values, nan=1.25e300).astype(float) + 0.0
    found = bits.view("uint64") + np.uint64((0x9E3779B97F4A7C15 * (salt + 1)) % 2 ** 64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        found = (found ^ (found >> np.uint64(shift))) * np.uint64(factor)
    return found ^ (found >> np.uint64(31))


def by_chance(parts: list[np.ndarray], whole: np.ndarray, equal: np.ndarray, coded: Sequence[Coded],
              split: Split) -> bool:
    """Whether so many equal rows are no wonder: nearly all rows have an equal, or many more have without one column.

    They are a wonder where a column of numbers has about as many values as there are different rows.
    """
    different = len(pd.unique(whole))
    if any(column.ordered and 2 * column.distinct > different for column in coded):
        return False
    if equal.mean() > ROOM:
        return True
    without = [np.isin((whole - part)[split.tested], (whole - part)[split.fitted]).sum() for part in parts[:-1]]
    return max(without) > BLURRED * equal.sum()


def nearly(numbers: Sequence[Coded], split: Split) -> float:
    """The share of the tested rows that are far nearer to a fitted row than usual, those that are equal left out."""
    tested, fitted = some(split.tested, NEAREST), some(split.fitted, FITTED)
    inputs = np.column_stack([ranked(column) for column in numbers])
    distance = nearest(inputs[tested], inputs[fitted])
    differs, unit = distance > 0, CLOSE * np.median(distance)
    close, next_to = (differs & (distance < unit)).mean(), (differs & (distance >= unit) & (distance < 3 * unit)).mean()
    return float(close) if close > GAP * next_to else 0.0


def ranked(column: Coded) -> np.ndarray:
    """A column of numbers, with a standard deviation of about 1 and far values drawn near; 5 where one is missing."""
    known = column.values[~column.missing]
    low, middle, high = np.percentile(known[:50_000], [25, 50, 75])
    scaled = np.arcsinh((column.values - middle) / max((high - low) / 1.35, known.std() / 10))
    return np.where(column.missing, 5.0, scaled)


def nearest(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each row the distance to the nearest of the others."""
    from scipy.spatial import cKDTree
    return cKDTree(others).query(rows)[0]


def some(places: np.ndarray, most: int) -> np.ndarray:
    """Some of these places, by chance, at most so many."""
    return places if len(places) <= most else np.random.default_rng(2).choice(places, most, replace=False)


# ------------------------------------------------------------------------------------------- memory of groups and time

class Rest(NamedTuple):
    """What all columns together leave of the label in the modelled rows: for each its place and label less guess."""

    places: np.ndarray
    left: np.ndarray

    def explained(self, memory: np.ndarray) -> float:
        """The share of what is left that goes with a memory, a number for each row: R², and 0 where it may be noise.

        The memory is made of other rows, each pair of which counts twice: the standard error is that of half the rows.
        """
        found = correlation(memory, self.left)
        return found ** 2 if found * (len(self.left) / 2) ** 0.5 > SURE else 0.0


def rest(together: Together, label: Label, columns: int) -> Rest:
    """What the columns leave of the label; of a label with several classes, of the most frequent."""
    truth = label.matrix[label.modelled, 0] - label.mean[0]
    return Rest(label.modelled, truth - together.guess(range(columns))[:, 0])


def group_overlap(groups: np.ndarray, remains: Rest, split: Split) -> list[Finding]:
    """Groups with rows on both sides, if the rows of a group know of each other's label what no column says."""
    shared = np.isin(groups[split.tested], groups[split.fitted]).mean()
    explained = remains.explained(memory_of_group(groups[remains.places], remains.left))
    if shared < SHARED or not explained:
        return []
    return [Finding("suspect", ALL_ROWS, "groups", explained,
                    f"{shared:.0%} of the tested rows are of a group that is fitted as well. Remembering its other "
                    f"rows explains {explained:.1%} of what the columns leave of the label.",
                    "If the model will meet new groups, keep groups whole: GroupKFold, or "
                    "dataml_lab.evaluation.splits.GroupSplit.")]


def memory_of_group(groups: np.ndarray, left: np.ndarray) -> np.ndarray:
    """For each row the mean of what is left in the other rows of its group, drawn towards 0 as by 3 rows more."""
    rows, sums = np.bincount(groups), np.bincount(groups, left)
    return (sums[groups] - left) / (rows[groups] + 2)


def time_order(times: np.ndarray, remains: Rest, split: Split) -> list[Finding]:
    """Tested rows that are earlier than fitted ones, graded by whether rows near in time know of each other's label."""
    earlier = (times[split.tested] < times[split.fitted].max()).mean()
    if earlier < SHARED:
        return []
    explained = remains.explained(memory_of_time(times[remains.places], remains.left))
    more = f"explains {explained:.1%} of what the columns leave of the label" if explained else "adds nothing"
    return [Finding("suspect" if explained else "check", ALL_ROWS, "time order", explained,
                    f"{earlier:.0%} of the tested rows are earlier than some fitted row. Remembering rows near in time "
                    f"{more}.", "Split by time: TimeSeriesSplit, or dataml_lab.evaluation.splits.TimeSplit.")]


def memory_of_time(times: np.ndarray, left: np.ndarray) -> np.ndarray:
    """For each row the mean of what is left in the rows next to it in time, five on either side."""
    order = np.argsort(times, kind="stable")
    total = np.append(0.0, left[order].cumsum())
    first = np.maximum(np.arange(len(left)) - NEIGHBOURS, 0)
    last = np.minimum(np.arange(len(left)) + NEIGHBOURS + 1, len(left))
    found = np.empty(len(left))
    found[order] = (total[last] - total[first] - left[order]) / (last - first - 1)
    return found


# --------------------------------------------------------------------------------------------------------- shift

def shift(coded: Sequence[Coded], split: Split) -> list[Finding]:
    """Whether tested rows can be told from fitted ones by their columns (adversarial validation)."""
    rows = np.concatenate([split.fitted, split.tested])
    is_tested = np.zeros(len(coded[0].codes), bool)
    is_tested[split.tested] = True
    side = Label(pd.Series(is_tested[rows], name="tested"))
    parts = [limited(column, rows) for column in coded]
    counts = [Counts(part, side) for part in parts]
    error = Together(parts, counts, side).error(range(len(parts)))
    if error > 0.8:
        return []
    first = min(range(len(parts)), key=lambda place: error_alone(counts[place], side))
    return [Finding("shift", ALL_ROWS, "shift", 1 - error / 2,
                    f"A model tells tested rows from fitted ones with {side.told(error)}, by {coded[first].name} "
                    "first of all.", "The score is one for these rows. It is no leak.")]


class Levels(NamedTuple):
    """The levels of a column in some rows: what `Counts` and `Together` read of a column."""

    codes: np.ndarray
    size: int


def limited(column: Coded, rows: np.ndarray) -> Levels:
    """The levels of a column in these rows."""
    return Levels(column.codes[rows], column.size)
