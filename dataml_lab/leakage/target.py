"""Columns written when the outcome was known: what is too strong, judged by what the other columns know.

The columns are taken from the weakest to the strongest. Each is held against all weaker ones that are not suspected,
together: so one strong suspect hides none of the others, and a column that is as strong as its honest neighbours
together is not suspected for it.
"""

from collections.abc import Container, Hashable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from dataml_lab.leakage.coded import Coded
from dataml_lab.leakage.power import Counts, Label, Together, correlation, error_alone
from dataml_lab.leakage.report import Finding

NEARLY_ALL = 0.01  # of the label left to know: an AUC of .995
NEARLY_MISSING = 0.1  # an AUC of .95 of whether a value is missing
VERY_LITTLE = 0.06  # an AUC of .97
LITTLE = 0.3  # an AUC of .85
ALONE = 0.25  # of the error of the weaker columns together: a suspect
RATHER_ALONE = 1 / 3  # a check
HALF = 1 / 2  # a suspect, if it knows of the other columns nothing but the label
MANY = 400  # rows from which on strength alone makes a suspect
EXPECTED = 15  # rows of the other classes that a level must be expected to have, of which it has hardly any
EXCEPTIONS, OF_THE_RARER = 0.02, 0.05  # of these rows it may have; where it is of a class of half the rows or fewer
COVERED = 0.4  # of its class
MAY_BE = "It may be honest. Find out whether it is written before the moment of the row."
REBUILD = "Find out when it is written. Rebuild it as of the moment of the row, or leave it out."


class Pure(NamedTuple):
    """A level whose rows (or all others: `inside` is False) are of one class: of it the share that they cover."""

    level: int
    inside: bool
    of_class: str
    rows: int
    wrong: int
    covered: float
    share: float

    def told(self, column: Coded) -> str:
        """The level in words."""
        if self.level == 0:
            where = "Where it is missing" if self.inside else "Where it has a value"
        else:
            where = f"Where it is {'' if self.inside else 'not '}{column.told(self.level)}"
        but = f"but for {self.wrong:,}" if self.wrong else "without exception"
        return (f"{where} ({self.rows:,} rows), the label is {self.of_class} {but}: {self.covered:.0%} of all such "
                "labels.")


def written_after(coded: Sequence[Coded], counts: Sequence[Counts], label: Label, together: Together,
                  in_time: Container[Hashable] = (), late: Container[Hashable] = ()) -> list[Finding]:
    """The columns that know too much of the label, each with what speaks for it.

    Those known to be in time are trusted, and those known to be late are left out.
    """
    errors = [min(error_alone(count, label), error_of_line(column, label))
              for column, count in zip(coded, counts, strict=True)]
    trusted = [place for place, column in enumerate(coded) if column.name in in_time]
    apart = {*trusted, *(place for place, column in enumerate(coded) if column.name in late)}
    found = []
    for place in (place for place in np.argsort(-np.array(errors), kind="stable").tolist() if place not in apart):
        finding = judged(place, errors[place], coded[place], counts[place], label, together, trusted)
        if finding is None or finding.grade == "check":
            trusted.append(place)
        found += [finding] if finding else []
    return found


def error_of_line(column: Coded, label: Label) -> float:
    """What a straight line leaves to know of a number, which levels of many rows know less finely; 1 for classes."""
    if not label.is_number or not column.ordered or column.missing.any():
        return 1.0
    return 1 - correlation(column.values, label.matrix[:, 0]) ** 2


def judged(place: int, error: float, column: Coded, counts: Counts, label: Label, together: Together,
           trusted: list[int]) -> Finding | None:
    """What a column is suspected of beside the trusted ones, if of anything."""
    pure = purest(counts, label, column)
    gone = error_of_missing(counts, label)
    if error > LITTLE and pure is None and gone > LITTLE:
        return None
    others = together.error(trusted)
    if pure and (pure.level == 0 or gain(together, trusted, place, others) <= (0.75 if pure.share <= 0.5 else 0.5)):
        return Finding("suspect", column.name, "missingness" if pure.level == 0 else "target", 1 - error,
                       pure.told(column), REBUILD)
    if gone <= NEARLY_MISSING:
        return Finding("suspect", column.name, "missingness", 1 - gone,
                       f"Whether it is missing gives {label.told(gone)} alone.", REBUILD)
    return strong(place, error, others, column, label, together, trusted)


def error_of_missing(counts: Counts, label: Label) -> float:
    """What is left to know of the label if of the column only whether it is missing is known; 1 for a number."""
    if label.is_number or not 0 < counts.rows[0].sum() < counts.rows.sum():
        return 1.0
    hits, totals = counts.sums[0].sum(axis=0), counts.sums.sum(axis=(0, 1))
    of_rest = (counts.rows[0].sum() - hits) / (counts.rows.sum() - totals)
    return float(1 - np.average(np.abs(hits / totals - of_rest), weights=totals))


