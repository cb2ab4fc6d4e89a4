"""Columns and lists whose metrics are planned: what exercise `four_metrics` asks, and what some mistakes return."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

CATEGORIES = ("books", "games", "garden", "toys", "tools")
Table = Mapping[tuple[str, str | None], int]  # for a true and a predicted label the number of rows
APART = 0.01  # between what is right and what comes out of neighbouring rows
Day = Sequence[tuple[float, int, int]]  # scores, each with how many rows of 1 and of 0 have it


class Case(NamedTuple):
    """What a function is asked, in words and as it gets it; what is right; and what some mistakes return, in words."""

    function: str
    what: str
    asked: tuple[Any, ...]
    right: float
    instead: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Cases:
    """Cases with one matter in each. `mixed` has everything at once, and what is right for it isn't known."""

    alike: list[Case]
    never: list[Case]
    no_class: list[Case]
    days: list[Case]
    ties: list[Case]
    pairs: list[Case]
    at_most: list[Case]
    zeros: list[Case]
    relevant: list[Case]
    repeated: list[Case]
    mixed: list[Case]
    seed: int

    @property
    def planned(self) -> list[Case]:
        """All cases for which it is known what is right."""
        return [case for kind in KINDS for case in getattr(self, kind.__name__)]


def cases(seed: int) -> Cases:
    """The cases of a seed."""
    random = np.random.default_rng(seed)
    return Cases(*(list(kind(random)) for kind in KINDS), list(mixed(random)), seed)


def f1_of(table: Table, label: str) -> float:
    """The F1 of a label: twice its hits, divided by the sum of the rows that have it and those that get it."""
    return 2 * table.get((label, label), 0) / sum(rows * pair.count(label) for pair, rows in table.items())


def mean(numbers: Iterable[float]) -> float:
    """Their mean."""
    numbers = list(numbers)
    return sum(numbers) / len(numbers)


def labels(random: np.random.Generator, what: str, table: Table, instead: Mapping[str, float]) -> Case:
    """A case of macro_f1, with so many rows of each pair of labels, in no order."""
    rows = [pair for pair, count in table.items() for _ in range(count)]
    truth, predicted = zip(*(rows[place] for place in random.permutation(len(rows))), strict=True)
    classes = {label for label, _ in table}
    right = mean(f1_of(table, label) for label in classes)
    return Case("macro_f1", what, (list(truth), list(predicted)), right, tuple(instead.items()))


def alike(random: np.random.Generator) -> Iterator[Case]:
    """Three classes of which one has most of the rows."""
    a, b, c = random.choice(CATEGORIES, 3, replace=False).tolist()
    more = int(random.integers(4))
    table = {(a, a): 12 + more, (a, b): 2, (b, b): 3, (b, a): 4, (c, c): 1, (c, b): 2}
    rows = sum(table.values())
    precisions = [hits / sum(count for (_, got), count in table.items() if got == label) for label, hits in
                  ((a, 12 + more), (b, 3), (c, 1))]
    recalls = [(12 + more) / (14 + more), 3 / 7, 1 / 3]
    yield labels(random, f"{rows} rows of three classes", table, {
        "if all rows count the same, which is the accuracy": (16 + more) / rows,
        "if classes are weighted by their rows": (f1_of(table, a) * (14 + more) + f1_of(table, b) * 7
                                                  + f1_of(table, c) * 3) / rows,
        "if F1 is taken of the mean precision and the mean recall":
            2 * mean(precisions) * mean(recalls) / (mean(precisions) + mean(recalls))})


def never(random: np.random.Generator) -> Iterator[Case]:
    """A class that is never predicted."""
    a, b, c = random.choice(CATEGORIES, 3, replace=False).tolist()
    table = {(a, a): 8 + int(random.integers(4)), (a, b): 2, (b, b): 4, (b, a): 1, (c, a): 2, (c, b): 1}
    yield labels(random, f"three rows of {c}, which is never predicted, among others", table,
                 {f"if {c} is left out of the mean": mean([f1_of(table, a), f1_of(table, b)])})


def no_class(random: np.random.Generator) -> Iterator[Case]:
    """A label that is predicted and never true; and no label at all, None, in some rows."""
    a, b, other = random.choice(CATEGORIES, 3, replace=False).tolist()
    both = [(a, a, 6 + int(random.integers(4))), (b, b, 4), (b, a, 1)]
    table = {(true, got): rows for true, got, rows in [*both, (b, other, 2)]}
    yield labels(random, f"predictions of {other}, which is never true", table,
                 {f"if {other} is a class with an F1 of 0": (f1_of(table, a) + f1_of(table, b)) / 3})
    table = {(true, got): rows for true, got, rows in [*both, (a, None, 3)]}
    without = {pair: rows for pair, rows in table.items() if None not in pair}
    yield labels(random, "rows for which None is predicted", table, {
        "if these rows are left out": mean([f1_of(without, a), f1_of(without, b)]),
        "if None is a class with an F1 of 0": (f1_of(table, a) + f1_of(table, b)) / 3})


