"""Tables for exercise `honest_estimate`: in each, one of a script's mistakes makes the claim far too high.

What decides is a weighted sum of a few columns, and the other columns are chance. Beside the AUC on new rows there is
an honest estimate from the rows themselves, and a world is fair if the two are close: then a claim far above both is
not luck.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.evaluation.classification import auc
from dataml_lab.leakage.contamination import more_ones

CHOSEN, NEIGHBOURS, FOLDS = 20, 40, 4
NEW = 500  # rows of the next quarter
HOLES, JITTER = 0.03, 0.08
LUCK = 0.1  # how far an honest estimate may be from what the model brings
KEYS = ["customer", "accepted"]


class Steps(NamedTuple):
    """How the model is made of rows; by default as the exercise asks for it."""

    choose: bool = True
    add_ones: bool = True
    ones_first: bool = False  # new 1s are made before medians, scale and choice
    with_new: bool = False  # medians and scale of all rows, those that are to be scored among them
    one_each: bool = False  # a single row of each customer


AS_ASKED = Steps()


@dataclass(frozen=True, eq=False)
class Table:
    """The rows to learn from, and those of the next quarter with what came of them."""

    what: str
    rows: pd.DataFrame
    new: pd.DataFrame
    came: np.ndarray

    def brings(self, scores: np.ndarray) -> float:
        """The AUC of scores of the new rows."""
        return auc(self.came, scores)

    @cached_property
    def once(self) -> pd.DataFrame:
        """The rows without copies."""
        return without_copies(self.rows)

    @cached_property
    def scores(self) -> np.ndarray:
        """The scores of the new rows by the model that is asked for."""
        return scores(self.once, self.new)

    @cached_property
    def honest(self) -> float:
        """An honest estimate of the AUC, from the rows alone."""
        return honest_claim(self.once)


def scores(rows: pd.DataFrame, new: pd.DataFrame, steps: Steps = AS_ASKED) -> np.ndarray:
    """The scores of new rows by a model that is made of these rows, in these steps."""
    if steps.one_each:
        rows = rows.drop_duplicates("customer")
    return fitted(values(rows), rows["accepted"].to_numpy(), values(new), steps)


def without_copies(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, each once, whatever its customer's number."""
    known = [row.tobytes() for row in rows.drop(columns="customer").to_numpy()]
    return rows[~pd.Series(known, rows.index).duplicated()]


def values(rows: pd.DataFrame) -> np.ndarray:
    """The columns that a model may use."""
    return rows.drop(columns=KEYS, errors="ignore").to_numpy()


def fitted(X: np.ndarray, y: np.ndarray, new: np.ndarray, steps: Steps = AS_ASKED) -> np.ndarray:
    """The probability of a 1 for each new row, by its neighbours among these rows."""
    seen = np.vstack([X, new]) if steps.with_new else X
    median = medians(seen)
    X, new, seen = (np.where(np.isnan(part), median, part) for part in (X, new, seen))
    if steps.ones_first:
        X, y = more_ones(X, y)
        seen = X
    X, new = ((part - seen.mean(axis=0)) / seen.std(axis=0) for part in (X, new))
    if steps.choose:
        best = np.sort(np.argsort(-strength(X, y), kind="stable")[:CHOSEN])
        X, new = X[:, best], new[:, best]
    if steps.add_ones and not steps.ones_first:
        X, y = more_ones(X, y)
    return nearest_share(X, y, new)


