"""Columns as levels: a column of any type becomes a small whole number per row, and a missing value a level of its own.

What a column knows of the label is then a table of counts, whatever its type: no value is dropped, and none is filled.
"""

from functools import cached_property

import numpy as np
import pandas as pd

BINS, PER_BIN, SAMPLE = 64, 40, 50_000  # a column of numbers has so many levels at most, of so many rows at least
ATOM, ATOM_ROWS = 0.01, 10  # a number that so many rows have is a level of its own: a share, and rows


class Coded:
    """A column as levels. `codes` has the level of each row, 0 where the value is missing; `size` counts the levels.

    A column of numbers or times has at most 64 levels of about equally many rows, 40 or more, besides those of single
    values that one row in a hundred has; any other column has a level for each value. `single` says of each level
    whether it is one value (or the missing one).
    """

    def __init__(self, column: pd.Series) -> None:
        self.name, self.column = column.name, column
        self.ordered = pd.api.types.is_datetime64_any_dtype(column) or (
            pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_complex_dtype(column))
        if self.ordered:
            self.codes, self.single = binned(self.values)
        else:
            codes, _ = pd.factorize(text_if_unhashable(column))
            self.codes, self.single = (codes + 1).astype("int32"), np.ones(codes.max(initial=-1) + 2, bool)
        self.size = len(self.single)

    @cached_property
    def values(self) -> np.ndarray:
        """The values as floats, NaN where missing; of a column without an order its levels."""
        if not self.ordered:
            return np.where(self.codes > 0, self.codes, np.nan)
        if pd.api.types.is_datetime64_any_dtype(self.column):
            return seconds(self.column)
        return finite(self.column.to_numpy(float, na_value=np.nan))

    @cached_property
    def distinct(self) -> int:
        """The number of different values, without the missing one."""
        return len(pd.unique(self.column.dropna())) if self.ordered else self.size - 1

    @cached_property
    def missing(self) -> np.ndarray:
        """Which rows have no value."""
        return self.codes == 0

    def told(self, level: int) -> str:
        """A level of one value, in words."""
        if level == 0:
            return "missing"
        return f"{self.column.iloc[int((self.codes == level).argmax())]!s}"


def finite(values: np.ndarray) -> np.ndarray:
    """The values, with the largest or the smallest finite one in place of one that is infinite."""
    if not np.isinf(values).any():
        return values
    known = values[np.isfinite(values)]
    return np.clip(values, known.min(initial=0.0), known.max(initial=0.0))


def text_if_unhashable(column: pd.Series) -> pd.Series:
    """The column, as text where it holds what can't be counted, such as lists."""
    try:
        hash(tuple(column.head(100)))
    except TypeError:
        return column.map(repr)
    return column


def seconds(moments: pd.Series) -> np.ndarray:
    """Times as seconds since 1970, NaN where missing."""
    found = pd.to_datetime(moments)
    naive = found.dt.tz_convert("UTC").dt.tz_localize(None) if found.dt.tz is not None else found
    whole = naive.to_numpy().astype("datetime64[us]").astype("int64")
    return np.where(found.isna(), np.nan, whole / 1e6)


def binned(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The level of each number, 0 for NaN, and which levels are one value."""
    missing = np.isnan(values)
    edges, single = edges_of(values[~missing])
    codes = np.searchsorted(edges, values, side="right").astype("int32")
    codes[missing] = 0
    return codes, single


def edges_of(known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first value of each level from 1 on, and of each level from 0 on whether it is one value."""
    if not len(known):
        return np.array([np.inf]), np.array([True, False])
    step = -(-len(known) // SAMPLE)
    values, counts = np.unique(known[::step], return_counts=True)
    rows, bins = counts.sum(), max(8, min(BINS, len(known) // PER_BIN))
    often = values if len(values) <= bins else values[counts >= max(ATOM * rows, ATOM_ROWS)]
    places = np.searchsorted(counts.cumsum(), np.linspace(0, rows, bins, endpoint=False), side="right")
    edges = np.unique(np.concatenate([[-np.inf], values[places], often, np.nextafter(often, np.inf)]))
    single = np.isin(edges, often) & np.isin(np.nextafter(edges, np.inf), np.append(edges, np.inf))
    return edges, np.append(True, single)
