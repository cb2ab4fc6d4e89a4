"""How numbers are distributed, kept in little: exact counts at up to a thousand of their values.

Between two kept values lies at most one row in a thousand, so that each share of rows below a number is known to a
thousandth. Merged summaries state how much less is known. Source: Agarwal et al., Mergeable summaries (2012).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

KEPT = 1_000  # values of a summary; the shares of rows are then known to 1 / KEPT, and to 0 where there are no more
CELLS = 1 << 18  # of equal width, in which numbers are counted before those beside a point are sorted
MANY = 50_000  # numbers of which not all are sorted, where they are compared with few
SAMPLE = 20_000  # rows of which quantiles are points to count at


class Numbers(NamedTuple):
    """The distribution of numbers. At each of the `values`, ascending, `below` counts the rows with a lesser number,
    and `upto` those with no greater one; the first value is the least number, and the last the greatest.

    `missing` counts the rows without a number, `gap` the most rows that lie between two of the values, and `slack` the
    rows by which a count may be off.
    """

    values: np.ndarray
    below: np.ndarray
    upto: np.ndarray
    missing: int = 0
    slack: float = 0.0
    gap: float = 0.0

    @classmethod
    def of(cls, numbers: np.ndarray) -> "Numbers":
        """All different numbers, with their counts; NaN and infinite ones count as missing.

        >>> Numbers.of(np.array([3.0, 1.0, 3.0, np.nan])).upto.tolist()
        [1, 3]
        """
        known = np.sort(finite(numbers))
        differs = known[1:] != known[:-1]
        if differs.all():
            ranks = np.arange(len(known) + 1)
            return cls(known, ranks[:-1], ranks[1:], len(numbers) - len(known))
        upto = np.append(np.flatnonzero(differs) + 1, len(known))
        return cls(known[upto - 1], np.append(0, upto[:-1]), upto, len(numbers) - len(known))

    @classmethod
    def at(cls, points: np.ndarray, numbers: np.ndarray) -> "Numbers":
        """Exact counts of many numbers at these points, ascending, and at quantiles of a sample of the numbers.

        Not all are sorted: all are counted in cells of equal width, and only the cells that hold a point are sorted. Of
        numbers that crowd in few cells these are most, and it takes as long as sorting.

        >>> found = Numbers.at(np.array([2.5]), np.arange(100_000.0) % 5)
        >>> found.values.tolist(), found.upto.tolist()
        ([0.0, 1.0, 2.0, 2.5, 3.0, 4.0], [20000, 40000, 60000, 60000, 80000, 100000])
        """
        known = finite(numbers)
        if not len(known):
            return cls.of(numbers)
        sample = cls.of(known[np.random.default_rng(0).integers(0, len(known), SAMPLE)]).kept().values
        least, most = known.min(), known.max()
        inner = points[(points > least) & (points < most)]
        values = np.unique(np.concatenate([[least, most], sample, inner]))
        below, upto = counts_at(values, known)
        gap = float((below[1:] - upto[:-1]).max(initial=0))
        return cls(values, below, upto, len(numbers) - len(known), 0.0, gap)

    @classmethod
    def counted(cls, values: np.ndarray, counts: np.ndarray, missing: int = 0) -> "Numbers":
        """Numbers of which each has a count; a number may be there several times."""
        distinct, places = np.unique(np.asarray(values, float), return_inverse=True)
        upto = np.bincount(places, counts, len(distinct)).astype("int64").cumsum()
        return cls(distinct, np.append(0, upto)[:len(upto)], upto, missing)

    @property
    def known(self) -> int:
        """The rows that have a number."""
        return round(float(self.upto[-1])) if len(self.upto) else 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.known + self.missing

    @property
    def error(self) -> float:
        """By how much a share of rows below a number may be off, at most."""
        return (self.slack + self.gap) / max(self.known, 1)

    def shares_upto(self, numbers: np.ndarray) -> np.ndarray:
        """The share of rows with a number no greater than each of these; between kept values, on a straight line."""
        after = np.searchsorted(self.values, numbers, side="right")
        at = np.maximum(after - 1, 0)
        return self._shares(np.where(after > 0, self.upto[at], 0), after, numbers, self.values[at])

    def shares_below(self, numbers: np.ndarray) -> np.ndarray:
        """The share of rows with a number less than each of these; between kept values, on a straight line."""
        after = np.searchsorted(self.values, numbers, side="left")
        at = np.minimum(after, len(self.values) - 1)
        return self._shares(np.where(after == at, self.below[at], self.known), after, numbers, self.values[at])

    def _shares(self, counts: np.ndarray, after: np.ndarray, numbers: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """The counts as shares; those of numbers that are not kept are interpolated where rows lie between."""
        if self.gap == 0:
            return counts / self.known
        inner = (kept != numbers) & (after > 0) & (after < len(self.values))
        left, right = after[inner] - 1, after[inner]
        part = (numbers[inner] - self.values[left]) / (self.values[right] - self.values[left])
        counts = counts.astype(float)
        counts[inner] = self.upto[left] + part * (self.below[right] - self.upto[left])
        return counts / self.known

    def rows_outside(self, least: float, most: float) -> int:
        """The rows with a number less or greater than these, as far as the kept values say so for certain."""
        under, over = np.searchsorted(self.values, least), np.searchsorted(self.values, most, side="right")
        less = self.below[under] if least in self.values[under:under + 1] else np.append(0, self.upto)[under]
        no_more = self.upto[over - 1] if most in self.values[over - 1:over] else np.append(self.below, self.known)[over]
        return max(0, int(less + self.known - no_more - self.slack))

    def quantiles(self, shares: np.ndarray) -> np.ndarray:
        """For each share the least kept value with at least this share of the rows up to it."""
        places = np.searchsorted(self.upto, np.asarray(shares) * self.known - 1e-9)
        return self.values[np.minimum(places, len(self.values) - 1)]

    def kept(self, most: int = KEPT) -> "Numbers":
        """At most so many of the values (and one), at equal distances in rows.

        >>> Numbers.of(np.arange(10.0)).kept(3).values.tolist()
        [0.0, 3.0, 6.0, 9.0]
        """
        if len(self.values) <= most:
            return self
        ranks = np.arange(most + 1) * self.upto[-1] / most  # as exact as in `engines`, where they are whole numbers
        places = np.unique(np.minimum(np.searchsorted(self.upto, ranks), len(self.values) - 1))
        below, upto = self.below[places], self.upto[places]
        return Numbers(self.values[places], below, upto, self.missing, self.slack, float((below[1:] - upto[:-1]).max()))

    def spread(self) -> float:
        """The distance of the 16 % and the 84 % quantile, halved: of a normal distribution its standard deviation."""
        low, high = self.quantiles(np.array([0.16, 0.84]))
        return float(high - low) / 2


def finite(numbers: np.ndarray) -> np.ndarray:
    """The numbers that are neither NaN nor infinite."""
    known = np.isfinite(numbers)
    return numbers if known.all() else numbers[known]


def counts_at(values: np.ndarray, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of the values, ascending, how many of the numbers are less, and how many are no greater.

    The cell of a number rises with it: in a cell without a value all numbers lie on one side of each value.
    """
    low, high = np.quantile(values, [0.02, 0.98])
    if not 1e-300 < high - low < np.inf:  # the width of a cell has a reciprocal
        ordered = np.sort(numbers)
        return np.searchsorted(ordered, values), np.searchsorted(ordered, values, side="right")
    cell, cells = (cells_of(some, low, high) for some in (values, numbers))
    rows = np.bincount(cells, minlength=CELLS)
    holds = np.zeros(CELLS, bool)
    holds[cell] = True
    sorted_ones = np.sort(numbers[holds[cells]])
    apart = np.cumsum(np.where(holds, 0, rows))[cell]
    return apart + np.searchsorted(sorted_ones, values), apart + np.searchsorted(sorted_ones, values, side="right")


