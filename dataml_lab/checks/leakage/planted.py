"""Tables for exercise `suspects`, whose leaks and honest columns are planted: of each column it is known what it is.

A row asks a question at a moment, and its label is 0 or 1. Of a declared column the table says when each of its values
was written, and a value arrives some hours later. Values are planned by counts and quantiles, not drawn: so a column's
AUC hardly differs between seeds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from statistics import NormalDist
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

ROWS, ONES = 600, 150  # questions in a table, and those whose label is 1
LIMIT = 0.9  # of AUC: from there on an undeclared column is a suspect
REASONS = ("late", "averages", "missing", "tells")
DELAYS = (2, 6, 12)  # hours from the moment when a value is written to its arrival
NORMAL = NormalDist()
TEXT = "it is undeclared, and a text of {} values: on rows from which nothing was learned its AUC is low"
NUMBERS = ["balance", "visits", "rating", "basket", "distance", "tenure", "refunds", "credits", "age", "load", "pages",
           "margin", "minutes", "discount", "parcels", "weight"]
TEXTS = ["channel", "segment", "source", "area", "tariff", "badge", "device", "partner"]


class Column(NamedTuple):
    """A column: what it is, with its reason to be a suspect or an empty text, and the facts that make it so."""

    name: str
    reason: str
    why: str


@dataclass(frozen=True, eq=False)
class Table:
    """Questions with unique labels of rows, the arguments of a call, and what each column is."""

    what: str
    rows: pd.DataFrame
    label: str
    meta: Mapping[str, Any]
    columns: tuple[Column, ...]

    def of(self, reason: str) -> list[Column]:
        """The columns that are to be named for a reason."""
        return [column for column in self.columns if column.reason == reason]

    def why(self, name: str) -> str:
        """What a column is, in words."""
        known = {column.name: column.why for column in self.columns}
        return known.get(name, "it is the label" if name == self.label else "it holds moments, which are never named")

    def apart(self, found: Mapping[str, str]) -> dict[str, tuple[str, str, str]]:
        """The columns whose reason is another one than was found: found, needed, and what the column is."""
        truth = {column.name: column.reason for column in self.columns}
        names = [name for name in {**truth, **found} if found.get(name, "") != truth.get(name, "")]
        return {name: (found.get(name, ""), truth.get(name, ""), self.why(name)) for name in names}


@dataclass(frozen=True)
class Tables:
    """Two tables with leaks and honest columns, and one that has honest columns only."""

    first: Table
    second: Table
    honest: Table
    seed: int

    @cached_property
    def all(self) -> list[Table]:
        """Every table."""
        return [self.first, self.second, self.honest]


def tables(seed: int) -> Tables:
    """The tables of a seed."""
    make = partial(table, np.random.default_rng(seed))
    return Tables(
        first=make("questions with the label churned", "churned", [
            on_its_way, arrived_at_the_moment, gone_where_one, partial(ranked, 0.999, "tells"), code, average_of_towns,
            in_time, never_written, partial(ranked, 0.8, ""), identifier]),
        second=make("questions with the label returned", "returned", [
            telling_and_late, emptied, there_where_one, partial(ranked, 0.001, "tells"), word, gone_or_high,
            average_of_regions, average_of_offices, notice, sometimes_gone, partial(ranked, 0.2, "")]),
        honest=make("questions with the label paid_late", "paid_late", [
            in_time, notice, never_written, partial(ranked, 0.82, ""), sometimes_gone, last_year, year_before,
            identifier]),
        seed=seed)


class Draw(NamedTuple):
    """What a column is made from: the labels of the rows, and the moments of their questions."""

    random: np.random.Generator
    ones: np.ndarray
    asked: pd.DatetimeIndex

    def some(self, of_ones: float, of_zeros: float) -> np.ndarray:
        """Whether each row is among so large a share of the rows of its label; exact but for rounding."""
        chosen = np.zeros(ROWS, bool)
        for rows, share in ((self.ones, of_ones), (~self.ones, of_zeros)):
            places = self.random.permutation(np.flatnonzero(rows))
            chosen[places[:round(share * len(places))]] = True
        return chosen

    def numbers(self, auc: float = 0.5) -> np.ndarray:
        """Numbers that rank the labels with this AUC: quantiles of two normal distributions, dealt to the rows."""
        found = np.empty(ROWS)
        for rows, shift in ((self.ones, 2**0.5 * NORMAL.inv_cdf(auc)), (~self.ones, 0.0)):
            count = int(rows.sum())
            found[rows] = self.random.permutation([NORMAL.inv_cdf((n + 0.5) / count) + shift for n in range(count)])
        return (50 + 12 * found).round(2)

    def before(self) -> pd.DatetimeIndex:
        """Moments from an hour to sixty days before each question; in ten rows one second before it."""
        seconds = self.random.integers(3_600, 60 * 86_400, ROWS)
        seconds[self.random.choice(ROWS, 10, replace=False)] = 1
        return self.asked - pd.to_timedelta(seconds, unit="s")

    def after(self, most: int = 20 * 86_400) -> pd.DatetimeIndex:
        """Moments from a second to so many seconds after each question."""
        return self.asked + pd.to_timedelta(self.random.integers(1, most, ROWS), unit="s")


class Planted(NamedTuple):
    """The values of a column, what it is, and the moments when they arrive if it is declared; and the column that it is
    made from, if there is one."""

    values: Any
    reason: str
    why: str
    arrives: pd.DatetimeIndex | None = None
    of: "Planted | None" = None


def share(chosen: np.ndarray, ones: np.ndarray) -> str:
    """How many rows of each label are chosen, in words."""
    return f"{chosen[ones].sum()} of {ones.sum()} ones and {chosen[~ones].sum()} of {(~ones).sum()} zeros"


def late(draw: Draw, values: np.ndarray, chosen: np.ndarray, moments: pd.DatetimeIndex, why: str) -> Planted:
    """A declared column whose values arrive at these moments in the chosen rows, and in time in all others."""
    return Planted(values, "late", f"in {chosen.sum()} rows {why}", draw.before().where(~chosen, moments))


def on_its_way(draw: Draw) -> Planted:
    """Written before the question and arrived after it in a few rows, with values that say nothing of the label."""
    return late(draw, draw.numbers(), draw.some(0.03, 0.03), draw.after(min(DELAYS) * 3_600),
                "it was written before the question, and arrived after it")


def arrived_at_the_moment(draw: Draw) -> Planted:
    """Arrived at the very moment of the question in a few rows, and never later."""
    return late(draw, draw.numbers(), draw.some(0.02, 0.02), draw.asked,
                "it arrived at the very moment of the question, which isn't before it")


def telling_and_late(draw: Draw) -> Planted:
    """Arrived after the question where the label is 1, with values that tell it."""
    return late(draw, draw.numbers(0.98), draw.ones, draw.after(), "it arrived after the question")


def emptied(draw: Draw) -> Planted:
    """Its values arrived in time but for missing ones, which were emptied after the question."""
    chosen = draw.some(0.05, 0.05)
    return late(draw, np.where(chosen, np.nan, draw.numbers()), chosen, draw.after(),
                "it was emptied after the question: there its value is missing")


def in_time(draw: Draw) -> Planted:
    """Tells the label, and arrived in time."""
    return Planted(draw.numbers(0.98), "", "it is declared, and each value arrived before the question", draw.before())


def notice(draw: Draw) -> Planted:
    """A text that is there for ones only, and arrived in time."""
    texts = np.where(draw.some(0.96, 0.01), draw.random.choice(["by post", "by phone"], ROWS), None)
    return Planted(texts, "", "it is declared, and each text arrived before the question, or was never written",
                   draw.before().where(pd.notna(texts)))


def never_written(draw: Draw) -> Planted:
    """A declared column that has no value, and no moment, in many rows."""
    gone = draw.some(0.4, 0.4)
    return Planted(np.where(gone, np.nan, draw.numbers()), "",
                   f"it was never written in {gone.sum()} rows, and arrived before the question in all others",
                   draw.before().where(~gone))


def gone_where_one(draw: Draw) -> Planted:
    """A number that is missing for ones, with some exceptions, and with values that say nothing."""
    gone = draw.some(0.98, 0.05)
    return Planted(np.where(gone, np.nan, draw.numbers()), "missing", f"it is missing for {share(gone, draw.ones)}")


def there_where_one(draw: Draw) -> Planted:
    """A text that is missing for zeros, with some exceptions."""
    gone = draw.some(0.02, 0.95)
    texts = np.where(gone, None, draw.random.choice(["price", "moved", "service", "other"], ROWS))
    return Planted(texts, "missing", f"it is missing for {share(gone, draw.ones)}")


def sometimes_gone(draw: Draw) -> Planted:
    """A number that is missing for ones more often, but by far not always."""
    gone = draw.some(0.6, 0.16)
    return Planted(np.where(gone, np.nan, draw.numbers()), "",
                   f"it is undeclared, and missing for {share(gone, draw.ones)}: that is too little")


def ranked(auc: float, reason: str, draw: Draw) -> Planted:
    """A number that ranks the labels with this AUC."""
    more = "higher" if auc > 0.5 else "lower"
    return Planted(draw.numbers(auc), reason,
                   f"it is undeclared, and {more} for ones, with an AUC of {max(auc, 1 - auc):g} alone")


def code(draw: Draw) -> Planted:
    """A number that is a code: two of ten mean a one, with some exceptions."""
    telling, others = draw.random.choice([4, 5], ROWS), draw.random.choice([0, 1, 2, 3, 6, 7, 8, 9], ROWS)
    chosen = draw.some(0.98, 0.04)
    return Planted(np.where(chosen, telling, others), "tells",
                   f"it is undeclared, and a code: it is 4 or 5 for {share(chosen, draw.ones)}")


def word(draw: Draw) -> Planted:
    """A text of six words, of which two are there for ones only."""
    telling, others = draw.random.choice(["c", "d"], ROWS), draw.random.choice(list("abef"), ROWS)
    chosen = draw.some(0.97, 0.0)
    return Planted(np.where(chosen, telling, others), "tells",
                   f"it is undeclared, and 'c' or 'd' for {share(chosen, draw.ones)}")


def gone_or_high(draw: Draw) -> Planted:
    """A number that is missing or high for ones: only both together tell them."""
    gone = draw.some(0.62, 0.02)
    return Planted(np.where(gone, np.nan, draw.numbers(0.999)), "tells",
                   f"it is undeclared, missing for {share(gone, draw.ones)}, and high for most other ones: together "
                   "that tells the label")


def groups(draw: Draw, count: int, name: str) -> Planted:
    """A text with so many values, dealt evenly to the rows."""
    texts = np.array([f"{name}{number:02}" for number in range(count)])[draw.random.permutation(ROWS) % count]
    return Planted(texts, "", TEXT.format(count))


def average(draw: Draw, of: Planted) -> Planted:
    """The mean label of the rows with the same text."""
    means = pd.Series(draw.ones.astype(float)).groupby(of.values).transform("mean").to_numpy()
    count = len(np.unique(of.values))
    return Planted(means, "averages", f"it is undeclared, and the mean label of each of the {count} values of a text "
                   "column of the table", of=of)


def average_of_towns(draw: Draw) -> Planted:
    """The mean label of each of fifty towns."""
    return average(draw, groups(draw, 50, "town "))


def average_of_regions(draw: Draw) -> Planted:
    """The mean label of each of seven regions, which says little, rounded to three digits."""
    exact = average(draw, groups(draw, 7, "region "))
    return exact._replace(values=exact.values.round(3), why=f"{exact.why}, rounded")


def average_of_offices(draw: Draw) -> Planted:
    """The mean label of each of nine offices, in percent."""
    exact = average(draw, groups(draw, 9, "office "))
    return exact._replace(values=(100 * exact.values).round(1), why=f"{exact.why}, in percent")


def last_year(draw: Draw) -> Planted:
    """The share of ones of each of fifty towns in the year before: it goes with the labels, and isn't made of them."""
    town = np.argsort(np.argsort(draw.numbers(0.7))) // (ROWS // 50)  # those with many ones have a high number
    shares = np.sort(draw.random.uniform(0.05, 0.5, 50)).round(3)
    names = np.array([f"town {number:02}" for number in draw.random.permutation(50)])
    return Planted(shares[town], "", "it is undeclared, and one number for each of the 50 values of a text column: "
                   "these aren't the mean labels of this table", of=Planted(names[town], "", TEXT.format(50)))


