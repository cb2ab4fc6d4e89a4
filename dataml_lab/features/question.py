"""The question of lesson 03: which customers complete an order in the seven days that begin on a Monday?

Part 03a builds it up step by step; the parts after it begin with what is here.
"""

from typing import NamedTuple

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.windows import compute

DAY = pd.Timedelta(1, "D")
DONE = ("status", "completed")
SPENDING = View("spending", (
    Feature("orders_7d", "count", days=7, where=DONE),
    Feature("orders_30d", "count", days=30, where=DONE),
    Feature("spend_90d", "sum", "total", days=90, where=DONE, empty=0.0),
    Feature("mean_total", "mean", "total", where=DONE, empty=0.0),
    Feature("products_90d", "distinct", "product_id", days=90, where=DONE),
    Feature("days_since_last", "days_since_last", where=DONE, empty=200.0),
))  # fmt: skip
WEEK = View("week", (Feature("orders", "count", days=7, where=DONE),))


class Question(NamedTuple):
    """Rows (`user_id`, `as_of`) to train on and to test on, and for each row whether the customer completed an order in
    the week from its `as_of` on."""

    training: pd.DataFrame
    bought: pd.Series
    test: pd.DataFrame
    buys: pd.Series


def question(orders: pd.DataFrame, users: pd.DataFrame) -> Question:
    """The ten Mondays from 3 March 2025 on to train on, and the four from 26 May on to test on."""
    training = rows_on(users, *pd.date_range("2025-03-03", periods=10, freq="7D"))
    test = rows_on(users, *pd.date_range("2025-05-26", periods=4, freq="7D"))
    return Question(training, label(orders, training), test, label(orders, test))


def rows_on(users: pd.DataFrame, *moments: str | pd.Timestamp) -> pd.DataFrame:
    """A row for each of these moments (UTC) and each customer who had signed up by then."""
    parts = [users.loc[users["signed_up_at"] < as_of, ["user_id"]].assign(as_of=as_of)
             for as_of in pd.to_datetime(moments, utc=True)]
    return pd.concat(parts, ignore_index=True)


def label(orders: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Whether each row's customer completed an order in the seven days from its `as_of` on."""
    return compute(WEEK, orders, rows.assign(as_of=rows["as_of"] + 7 * DAY))["orders"] > 0


def trained(features: pd.DataFrame, target: pd.Series) -> Pipeline:
    """A logistic regression fitted to these features, each standardised first."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(features, target)


def auc(model: Pipeline, features: pd.DataFrame, target: pd.Series) -> float:
    """The chance that the model ranks a customer who orders above one who doesn't; guessing has 0.5."""
    return roc_auc_score(target, model.predict_proba(features)[:, 1])
