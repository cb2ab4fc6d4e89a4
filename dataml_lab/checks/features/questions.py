"""The questions of `features`: a shop, what is asked about its customers, and how well plain features predict."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from dataml_lab.checks.features.shop import DAY, Shop, alone, before, buys, days_since_last, orders_30d, shop

USERS = 300
TRAINING, PREDICTION = (80.0, 101.0), 130.0  # days from the shop's beginning
OTHER_ID = 1_000_000  # less a user's id is the user's other id
ALONE = 4  # users who are also asked about one by one


class Question(NamedTuple):
    """The arguments of a call: transactions, the users who are asked about, and the moment."""

    tx: pd.DataFrame
    users: list[int]
    as_of: pd.Timestamp


@dataclass(frozen=True)
class World:
    """A shop; a moment on a day in its fourth month, at which some users are asked about, of whom most have ordered
    recently; and a user of whom nothing is known. Of these is made what is asked about it."""

    shop: Shop
    users: list[int]
    as_of: pd.Timestamp
    stranger: int
    seed: int

    @cached_property
    def history(self) -> Question:
        """What comes after the moment is there as well."""
        return Question(self.shop.tx, self.users, self.as_of)

    @cached_property
    def past(self) -> Question:
        """What a server has."""
        return self.history._replace(tx=before(self.shop.tx, self.as_of))

    @cached_property
    def strangers(self) -> Question:
        """The history, asked about users, too, of whom nothing is known."""
        known = set(self.past.tx["user_id"])
        silent = [user for user in range(1, USERS + 1) if user not in known][:3]
        return self.history._replace(users=[*self.users, self.stranger, *silent])

    @cached_property
    def variants(self) -> dict[str, Question]:
        """History or past with one thing that is different, by what that is."""
        tx, users, as_of = self.past
        firsts = tx.loc[tx.groupby("user_id")["occurred_at"].idxmin()]
        at_as_of = tx.tail(3).assign(user_id=users[:3], amount=999.99, occurred_at=as_of)
        return {
            "first orders": Question(firsts, users, as_of),
            "another future": Question(rewritten(self.history), users, as_of),
            "orders at as_of": Question(pd.concat([tx, at_as_of], ignore_index=True), users, as_of),
            "other ids": Question(tx.assign(user_id=OTHER_ID - tx["user_id"]), (OTHER_ID - np.array(users)).tolist(),
                                  as_of),
            "another order": Question(tx.sort_values("amount", ignore_index=True), users, as_of),
            "stranger": Question(tx, [self.stranger], as_of),
            "stranger in the history": Question(self.shop.tx, [self.stranger], as_of),
            "stranger among others": Question(tx, [*users, self.stranger], as_of),
        }

    @cached_property
    def earlier(self) -> Question:
        """The past as of 40 days before, asked about those of the users who had ordered by then."""
        as_of = self.as_of - 40 * DAY
        known = set(before(self.past.tx, as_of)["user_id"])
        return Question(self.past.tx, [user for user in self.users if user in known], as_of)

    @cached_property
    def alone(self) -> list[Question]:
        """The past, asked about one user."""
        return [self.past._replace(users=[user]) for user in self.users[:ALONE]]

    @cached_property
    def model(self) -> dict[float, Question]:
        """By day, what is asked about all customers: in the history to train a model, in a server to predict."""
        days = {day: self.shop.day(day) for day in (*TRAINING, PREDICTION)}
        customers = sorted(before(self.shop.tx, days[TRAINING[0]])["user_id"].unique().tolist())
        return {day: Question(self.shop.tx if day in TRAINING else before(self.shop.tx, moment), customers, moment)
                for day, moment in days.items()}

    @cached_property
    def labels(self) -> dict[float, np.ndarray]:
        """By day, whether each customer buys in the week from then on."""
        return {day: buys(self.shop.tx, users, moment) for day, (_, users, moment) in self.model.items()}

    @cached_property
    def reference(self) -> float:
        """The AUC of two plain features in the server."""
        return auc({day: plain_features(*question) for day, question in self.model.items()}, self.labels)

    def scores(self, features: Callable[..., pd.DataFrame]) -> pd.Series:
        """The AUC in the server of each column that a function of these features returns, and of a model of all."""
        tables = {day: features(*question) for day, question in self.model.items()}
        columns = {name: alone(column, self.labels[PREDICTION]) for name, column in tables[PREDICTION].items()}
        return pd.Series({**columns, "a model of all": auc(tables, self.labels)})


def world(seed: int) -> World:
    """A shop in which three of the users order in the hours after the moment."""
    random = np.random.default_rng(seed)
    found = shop(random, USERS)
    as_of = found.day(int(random.integers(105, 120)) + random.uniform(0.3, 0.7)).floor("us")
    past = before(found.tx, as_of)
    recent = past.loc[past["occurred_at"] >= as_of - 20 * DAY, "user_id"].unique()
    users = [int(user) for user in random.choice(recent, 12, replace=False)]
    later = past.tail(3).assign(user_id=users[:3], occurred_at=as_of + pd.to_timedelta([1, 2, 3], unit="h"))
    tx = pd.concat([found.tx, later], ignore_index=True)
    return World(found._replace(tx=tx), users, as_of, int(random.integers(100_000, 200_000)), seed)


def rewritten(history: Question) -> pd.DataFrame:
    """The transactions with another future: more expensive, later, of other users and categories."""
    tx, future = history.tx.copy(), history.tx["occurred_at"] >= history.as_of
    tx.loc[future, "amount"] *= 1_000
    tx.loc[future, "occurred_at"] += 400 * DAY
    tx.loc[future, "user_id"] = history.users[0]
    tx.loc[future, "category"] = "furniture"
    return tx


def plain_features(tx: pd.DataFrame, users: list[int], as_of: pd.Timestamp) -> pd.DataFrame:
    """How many orders in 30 days, and how long ago the newest is (days)."""
    return pd.DataFrame({"orders": orders_30d(tx, users, as_of), "recency": days_since_last(tx, users, as_of)})


def auc(tables: dict[float, pd.DataFrame], truth: dict[float, np.ndarray]) -> float:
    """How well a logistic regression, fitted on the days of training, ranks customers on that of prediction: the area
    under its ROC curve."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(solver="newton-cholesky"))
    model.fit(np.concatenate([tables[day].to_numpy(float) for day in TRAINING]),
              np.concatenate([truth[day] for day in TRAINING]))
    return float(roc_auc_score(truth[PREDICTION], model.predict_proba(tables[PREDICTION].to_numpy(float))[:, 1]))


def fair(world: World) -> bool:
    """Whether the days since the last order alone predict neither too badly nor too well."""
    return 0.74 <= alone(days_since_last(*world.model[PREDICTION]), world.labels[PREDICTION]) <= 0.8
