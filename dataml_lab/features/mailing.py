"""The question of lesson 03, which the shop asks each Monday before it decides whom to write to: which customers will
complete an order in the next seven days? Its rows, its label, a view of features, and a model that is measured."""

from typing import TYPE_CHECKING

import pandas as pd

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.windows import compute

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

DAY = pd.Timedelta(days=1)
DONE = ("status", "completed")
SPENDING = View("spending", (
    Feature("orders_7d", "count", days=7, where=DONE),
    Feature("orders_30d", "count", days=30, where=DONE),
    Feature("spend_90d", "sum", "total", days=90, where=DONE, empty=0.0),
    Feature("mean_total", "mean", "total", where=DONE, empty=0.0),
    Feature("products_90d", "distinct", "product_id", days=90, where=DONE),
    Feature("days_since_last", "days_since_last", where=DONE, empty=200.0),
))
TRAINING = pd.date_range("2025-03-03", periods=10, freq="7D", tz="UTC")  # Mondays
TEST = pd.date_range("2025-05-26", periods=4, freq="7D", tz="UTC")


def rows_on(users: pd.DataFrame, *moments: pd.Timestamp) -> pd.DataFrame:
    """A row for each of these moments and each customer who had signed up by then: user_id, as_of."""
    parts = [users.loc[users["signed_up_at"] < as_of, ["user_id"]].assign(as_of=as_of) for as_of in moments]
    return pd.concat(parts, ignore_index=True)


def label(orders: pd.DataFrame, rows: pd.DataFrame) -> pd.Series:
    """Whether each row's customer completed an order in the seven days from `as_of` on."""
    week = View("label", (Feature("orders", "count", days=7, where=DONE),))
    return compute(week, orders, rows.assign(as_of=rows["as_of"] + 7 * DAY))["orders"] > 0


def trained(features: pd.DataFrame, target: pd.Series) -> "Pipeline":
    """A logistic regression fitted to these features, standardised."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(features, target)


def auc(model: "Pipeline", features: pd.DataFrame, truth: pd.Series) -> float:
    """The chance that a model ranks a customer who orders above one who doesn't."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, model.predict_proba(features)[:, 1]))
