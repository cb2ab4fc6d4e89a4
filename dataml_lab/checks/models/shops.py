"""Shops that look for a model, and tables of their customers, drawn from a rule that is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

ASKED = 1_200  # rows to be predicted
FEW, MANY = 60, 1_000  # rows to fit
Drawn = tuple[pd.DataFrame, pd.Series]


class Shop(NamedTuple):
    """What a shop says of itself, rows to fit with their labels, and rows to be predicted with theirs; `best` is the
    AUC there of what knows the rule."""

    brief: dict[str, Any]
    X: pd.DataFrame
    y: pd.Series
    asked: pd.DataFrame
    truth: np.ndarray
    best: float

    def reached(self, probability: np.ndarray) -> float:
        """How much of the way from an AUC of 0.5 to the best one a prediction reaches."""
        return (auc(self.truth, probability) - 0.5) / (self.best - 0.5)


@dataclass(frozen=True)
class Shops:
    """Four shops that have few rows each, and one of each other kind."""

    few_rows: tuple[Shop, ...]
    interactions: Shop
    holes: Shop
    by_hand: Shop
    seed: int

    @property
    def all(self) -> list[Shop]:
        """All shops."""
        return [*self.few_rows, self.interactions, self.holes, self.by_hand]


def auc(truth: np.ndarray, prediction: np.ndarray) -> float:
    """The share of the pairs, a 1 and a 0, that are in the right order; a tie is half a pair.

    >>> float(auc(np.array([1, 0, 1, 0]), np.array([0.9, 0.1, 0.4, 0.4])))
    0.875
    """
    ones = truth == 1
    pairs = ones.sum() * (~ones).sum()
    return float((rankdata(prediction)[ones].sum() - ones.sum() * (ones.sum() + 1) / 2) / pairs)


def shops(seed: int) -> Shops:
    """Seven shops."""
    random = np.random.default_rng(seed)
    few = tuple(shop(random, few_rows, FEW) for _ in range(4))
    return Shops(few, shop(random, interactions, MANY), shop(random, holes, MANY),
                 shop(random, by_hand, MANY, by_hand=True), seed)


def shop(random: np.random.Generator, draw: Callable[[np.random.Generator, int], Drawn], rows: int,
         by_hand: bool = False) -> Shop:
    """A shop with a table of this rule."""
    X, log_odds = draw(random, rows + ASKED)
    X = X[random.permutation(X.columns)]
    probability = (1 / (1 + np.exp(-log_odds))).to_numpy()
    y = pd.Series((random.random(len(X)) < probability) * 1, name="orders_next_week")
    brief = {"rows": rows, "columns": X.shape[1], "missing": round(float(X[:rows].isna().mean().mean()), 2),
             "by_hand": by_hand}
    return Shop(brief, X[:rows], y[:rows], X[rows:].reset_index(drop=True), y[rows:].to_numpy(),
                auc(y[rows:].to_numpy(), probability[rows:]))


def customers(random: np.random.Generator, n: int) -> pd.DataFrame:
    """Ten columns that have nothing to do with each other."""
    return pd.DataFrame({
        "orders_30d": random.poisson(2, n), "visits_7d": random.poisson(4, n),
        "days_since_last": random.uniform(0, 60, n).round(1), "mean_total": random.gamma(4, 12, n).round(2),
        "discount": random.integers(0, 31, n), "basket_items": random.poisson(3, n),
        "hour": random.integers(0, 24, n), "tickets_90d": random.poisson(1, n),
        "age": random.integers(18, 80, n), "letters_read": random.binomial(10, 0.4, n)}).astype(float)


def standard(column: pd.Series) -> pd.Series:
    """The column with mean 0 and standard deviation 1."""
    return (column - column.mean()) / column.std()


def few_rows(random: np.random.Generator, n: int) -> Drawn:
    """Each column counts by a weight of the same size, up or down."""
    X, signs = customers(random, n), random.choice([-1, 1], 10)
    return X, sum(sign * standard(X[name]) for sign, name in zip(signs, X, strict=True))


def interactions(random: np.random.Generator, n: int) -> Drawn:
    """Whether a discount speaks for an order depends on how long the customer was away, and whether a late hour does,
    on the customer's age."""
    X = customers(random, n)
    away, older = np.where(X["days_since_last"] > 26, 1, -1), np.where(X["age"] > 42, 1, -1)
    return X, 2.2 * away * standard(X["discount"]) + 2.2 * older * standard(X["hour"])


def holes(random: np.random.Generator, n: int) -> Drawn:
    """Without tickets (none known) a customer is content; without letters (none sent) a customer is new, and orders."""
    X = customers(random, n)
    without, new = random.random(n) < 0.4, random.random(n) < 0.4
    log_odds = (0.5 * standard(X["hour"]) + np.where(without, -2.0, 0.8 * standard(X["tickets_90d"]))
                + np.where(new, 2.0, 0.8 * standard(X["letters_read"])))
    return X.assign(tickets_90d=X["tickets_90d"].mask(without), letters_read=X["letters_read"].mask(new)), log_odds


def by_hand(random: np.random.Generator, n: int) -> Drawn:
    """Three columns decide most, and four others a little."""
    X = customers(random, n)
    weights = {"orders_30d": 1.6, "days_since_last": -1.3, "tickets_90d": -0.9, "visits_7d": 0.2, "age": 0.15,
               "mean_total": 0.2, "hour": 0.15}
    return X, sum(weight * standard(X[name]) for name, weight in weights.items())