def halves(day: Day) -> tuple[float, float, int]:
    """Of the pairs of a row of 1 and a row of 0, how many are in the right order, how many tied, and all."""
    right = sum(ones * zeros for high, ones, _ in day for low, _, zeros in day if low < high)
    tied = sum(ones * zeros for high, ones, _ in day for low, _, zeros in day if low == high)
    return right, tied, sum(ones for _, ones, _ in day) * sum(zeros for _, _, zeros in day)


def share(days: Iterable[Day]) -> float:
    """Of the pairs of all days, the share in the right order, where a tie is half a pair; NaN without pairs."""
    right, tied, every = np.sum([halves(day) for day in days], axis=0)
    return float((right + tied / 2) / every) if every else math.nan


def of_runs(rows: Iterable[tuple[int, float, str]]) -> float:
    """The share where only neighbouring rows of a day are compared, each a label, a score and a day."""
    return share([(score, label, 1 - label) for label, score, _ in run] for _, run in groupby(rows, lambda row: row[2]))


def scored(random: np.random.Generator, what: str, days: Mapping[str, Day], instead: Mapping[str, float]) -> Case:
    """A case of auc_within_days, with so many rows of each score and label on each day. Its days are mixed, such that
    another number comes out if only neighbouring rows are compared."""
    rows = [(label, score, day) for day, levels in days.items() for score, ones, zeros in levels
            for label in [1] * ones + [0] * zeros]
    value, order = share(days.values()), random.permutation(len(rows))
    if len(days) > 1 and not math.isnan(value):
        while not abs((runs := of_runs(rows[place] for place in order)) - value) > APART:
            order = random.permutation(len(rows))
        instead = {**instead, "if only neighbouring rows of a day are compared: rows of a day may lie apart": runs}
    columns = zip(*(rows[place] for place in order), strict=True)
    return Case("auc_within_days", what, tuple(map(list, columns)), value, tuple(instead.items()))


def levels(random: np.random.Generator, rows: Sequence[tuple[int, int]], low: int) -> Day:
    """Scores that rise from `low` hundredths on, each with these rows of 1 and of 0."""
    steps = low + np.cumsum(random.integers(1, 4, len(rows)))
    return [(float(step) / 100, *pair) for step, pair in zip(steps, rows, strict=True)]


def days(random: np.random.Generator) -> Iterator[Case]:
    """Three days with six pairs each, on the last of which all scores are higher."""
    found = {"Monday": levels(random, [(0, 2), (1, 0), (0, 1), (1, 0)], 1),
             "Tuesday": levels(random, [(0, 1), (1, 0), (0, 1), (2, 0)], 30),
             "Sunday": levels(random, [(0, 4), (1, 0), (0, 2)], 60)}
    right, tied, every = halves([level for day in found.values() for level in day])
    yield scored(random, "rows of three days, on each of which scores have another level", found,
                 {"if rows of different days are compared, too": (right + tied / 2) / every})


def ties(random: np.random.Generator) -> Iterator[Case]:
    """A day on which rows of 1 and of 0 have the same score."""
    day = levels(random, [(0, 3), (1, 2), (2, 0), (0, 1), (2, 2), (1, 0)], 20)
    right, tied, every = halves(day)
    yield scored(random, "one day with ties", {"Monday": day},
                 {"if a tie counts as a pair in the wrong order": right / every,
                  "if a tie counts as a pair in the right order": (right + tied) / every,
                  "if ties are left out of the pairs": right / (every - tied)})


def pairs(random: np.random.Generator) -> Iterator[Case]:
    """Days of which one has one pair, another twenty, and a third none; and days without a pair."""
    found = {"Monday": levels(random, [(0, 1), (1, 0)], 10),
             "Tuesday": levels(random, [(0, 2), (2, 0), (0, 2), (2, 0), (0, 1)], 20),
             "Sunday": levels(random, [(0, 2), (0, 1)], 15)}
    small, large = halves(found["Monday"]), halves(found["Tuesday"])
    yield scored(random, "a day with one pair, one with twenty, and one with none", found,
                 {"if the AUC of days is averaged": mean([small[0] / small[2], large[0] / large[2]]),
                  "if the AUC of days is averaged, and a day without a pair has 0.5":
                      mean([small[0] / small[2], large[0] / large[2], 0.5])})
    yield scored(random, "rows of 1 on one day, and of 0 on another", {
        "Monday": levels(random, [(1, 0), (2, 0)], 10), "Tuesday": levels(random, [(0, 1), (0, 2)], 10)}, {})


def numbers(what: str, rows: Sequence[tuple[float, float, float]], instead: Mapping[str, float]) -> Case:
    """A case of capped_mape: each row is a truth, a prediction, and its error; NaN for a row that is left out."""
    truth, predicted, errors = (list(map(float, column)) for column in zip(*rows, strict=True))
    right = mean(error for error in errors if not math.isnan(error))
    return Case("capped_mape", what, (truth, predicted), right, tuple(instead.items()))


