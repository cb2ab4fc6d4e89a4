"""A view of definitions, computed by dataml_lab.features and held against time_travel."""

import pandas as pd

from dataml_lab.features.definition import Feature, View
from dataml_lab.features.time_travel import time_travel
from dataml_lab.features.windows import compute

VIEW = View("customers", (
    Feature("orders_10d", "count", days=10),
    Feature("orders_60d", "count", days=60),
    Feature("days_since_last", "days_since_last", empty=999.0),
    Feature("mean_amount", "mean", "amount", empty=0.0),
    Feature("categories", "distinct", "category"),
    Feature("toys", "count", where=("category", "toys")),
))


def features(tx, users, as_of):
    rows = pd.DataFrame({"user_id": users, "as_of": as_of})
    return compute(VIEW, tx, rows).set_axis(users)


def moved(tx, users, as_of):
    return time_travel(features, tx, users, as_of)