def strong(place: int, error: float, others: float, column: Coded, label: Label, together: Together,
           trusted: list[int]) -> Finding | None:
    """A column that knows nearly all, or much more than the weaker ones together: a suspect, or to be checked."""
    many, apart = len(label.part) >= MANY, others >= VERY_LITTLE
    child = many and error <= VERY_LITTLE and knows_only_the_label(place, label, together, trusted)
    text = f"Alone it gives {label.told(error)}, all weaker columns together {label.told(others)}."
    if (child and (error <= NEARLY_ALL or (apart and error <= HALF * others))) or (
            many and apart and error <= min(NEARLY_ALL, ALONE * others)):
        more = " Given the label it knows nothing of the other columns." if child else ""
        return Finding("suspect", column.name, "target", 1 - error, text + more, REBUILD)
    alone = apart and error <= min(LITTLE, RATHER_ALONE * others)
    return Finding("check", column.name, "target", 1 - error, text, MAY_BE) if child or alone else None


def gain(together: Together, trusted: list[int], place: int, others: float) -> float:
    """Of what the trusted columns leave to know, the share that is left with this one besides."""
    return together.error([*trusted, place]) / max(others, 1e-12)


def purest(counts: Counts, label: Label, column: Coded) -> Pure | None:
    """The level, or the rows outside a level, that are of one class as good as without exception, and cover most."""
    if label.is_number:
        return None
    rows, hits = counts.rows.sum(axis=1)[:, None], counts.sums.sum(axis=1)
    names = [str(one) for one in label.classes]
    if hits.shape[1] == 1:
        hits = np.column_stack([hits, rows - hits])
    sides = [(True, rows, hits), (False, rows.sum() - rows, hits.sum(axis=0) - hits)]
    found = [pure for inside, of_side, hits_of in sides
             for pure in pure_side(of_side, hits_of, hits.sum(axis=0), column.single, names, inside)
             if not (inside and column.ordered and like_neighbours(rows[:, 0], hits[:, names.index(pure.of_class)],
                                                                   pure.level))]
    return max(found, key=lambda pure: (round(pure.covered, 3), pure.level == 0, -names.index(pure.of_class)),
               default=None)


def pure_side(rows: np.ndarray, hits: np.ndarray, totals: np.ndarray, single: np.ndarray, names: list[str],
              inside: bool) -> list[Pure]:
    """The levels (or what is outside of each) that are pure, from rows and hits of each class in them."""
    share = totals / totals.sum()
    expected, covered = rows * (1 - share), hits / np.maximum(totals, 1)
    most = np.where(share <= 0.5, OF_THE_RARER, EXCEPTIONS) * expected
    pure = (expected >= EXPECTED) & (rows - hits <= most) & (covered >= COVERED) & single[:, None]
    return [Pure(int(level), inside, names[place], int(rows[level, 0]), int((rows - hits)[level, place]),
                 float(covered[level, place]), float(share[place])) for level, place in np.argwhere(pure)]


def like_neighbours(rows: np.ndarray, hits: np.ndarray, level: int) -> bool:
    """Whether the levels next to one, in a column with an order, are of its class as well: it is no value apart."""
    near = [place for place in (level - 1, level + 1) if level and 0 < place < len(rows)]
    return bool(near) and hits[near].sum() >= 0.95 * rows[near].sum() > 0


def knows_only_the_label(place: int, label: Label, together: Together, trusted: list[int]) -> bool:
    """Whether the column goes with what the trusted ones say of the label, but within a label not at all.

    What is written from the outcome has this mark. A cause has not: it goes with the other columns within a label,
    or without regard to it does not.
    """
    if not trusted:
        return False
    own, score = rankdata(together.guess([place])[:, 0]), rankdata(together.guess(trusted)[:, 0])
    strata = strata_of(label)
    within = correlation(own - means_in(strata, own), score - means_in(strata, score))
    noise = max(2.5 / np.sqrt(len(own)), 0.1 * abs(correlation(own, score)))
    return abs(within) <= noise and abs(correlation(own, score)) >= 2 * noise


def strata_of(label: Label) -> np.ndarray:
    """For each modelled row its class, or the stretch of ten rows next to each other by number, as a whole number."""
    truth = label.matrix[label.modelled]
    if label.is_number:
        return (rankdata(truth[:, 0]) / 10).astype(int)
    return np.where(truth.any(axis=1), truth.argmax(axis=1) + 1, 0)


def means_in(strata: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each row the mean of the values in its stratum."""
    return (np.bincount(strata, values) / np.maximum(np.bincount(strata), 1))[strata]