def medians(X: np.ndarray) -> np.ndarray:
    """The median of each column, without its holes."""
    ordered, known = np.sort(X, axis=0), (~np.isnan(X)).sum(axis=0)  # NaN comes last
    middle = [np.take_along_axis(ordered, place[None], axis=0)[0] for place in ((known - 1) // 2, known // 2)]
    return np.mean(middle, axis=0)


def strength(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """How much the mean of each column differs between 1s and 0s: its squared correlation with y, by which columns have
    the same order as by the F of an analysis of variance."""
    centred, labels = X - X.mean(axis=0), y - y.mean()
    return np.square(labels @ centred) / np.square(centred).sum(axis=0)


def nearest_share(X: np.ndarray, y: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The share of 1s among the nearest rows, each weighted by one over its distance; where a distance is 0, among
    those at 0."""
    from scipy.spatial.distance import cdist

    far = cdist(new, X)
    nearest = np.argpartition(far, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    distance = np.maximum(np.take_along_axis(far, nearest, axis=1), 1e-9)
    return (y[nearest] / distance).sum(axis=1) / (1 / distance).sum(axis=1)


def honest_claim(rows: pd.DataFrame, metric: Callable[[np.ndarray, np.ndarray], float] = auc) -> float:
    """The mean AUC over four folds of customers, of models that are made without the fold; or the mean of another
    metric of labels and scores."""
    X, y, fold = values(rows), rows["accepted"].to_numpy(), rows["customer"].to_numpy() % FOLDS
    return float(np.mean([metric(y[fold == held], fitted(X[fold != held], y[fold != held], X[fold == held]))
                          for held in range(FOLDS)]))


@dataclass(frozen=True)
class Tables:
    """Tables that differ in which mistake makes the claim too high."""

    wide: Table
    rare: Table
    loyal: Table
    moved: Table
    seed: int

    @property
    def all(self) -> list[Table]:
        """Every table."""
        return [self.wide, self.rare, self.loyal, self.moved]

    def is_fair(self) -> bool:
        """Whether honest estimates are close to what the models bring."""
        return all(abs(table.honest - table.brings(table.scores)) < LUCK for table in self.all)


class Plan(NamedTuple):
    """How a table is drawn: customers, columns, the weights of the first of them, the share of customers who accept,
    the rows of each customer, and the share of rows that are written once more under another number."""

    customers: int
    columns: int
    weights: tuple[float, ...]
    share: float = 0.5
    each: int = 1
    again: float = 0.0

    def rows(self, random: np.random.Generator, first: int, customers: int) -> pd.DataFrame:
        """Rows of so many customers, whose numbers begin with `first`, in random order."""
        X = random.normal(size=(customers, self.columns))
        y = accepted(random, X[:, :len(self.weights)] @ self.weights, self.share)
        who = np.repeat(random.permutation(customers), self.each)
        X = X[who] + random.normal(0, JITTER, (len(who), self.columns)) * (self.each > 1)
        X = np.where(random.random(X.shape) < HOLES, np.nan, (50 + 20 * X).round(2))
        table = pd.DataFrame(X, columns=[f"c{number:03d}" for number in range(self.columns)])
        return pd.concat([pd.Series(first + who, name="customer"), table, pd.Series(y[who], name="accepted")], axis=1)

    def table(self, random: np.random.Generator, what: str) -> Table:
        """A table that is drawn in this way, and rows of other customers."""
        rows = self.rows(random, 1_000, self.customers)
        copies = rows.iloc[:int(self.again * len(rows))].assign(customer=lambda table: table["customer"] + 2_000)
        rows = pd.concat([rows, copies]).iloc[random.permutation(len(rows) + len(copies))]
        new = self.rows(random, 5_000, NEW).drop_duplicates("customer")
        return Table(what, rows.reset_index(drop=True), new.drop(columns="accepted").reset_index(drop=True),
                     new["accepted"].to_numpy())


def accepted(random: np.random.Generator, signal: np.ndarray, share: float) -> np.ndarray:
    """Labels: 1 for exactly this share of customers, those with the largest sum of signal and chance."""
    order = np.argsort(-(signal + random.logistic(size=len(signal))))
    found = np.zeros(len(signal), int)
    found[order[:round(share * len(signal))]] = 1
    return found


PLANS = {
    "wide": (Plan(180, 360, (0.4,)), "a table of 180 customers and 360 columns"),
    "rare": (Plan(400, 24, (0.9, 0.9, 0.6), share=0.15), "a table in which 15% of customers accept"),
    "loyal": (Plan(200, 24, (0.9, 0.9, 0.6), each=3), "a table with three rows of each customer"),
    "moved": (Plan(240, 24, (0.9, 0.9, 0.6), again=0.8), "a table in which most rows stand under two numbers"),
}


def tables(seed: int) -> Tables:
    """The tables of a seed."""
    random = np.random.default_rng(seed)
    return Tables(**{name: plan.table(random, what) for name, (plan, what) in PLANS.items()}, seed=seed)