def year_before(draw: Draw) -> Planted:
    """The share of ones of each of twelve markets in the year before: near the mean label of its rows, and never it.

    The markets have 50 rows and from 2 to 23 ones. The two years differ by 0.005 to 0.02, so that they correlate by
    more than 0.995, and the mean label isn't within 0.001 of a share.
    """
    ones = np.linspace(2, 23, 12).round().astype(int)
    market = np.empty(ROWS, int)
    for rows, counts in ((draw.ones, ones), (~draw.ones, ROWS // 12 - ones)):
        market[rows] = draw.random.permutation(np.repeat(np.arange(12), counts))
    change = draw.random.permutation(np.repeat([-1, 1], 6)) * draw.random.permutation(np.linspace(0.005, 0.016, 12))
    names = np.array([f"market {number:02}" for number in draw.random.permutation(12)])
    return Planted((ones / (ROWS // 12) + change).round(3)[market], "",
                   "it is undeclared, and for each of the 12 values of a text column it differs from the mean label by "
                   "0.005 or more, however well the two correlate", of=Planted(names[market], "", TEXT.format(12)))


def identifier(draw: Draw) -> Planted:
    """A text that no two rows share."""
    texts = np.array([f"C{number}" for number in 10_000 + draw.random.permutation(ROWS)])
    return Planted(texts, "", "it is undeclared, and a text that no two rows share: on rows from which nothing was "
                   "learned its AUC is 0.5")


def table(random: np.random.Generator, what: str, label: str, plan: list[Callable[[Draw], Planted]]) -> Table:
    """A table with the columns of a plan, in no order, under names that don't tell what they are."""
    asked = pd.Timestamp("2025-03-03", tz="UTC") + pd.to_timedelta(random.integers(0, 90 * 86_400, ROWS), unit="s")
    draw = Draw(random, random.permutation(ROWS) < ONES, asked.as_unit("us"))
    planted = [column for make in plan for made in [make(draw)] for column in (made, made.of) if column]
    pools = {kind: iter(random.permutation(names).tolist()) for kind, names in ((True, NUMBERS), (False, TEXTS))}
    named = {next(pools[column.values.dtype.kind in "fi"]): column for column in planted}
    delays = {name: pd.Timedelta(hours=int(random.choice(DELAYS))) for name, column in named.items()
              if column.arrives is not None}
    data = {label: draw.ones.astype(int), "asked_at": draw.asked}
    data |= {name: column.values for name, column in named.items()}
    data |= {f"{name}_at": named[name].arrives - delay for name, delay in delays.items()}
    rows = pd.DataFrame(data, index=random.permutation(ROWS) + 4_000)
    return Table(f"{ROWS} {what}", rows[random.permutation(list(data)).tolist()], label,
                 {"asked": "asked_at", "written": {name: f"{name}_at" for name in delays}, "delay": delays},
                 tuple(Column(name, column.reason, told(column.why, delays.get(name)))
                       for name, column in named.items()))


def told(why: str, delay: pd.Timedelta | None) -> str:
    """What a column is, with the hours that its values take, if it is declared."""
    return why if delay is None else f"{why}; a value takes {delay / pd.Timedelta(hours=1):g} hours to arrive"
