"""Columns of a panel that later rows of the same group move: aggregates over all its time, and windows that look ahead.

What is asked of a table is whether a column can be computed exactly with later rows and can't without them. That of
the function that makes it is asked by `dataml_lab.features.time_travel`, which needs the function and the events.
"""

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np

from dataml_lab.leakage.coded import Coded
from dataml_lab.leakage.report import Finding

BACK, AHEAD = 4, 3  # rows of the group before and after that a window may reach to
ROWS = 3_000  # rows that a window is fitted to
SAME = 1e-6  # of a column's spread
EXPLAINED, UNEXPLAINED = 0.9995, 0.995  # R² with the rows ahead, and without them
ADVICE = "Compute it from rows before the moment of the row. dataml_lab.features.time_travel tries the function."
AGGREGATES = {"mean": np.add, "total": np.add, "largest value": np.maximum, "smallest value": np.minimum}


class Panel:
    """The rows of a table in the order of group and time; `starts` are the places where a group begins."""

    def __init__(self, groups: np.ndarray, times: np.ndarray) -> None:
        self.order = np.lexsort([times, groups])
        ordered = groups[self.order]
        self.starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        self.sizes = np.diff(np.append(self.starts, len(groups)))
        self.ends = self.starts + self.sizes - 1

    def constant(self, values: np.ndarray) -> bool:
        """Whether a column, in this order, has one value in each group."""
        return bool((np.maximum.reduceat(values, self.starts) == np.minimum.reduceat(values, self.starts)).all())

    def interior(self) -> np.ndarray:
        """Some places that have enough rows of their group before and after them."""
        place = np.arange(len(self.order)) - np.repeat(self.starts, self.sizes)
        inner = np.flatnonzero((place >= BACK) & (place < np.repeat(self.sizes, self.sizes) - AHEAD))
        return inner[:: max(1, len(inner) // ROWS)][:ROWS]


def moved_by_later_rows(coded: Sequence[Coded], panel: Panel) -> list[Finding]:
    """The columns of numbers that are an aggregate over all time, or need rows ahead."""
    numbers = {column.name: column.values[panel.order] for column in coded
               if column.ordered and column.distinct > 1 and not column.missing.mean() > 0.5}
    constant = {name for name, values in numbers.items() if panel.constant(filled(values))}
    moving = {name: filled(values) for name, values in numbers.items() if name not in constant}
    found = {name: next(over_all_time(filled(numbers[name]), moving, panel), None) for name in constant}
    found |= {name: next(left_over(moving[name], name, moving, panel), None) for name in moving}
    ahead = looking_ahead(moving, panel.interior())
    found |= {name: told for name, told in ahead.items() if not found.get(name)}
    return [Finding("leak", name, "time travel", 1.0, told, ADVICE) for name, told in found.items() if told]


def filled(values: np.ndarray) -> np.ndarray:
    """The values, with 0 where one is missing."""
    return np.nan_to_num(values, nan=0.0)


def same(one: np.ndarray, other: np.ndarray, spread: float, digits: float = SAME) -> bool:
    """Whether the values are equal but for rounding, and not all the same."""
    return bool(np.ptp(one) > 0 and np.abs(one - other).max() <= max(digits * spread, 5.1e-3 * SAME))


def over_all_time(column: np.ndarray, moving: dict[str, np.ndarray], panel: Panel) -> Iterator[str]:
    """What aggregates a column with one value in each group is, in words."""
    own = column[panel.starts]
    if panel.sizes.min() != panel.sizes.max() and same(own, panel.sizes, own.std()):
        yield "It is the number of rows of the group, the later ones among them."
    for (name, values), (what, function) in product(moving.items(), AGGREGATES.items()):
        found = function.reduceat(values, panel.starts)
        found = found / panel.sizes if what == "mean" else found
        if same(own, found, own.std()):
            yield f"It is the {what} of {name} over all rows of the group, the later ones among them."


def left_over(column: np.ndarray, own: str, moving: dict[str, np.ndarray], panel: Panel) -> Iterator[str]:
    """Of what a column is the part that is yet to come: it falls by the next row's value, to 0 at the end."""
    inner = np.setdiff1d(np.arange(len(column) - 1), panel.ends, assume_unique=True)
    spread = column.std()
    if not len(inner) or np.abs(column[panel.ends]).max() > 1e-3 * spread:
        return
    for name, values in moving.items():
        if name != own and same(column[inner] - column[inner + 1], values[inner + 1], spread, 1e-3):
            yield f"It is what {name} comes to after the row, until the end of the group."


def looking_ahead(moving: dict[str, np.ndarray], places: np.ndarray) -> dict[str, str]:
    """The columns that a window over another, with rows ahead, explains, and one without them doesn't."""
    if len(places) < 50:
        return {}
    windows = {name: values[places[:, None] + np.arange(-BACK, AHEAD + 1)] for name, values in moving.items()}
    found = {}
    for name, other in product(moving, moving):
        if name != other and name not in found and needs_ahead(windows[name], windows[other]):
            found[name] = f"It is a sum of {other} of rows around it, of which some are later."
    return found


def needs_ahead(own: np.ndarray, other: np.ndarray) -> bool:
    """Whether a column is explained by a window over another only with the rows ahead, and doesn't itself explain it:
    a column of which the other is the lag would look the same."""
    value, back, whole = own[:, BACK], other[:, :BACK + 1], other
    if explained(value, whole) < EXPLAINED or explained(value, back) > UNEXPLAINED:
        return False
    return explained(other[:, BACK], own[:, :BACK + 1]) < EXPLAINED


def explained(value: np.ndarray, window: np.ndarray) -> float:
    """R² of a linear model of the window."""
    inputs = np.column_stack([np.ones(len(value)), window])
    solved, *_ = np.linalg.lstsq(inputs, value, rcond=None)
    spread = value.var()
    return float(1 - (value - inputs @ solved).var() / spread) if spread else 0.0
