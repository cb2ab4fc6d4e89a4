"""Honest tables: rows, a label, and inputs that were known when the label was not. Each is made from a generator."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

START = pd.Timestamp("2025-01-06", tz="UTC")
DAY = pd.Timedelta(days=1)


class Setting(NamedTuple):
    """What a table is made with: the rows, the share of positive labels, and how much the inputs know of the label.

    `signal` is the standard deviation of the log-odds that the inputs explain: 1 gives an AUC of about .75, 3 of .93.
    """

    rows: int
    share: float
    signal: float


World = Callable[[np.random.Generator, Setting], pd.DataFrame]


def sigmoid(log_odds: np.ndarray) -> np.ndarray:
    """The probability of log-odds."""
    return 1 / (1 + np.exp(-log_odds))


def outcome(random: np.random.Generator, risk: np.ndarray, setting: Setting) -> np.ndarray:
    """Labels 0 and 1 drawn by a standardised risk, so that the share of 1 is about that of the setting."""
    log_odds = setting.signal * (risk - risk.mean()) / risk.std()
    lower, upper = -30.0, 30.0
    for _ in range(40):
        middle = (lower + upper) / 2
        lower, upper = (middle, upper) if sigmoid(log_odds + middle).mean() < setting.share else (lower, middle)
    return (random.random(len(risk)) < sigmoid(log_odds + lower)).astype(int)


def customers(random: np.random.Generator, setting: Setting) -> pd.DataFrame:
    """Customers of a shop and whether they left: counts, amounts and categories that follow from how content they are.

    `days_quiet`, the days since the last login, is the strongest input.
    """
    n = setting.rows
    content = random.normal(size=n)
    table = pd.DataFrame({
        "tenure_days": random.gamma(2, 200, n).round() + 1,
        "logins_30d": random.poisson(8 * np.exp(0.7 * content)),
        "days_quiet": random.exponential(6 * np.exp(-0.9 * content)).round(1),
        "spent_90d": (random.lognormal(3, 0.8, n) * np.exp(0.4 * content)).round(2),
        "tickets_90d": random.poisson(0.7 * np.exp(-0.5 * content)),
        "plan": random.choice(["basic", "plus", "pro"], n, p=[0.6, 0.3, 0.1]),
        "region": random.choice(["north", "south", "east", "west"], n),
        "age": random.normal(42, 12, n).round().clip(18, 90),
    })
    risk = 0.8 * np.log1p(table["days_quiet"]) - 0.7 * content - 0.15 * np.log(table["tenure_days"])
    table["label"] = outcome(random, (risk - 0.3 * (table["plan"] == "pro")).to_numpy(), setting)
    return table


def machines(random: np.random.Generator, setting: Setting) -> pd.DataFrame:
    """Machines and whether they fail: eight sensors that share two causes, a model, and hours of use.

    As in tables of measurements, no sensor stands alone: the others together know as much as the strongest.
    """
    n = setting.rows
    wear, heat = random.normal(size=(2, n))
    weights = random.uniform(0.5, 1.2, (8, 2))
    sensors = np.column_stack([wear, heat]) @ weights.T + random.normal(0, 0.5, (n, 8))
    table = pd.DataFrame(sensors.round(3), columns=[f"sensor_{number}" for number in range(1, 9)])
    table["hours"] = random.gamma(3, 900, n).round()
    table["model"] = random.choice(["A1", "A2", "B1"], n)
    table["label"] = outcome(random, wear + 0.6 * heat, setting)
    return table


def patients(random: np.random.Generator, setting: Setting) -> pd.DataFrame:
    """Patients and whether they are ill: measurements that the illness itself moves, each on its own.

    A test is ordered for those who look ill, so that a result that is missing says something, and rightly.
    """
    n = setting.rows
    ill = random.random(n) < setting.share
    moved = random.uniform(0.2, 0.9, 6) * min(setting.signal, 2)
    values = random.normal(size=(n, 6)) + ill[:, None] * moved
    table = pd.DataFrame(values.round(2), columns=["pulse", "pressure", "glucose", "iron", "sodium", "weight"])
    table["ward"] = random.choice(["a", "b", "c", "d", "e"], n)
    looks = sigmoid(1.5 * (table["pulse"] - 1) + 1.2 * ill - 0.5)
    table["marker"] = np.where(random.random(n) < looks, random.normal(ill, 1).round(2), np.nan)
    table["label"] = ill.astype(int)
    return table


def homes(random: np.random.Generator, setting: Setting) -> pd.DataFrame:
    """Homes and the price that each was sold for, in thousands: the label is a number, and its share is not used."""
    n = setting.rows
    table = pd.DataFrame({
        "area": random.gamma(9, 11, n).round(),
        "built": random.integers(1900, 2024, n),
        "rooms": random.poisson(3, n) + 1,
        "district": random.choice([f"d{number:02d}" for number in range(12)], n),
        "distance": random.exponential(5, n).round(1),
    })
    worth = {name: random.normal(0, 0.25) for name in sorted(set(table["district"]))}
    log_price = (np.log(3 * table["area"]) + table["district"].map(worth) - 0.02 * table["distance"]
                 + random.normal(0, 0.5 / setting.signal, n))
    table["label"] = np.exp(log_price).round(1)
    return table


def panel(random: np.random.Generator, setting: Setting, weeks: int = 12) -> pd.DataFrame:
    """Users seen every Monday: what they did in the week before, and whether they leave soon. Habits last.

    The columns `user_id` and `as_of` say whose row it is, and of which moment. A user's rows share a tendency that no
    input shows, so that who remembers users knows more.
    """
    users = setting.rows // weeks
    habit, tendency = random.normal(size=(2, users))
    steps = random.normal(0, 0.35, (users, weeks)).cumsum(axis=1)
    activity = habit[:, None] + steps
    table = pd.DataFrame({
        "user_id": np.repeat(np.arange(users), weeks) + 1000,
        "as_of": np.tile(START + 7 * DAY * np.arange(weeks), users),
        "orders_7d": random.poisson(3 * np.exp(0.5 * activity)).ravel(),
        "spent_7d": random.lognormal(3 + 0.4 * activity, 0.5).ravel().round(2),
        "visits_7d": random.poisson(9 * np.exp(0.4 * activity)).ravel(),
        "joined_year": np.repeat(random.integers(2015, 2025, users), weeks),
        "city": np.repeat(random.choice([f"c{number:02d}" for number in range(25)], users), weeks),
    })
    table["label"] = outcome(random, (-activity + 1.2 * tendency[:, None]).ravel(), setting)
    return table