def at_most(random: np.random.Generator) -> Iterator[Case]:
    """Errors larger than the truth; and a truth below 0."""
    ten = 10 * int(random.integers(2, 9))
    yield numbers("a prediction of five times the truth, among others",
                  [(ten, 1.1 * ten, 0.1), (ten, 5 * ten, 1), (2 * ten, 1.5 * ten, 0.25), (4 * ten, 4 * ten, 0)],
                  {"if errors above 1 aren't cut": (0.1 + 4 + 0.25) / 4, "if the mean is cut, not each error": 1,
                   "if errors are divided by what was predicted": (0.1 / 1.1 + 0.8 + 1 / 3) / 4,
                   "if errors above 1 are left out": 0.35 / 3})
    yield numbers("refunds, whose truth is below 0",
                  [(-ten, -0.8 * ten, 0.2), (ten, 0.5 * ten, 0.5), (-ten, ten / 5, 1)],
                  {"if errors are divided by the truth with its sign": (-0.2 + 0.5 - 1.2) / 3})


def zeros(random: np.random.Generator) -> Iterator[Case]:
    """A truth of 0, predicted and missed; and a truth that isn't known."""
    ten = 10 * int(random.integers(2, 9))
    yield numbers("two rows whose truth is 0, one of them predicted as 0",
                  [(ten, 0.9 * ten, 0.1), (0, 0, 0), (0, ten, 1), (ten, 1.3 * ten, 0.3), (ten, ten, 0)],
                  {"if rows with a truth of 0 are left out": 0.4 / 3, "if the row of 0 and 0 is left out": 1.4 / 4,
                   "if both count as 1": 2.4 / 5, "if both count as 0": 0.4 / 5})
    yield numbers("a row whose truth isn't known, among others",
                  [(ten, 0.8 * ten, 0.2), (math.nan, ten, math.nan), (2 * ten, 1.2 * ten, 0.4)],
                  {"if that row counts as an error of 0": 0.6 / 3, "if that row counts as an error of 1": 1.6 / 3})


def products(random: np.random.Generator, count: int) -> list[int]:
    """So many different products."""
    return random.choice(np.arange(100, 999), count, replace=False).tolist()


def relevant(random: np.random.Generator) -> Iterator[Case]:
    """Two of four relevant products are shown; the list is shorter than they are many; none is shown; none is
    relevant."""
    a, b, c, d, *others = products(random, 8)
    yield Case("average_precision", "a list that shows two of four relevant products",
               ([others[0], a, others[1], others[2], b], {a, b, c, d}), (1 / 2 + 2 / 5) / 4,
               (("if the sum is divided by the relevant products that are shown", (1 / 2 + 2 / 5) / 2),
                ("if the sum is divided by the length of the list", (1 / 2 + 2 / 5) / 5)))
    yield Case("average_precision", "a list of two, and four relevant products", ([others[0], a], {a, b, c, d}), 1 / 8,
               (("if the sum is divided by the places that there are", 1 / 4),))
    yield Case("average_precision", "an empty list, and two relevant products", ([], {a, b}), 0.0)
    yield Case("average_precision", "a list of three, and no relevant product", ([a, b, c], set()), 0.0)


def repeated(random: np.random.Generator) -> Iterator[Case]:
    """A product is shown in two places, before another relevant one."""
    a, b, c, other = products(random, 4)
    yield Case("average_precision", "a list that shows a relevant product twice", ([a, other, a, b], {a, b, c}),
               (1 + 2 / 4) / 3, (("if the second time is a hit as well", (1 + 2 / 3 + 3 / 4) / 3),
                                 ("if the second time takes no place", (1 + 2 / 3) / 3),
                                 ("if the second time counts instead of the first", (1 / 3 + 2 / 4) / 3),
                                 ("if only the precision counts the second time", (1 + 3 / 4) / 3)))


KINDS = (alike, never, no_class, days, ties, pairs, at_most, zeros, relevant, repeated)


def mixed(random: np.random.Generator) -> Iterator[Case]:
    """Columns of 200 rows, and a list of 30 products, with all of these at once."""
    truth = random.choice([*CATEGORIES[:3], *CATEGORIES], 200)
    predicted = np.where(random.random(200) < 0.5, truth, random.choice([*CATEGORIES[:4], "other", None], 200))
    scores = random.integers(0, 30, 200) / 10
    amounts = random.integers(-3, 12, 200) * 1.0
    guesses = amounts + random.integers(-4, 5, 200)
    amounts[random.random(200) < 0.1] = np.nan
    shown = random.integers(100, 130, 30).tolist()
    asked = {"macro_f1": (truth.tolist(), predicted.tolist()),
             "auc_within_days": ((random.random(200) < 0.3).astype(int).tolist(), scores.tolist(),
                                 random.choice(["Monday", "Tuesday", "Sunday"], 200).tolist()),
             "capped_mape": (amounts.tolist(), guesses.tolist()),
             "average_precision": (shown, {*shown[::3], *range(130, 134)})}
    for function, given in asked.items():
        size = "a list of 30 products" if function == "average_precision" else "200 rows"
        yield Case(function, f"{size} with all of this at once, compared with slow and obvious sums", given, math.nan)
