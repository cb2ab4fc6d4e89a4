"""A small shop's transactions, whose customers buy at a rate of their own until they quietly stop; what was known of
its customers at a moment, and what they do in the week after it."""

from typing import NamedTuple

import numpy as np
import pandas as pd

CATEGORIES = ("books", "clothing", "garden", "toys")
DAY = pd.Timedelta(days=1)
HORIZON = 7  # days in which a purchase is predicted


class Shop(NamedTuple):
    """Transactions (user_id, product_id, amount in EUR, occurred_at, category) in no order, of users 1 to `users`, in
    the `days` from `begin` on (UTC)."""

    tx: pd.DataFrame
    users: int
    begin: pd.Timestamp
    days: int

    def day(self, number: float) -> pd.Timestamp:
        """The moment so many days after the beginning."""
        return self.begin + number * DAY


def shop(random: np.random.Generator, users: int, days: int = 150) -> Shop:
    """A shop with so many customers, beginning on some morning of 2024."""
    begin = pd.Timestamp("2024-01-01", tz="UTC") + int(random.integers(300)) * DAY
    rate = random.gamma(2.0, 0.035, users)  # orders a day
    active = np.minimum(random.exponential(350, users), days)  # days until they stop
    orders = random.poisson(rate * active)
    user = np.repeat(np.arange(users), orders)
    tx = pd.DataFrame({
        "user_id": user + 1,
        "product_id": random.integers(1, 200, len(user)),
        "amount": random.lognormal(3, 0.6, len(user)).round(2),
        "occurred_at": moments(begin, random.random(len(user)) * active[user]),
        "category": category(random, user, users),
    })
    return Shop(tx.sample(frac=1, random_state=random).reset_index(drop=True), users, begin, days)


def moments(begin: pd.Timestamp, days: np.ndarray) -> pd.DatetimeIndex:
    """The moments so many days after another one, to the microsecond."""
    return begin + pd.to_timedelta((days * 86_400e6).astype("int64"), unit="us").as_unit("us")


def category(random: np.random.Generator, user: np.ndarray, users: int) -> np.ndarray:
    """A category per order: in seven of ten cases the favourite of its user."""
    favourite = random.integers(len(CATEGORIES), size=users)[user]
    other = random.integers(len(CATEGORIES), size=len(user))
    return np.array(CATEGORIES)[np.where(random.random(len(user)) < 0.7, favourite, other)]


def buys(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> np.ndarray:
    """Whether each user orders within the horizon from a moment on: the label."""
    week = tx[(tx["occurred_at"] >= as_of) & (tx["occurred_at"] < as_of + HORIZON * DAY)]
    return np.isin(users, week["user_id"].to_numpy())


def before(tx: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The transactions before a moment: all that a server has then."""
    return tx[tx["occurred_at"] < as_of].reset_index(drop=True)


def orders_30d(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.Series:
    """How many orders in the 30 days before."""
    return window(tx, as_of, 30).groupby("user_id").size().reindex(users).fillna(0.0)


def days_since_last(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.Series:
    """Days from the newest order before; 999 without one."""
    newest = tx[tx["occurred_at"] < as_of].groupby("user_id")["occurred_at"].max()
    return ((as_of - newest) / DAY).reindex(users).fillna(999.0)


def spend_90d(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.Series:
    """EUR in the 90 days before."""
    return window(tx, as_of, 90).groupby("user_id")["amount"].sum().reindex(users).fillna(0.0)


def window(tx: pd.DataFrame, as_of: pd.Timestamp, days: int) -> pd.DataFrame:
    """The transactions of the days before a moment."""
    return tx[(tx["occurred_at"] >= as_of - days * DAY) & (tx["occurred_at"] < as_of)]


def alone(column: pd.Series, truth: np.ndarray) -> float:
    """The AUC of a column as a score, in whichever direction is better."""
    from sklearn.metrics import roc_auc_score

    found = roc_auc_score(truth, column)
    return float(max(found, 1 - found))
