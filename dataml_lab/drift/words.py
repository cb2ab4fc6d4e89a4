"""How categories and texts are distributed, kept in little: the most frequent values, and the lengths of all."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.drift.numbers import KEPT, Numbers, merged

FEW_LEVELS = 50  # a column of so few values has categories, whatever its rows


class Words(NamedTuple):
    """The values of a column as text: rows for each of those kept, the rows of `others`, the rows that are `missing`,
    how many different values there are, and the `lengths` of all in characters."""

    counts: dict[str, int]
    lengths: Numbers
    missing: int = 0
    others: int = 0
    levels: int = 0

    @classmethod
    def of(cls, column: pd.Series, kept: int | None = KEPT) -> "Words":
        """The most frequent values, so many at most, or all.

        >>> Words.of(pd.Series(["tea", "tea", None, "rice"])).counts
        {'tea': 2, 'rice': 1}
        """
        rows = column.astype(object).map(str, na_action="ignore").value_counts() if mixed(column) else \
            column.value_counts()
        rows = rows[rows > 0]
        names = [str(name) for name in rows.index]
        found = cls(dict(zip(names, rows.tolist(), strict=True)),
                    Numbers.counted(np.array([len(name) for name in names], float), rows.to_numpy()),
                    int(column.isna().sum()), 0, len(names))
        return found if kept is None else found.kept(kept)

    @property
    def known(self) -> int:
        """The rows that have a value."""
        return sum(self.counts.values()) + self.others

    @property
    def rows(self) -> int:
        """All rows."""
        return self.known + self.missing

    @property
    def is_text(self) -> bool:
        """Whether values hardly repeat, or are too many to keep, as in descriptions and keys."""
        return bool(self.others) or self.levels > max(FEW_LEVELS, self.known / 2)

    def kept(self, most: int = KEPT) -> "Words":
        """With the most frequent values alone; of equally frequent ones the first by name."""
        order = sorted(self.counts.items(), key=lambda pair: (-pair[1], pair[0]))
        others = self.others + sum(count for _, count in order[most:])
        return self._replace(counts=dict(order[:most]), others=others, lengths=self.lengths.kept(most))


def mixed(column: pd.Series) -> bool:
    """Whether the values are Python objects, which needn't be text, or can't be counted as they are."""
    return column.dtype == object


def merged_words(parts: list[Words], most: int = KEPT) -> Words:
    """The words of all parts, as if they had been counted together; of values that a part didn't keep, the rows are
    among the others."""
    total: dict[str, int] = {}
    for part in parts:
        for name, count in part.counts.items():
            total[name] = total.get(name, 0) + count
    levels = max(len(total), *(part.levels for part in parts))
    return Words(total, merged([part.lengths for part in parts], most), sum(part.missing for part in parts),
                 sum(part.others for part in parts), levels).kept(most)


def aligned(reference: Words, current: Words) -> tuple[list[str], np.ndarray]:
    """The categories of both, and the rows of each as an array of two rows."""
    names = list({**reference.counts, **current.counts})
    return names, np.array([[one.counts.get(name, 0) for name in names] for one in (reference, current)], float)