def cells_of(numbers: np.ndarray, low: float, high: float) -> np.ndarray:
    """The cells of numbers: of equal width from low to high, the outermost without an end."""
    with np.errstate(over="ignore"):
        scaled = (numbers - low) * (CELLS / (high - low))
    return np.clip(scaled, 0, CELLS - 1, out=scaled).astype("int32")


def merged(parts: Sequence[Numbers], most: int = KEPT) -> Numbers:
    """The numbers of all parts, as if they had been counted together; `slack` says how much may be off.

    >>> halves = [Numbers.of(np.array([1.0, 2.0])), Numbers.of(np.array([2.0, 5.0]))]
    >>> merged(halves).upto.tolist()
    [1.0, 3.0, 4.0]
    """
    full = [part for part in parts if part.known]
    missing = sum(part.missing for part in parts)
    if not full:
        return Numbers(np.empty(0), np.empty(0), np.empty(0), missing)
    values = np.unique(np.concatenate([part.values for part in full]))
    below = sum(part.shares_below(values) * part.known for part in full)
    upto = sum(part.shares_upto(values) * part.known for part in full)
    slack = sum(part.slack + part.gap for part in full)
    between = float((below[1:] - upto[:-1]).max(initial=0).round(6))
    return Numbers(values, below.round(6), upto.round(6), missing, slack, between).kept(most)
