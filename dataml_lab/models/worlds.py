"""Worlds to try models in: tables of a shop, drawn from a seed, with the best score that any model can reach.

Each table is drawn from a rule that is written here: the probability of a label, or the mean of a number, given the
columns. What knows the rule predicts as well as can be predicted; what remains is chance. So a score can be compared
with the best one possible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

Metric = Literal["AUC", "R²"]
TEST_ROWS = 3_000


@dataclass(frozen=True)
class World:
    """Rows to train a model on, rows to test it with, and the score on the test of what knows the rule."""

    name: str
    about: str
    metric: Metric
    X_train: pd.DataFrame
    y_train: pd.Series
    X_test: pd.DataFrame
    y_test: pd.Series
    best: float

    def score(self, model: Any) -> float:
        """The score of a fitted model on the test: its AUC where the label is 0 or 1, else its R²."""
        return score(self.metric, self.y_test, predicted(model, self.X_test, self.metric))


def predicted(model: Any, X: pd.DataFrame, metric: Metric) -> np.ndarray:
    """What a fitted model predicts for rows: the probability of a 1, or a number."""
    return model.predict_proba(X)[:, 1] if metric == "AUC" else model.predict(X)


def score(metric: Metric, truth: pd.Series, prediction: np.ndarray) -> float:
    """The AUC of a prediction, or its R²: the share of the squared differences from the mean that it explains."""
    from sklearn.metrics import r2_score, roc_auc_score

    return float((roc_auc_score if metric == "AUC" else r2_score)(truth, prediction))


def labelled(made: Callable, X: pd.DataFrame, log_odds: pd.Series, random: np.random.Generator) -> World:
    """A world whose label is 1 with the probability that the log-odds give."""
    probability = 1 / (1 + np.exp(-log_odds))
    return split(made, "AUC", X, probability, pd.Series((random.random(len(X)) < probability) * 1, name="label"))


def numbered(made: Callable, X: pd.DataFrame, mean: pd.Series, noise: float, random: np.random.Generator) -> World:
    """A world whose number has this mean, and chance of this standard deviation on top."""
    return split(made, "R²", X, mean, pd.Series(mean + random.normal(0, noise, len(X)), name="number"))


def split(made: Callable, metric: Metric, X: pd.DataFrame, truth: pd.Series, y: pd.Series) -> World:
    """A world of these rows: the last TEST_ROWS are the test. It has the name and the description of its function."""
    rows = len(X) - TEST_ROWS
    test = [part.iloc[rows:].reset_index(drop=True) for part in (X, y)]
    return World(made.__name__, made.__doc__.split("\n")[0], metric, X.iloc[:rows], y.iloc[:rows], *test,
                 best=score(metric, test[1], truth.iloc[rows:]))


def customers(random: np.random.Generator, rows: int) -> pd.DataFrame:
    """What is known of customers: eight columns that have nothing to do with each other."""
    return pd.DataFrame({
        "orders_90d": random.poisson(3, rows), "visits_7d": random.poisson(4, rows),
        "days_since_last": random.exponential(30, rows).round(1), "mean_total": random.gamma(4, 12, rows).round(2),
        "tickets_90d": random.poisson(0.6, rows), "discount_share": random.beta(2, 4, rows).round(3),
        "age": random.integers(18, 80, rows), "days_signed_up": random.integers(1, 1_000, rows)})


def few_rows(seed: int = 0, rows: int = 60) -> World:
    """Who orders next week: a weighted sum of eight columns decides, and there are 60 rows to learn from."""
    random = np.random.default_rng(seed)
    X = customers(random, rows + TEST_ROWS)
    log_odds = (0.5 * (X["orders_90d"] - 3) + 0.3 * (X["visits_7d"] - 4) - 0.03 * (X["days_since_last"] - 30)
                + 0.02 * (X["mean_total"] - 48) - 0.6 * (X["tickets_90d"] - 0.6) + 3 * (X["discount_share"] - 0.33))
    return labelled(few_rows, X, log_odds, random)


def interactions(seed: int = 0, rows: int = 1_500) -> World:
    """Who accepts an offer: whether a column speaks for it or against it depends on another column."""
    random = np.random.default_rng(seed)
    n = rows + TEST_ROWS
    X = customers(random, n).assign(discount=random.integers(0, 31, n), hour=random.integers(0, 24, n),
                                    mobile=random.integers(0, 2, n))
    away = np.where(X["days_since_last"] > 21, 1, -1)
    log_odds = 0.16 * away * (X["discount"] - 15) + np.where(X["mobile"] == 1, 1, -1) * (X["hour"] - 11.5) * 0.12
    return labelled(interactions, X, log_odds, random)


def steps(seed: int = 0, rows: int = 1_500) -> World:
    """How many days a delivery takes: limits of weight, distance and time of day decide, and nothing in between."""
    random = np.random.default_rng(seed)
    n = rows + TEST_ROWS
    X = pd.DataFrame({"weight_kg": random.gamma(2, 4, n).round(2), "distance_km": random.uniform(5, 1_200, n).round(),
                      "hour": random.integers(0, 24, n), "weekday": random.integers(0, 7, n),
                      "items": random.poisson(2, n) + 1, "total": random.gamma(4, 12, n).round(2)})
    by_air = X["distance_km"] >= 600
    mean = (1 + 1.0 * (X["hour"] >= 14) + 1.5 * (X["weight_kg"] > 10) + 2.0 * (X["distance_km"] >= 250) - 1.5 * by_air
            + 1.5 * (X["weekday"] >= 5))
    return numbered(steps, X, mean, 0.7, random)


def holes(seed: int = 0, rows: int = 1_500) -> World:
    """Who leaves: a customer who never gave a rating, so that it is missing, leaves more often."""
    random = np.random.default_rng(seed)
    X = customers(random, rows + TEST_ROWS)
    n = len(X)
    rating, days = random.integers(1, 6, n) * 1.0, random.exponential(60, n).round()
    unrated, without_ticket = random.random(n) < 0.35, random.random(n) < 0.5
    log_odds = (np.where(unrated, 1.2, -0.5 * (rating - 3)) + np.where(without_ticket, -1.2, 0.012 * (60 - days))
                - 0.3 * (X["orders_90d"] - 3))
    X = X.assign(rating=np.where(unrated, np.nan, rating), days_since_ticket=np.where(without_ticket, np.nan, days))
    return labelled(holes, X, log_odds, random)


def trend(seed: int = 0, rows: int = 1_000) -> World:
    """How many orders a city places a day: they grow from day to day, and the test is later than the training."""
    random = np.random.default_rng(seed)
    n = rows + TEST_ROWS
    X = pd.DataFrame({"day": np.r_[random.integers(0, 700, rows), random.integers(700, 1_000, TEST_ROWS)],
                      "weekend": random.integers(0, 2, n), "newsletter": random.integers(0, 2, n),
                      "temperature": random.normal(12, 7, n).round(1)})
    mean = 200 + 0.4 * X["day"] + 60 * X["newsletter"] + 40 * X["weekend"] - 2 * X["temperature"]
    return numbered(trend, X, mean, 25, random)


def haystack(seed: int = 0, rows: int = 400) -> World:
    """Who orders next week: five columns of a hundred decide, the others have nothing to do with it."""
    random = np.random.default_rng(seed)
    X = pd.DataFrame({f"page_{page:02d}": random.exponential(1, rows + TEST_ROWS).round(3) for page in range(100)})
    weights = {"page_07": 1.0, "page_21": -0.9, "page_38": 0.8, "page_64": -0.8, "page_90": 0.7}
    log_odds = sum(weight * (X[page] - 1) for page, weight in weights.items())
    return labelled(haystack, X, log_odds, random)


def smooth(seed: int = 0, rows: int = 1_000) -> World:
    """How many visitors a city has in an hour: each column adds a curve of its own."""
    random = np.random.default_rng(seed)
    n = rows + TEST_ROWS
    X = pd.DataFrame({"hour": random.uniform(0, 24, n).round(2), "temperature": random.normal(12, 8, n).round(1),
                      "campaign_eur": random.exponential(200, n).round(), "shops_near": random.poisson(4, n),
                      "noise_db": random.normal(60, 5, n).round(1)})
    mean = (40 - 22 * np.cos(2 * np.pi * (X["hour"] - 4) / 24) - 0.08 * (X["temperature"] - 16) ** 2
            + 6 * np.log1p(X["campaign_eur"] / 20) + 4 * np.sqrt(X["shops_near"]))
    return numbered(smooth, X, mean, 6, random)


def mixed(seed: int = 0, rows: int = 3_000) -> World:
    """Who orders next week: a weighted sum, a curve and an interaction at once, as in many a real table."""
    random = np.random.default_rng(seed)
    n = rows + TEST_ROWS
    X = customers(random, n).assign(hour=random.uniform(0, 24, n).round(1), weekend=random.integers(0, 2, n))
    log_odds = (0.25 * (X["orders_90d"] - 3) + 0.2 * (X["visits_7d"] - 4) - 0.5 * (X["tickets_90d"] - 0.6)
                + 0.9 * np.sin(2 * np.pi * X["hour"] / 24)
                + np.where(X["weekend"] == 1, 1, -1) * 3 * (X["discount_share"] - 0.33))
    return labelled(mixed, X, log_odds, random)


WORLDS: dict[str, Callable[..., World]] = {
    made.__name__: made for made in (few_rows, interactions, steps, holes, trend, haystack, smooth, mixed)}
