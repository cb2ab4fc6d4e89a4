"""What part 06b contaminates: a table of orders and whether they are sent back, and new rows made of old ones."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from dataml_lab.store import Store

NUMBERS = ["price", "quantity", "total", "weight_kg", "distance_km", "age", "days_signed_up"]
KINDS = ["category", "channel", "country", "device", "acquisition"]
SETTLED = pd.Timedelta(days=30)  # an order is sent back within 21 days after its delivery


def orders_with_returns(store: "Store") -> pd.DataFrame:
    """The completed orders that are settled, in the order of time: NUMBERS, of which `age` may be missing, a column of
    0 and 1 for each value of KINDS, whether the order is `returned` (0 or 1), `user_id`, `product_id`, `occurred_at`.
    """
    orders = store.orders[store.orders["status"] == "completed"].merge(store.products, on="product_id")
    orders = orders.merge(store.users, on="user_id").sort_values("occurred_at", ignore_index=True)
    orders = orders[orders["occurred_at"] < store.orders["occurred_at"].max() - SETTLED]
    days = (orders["occurred_at"] - orders["signed_up_at"]).dt.days
    distance = orders["order_id"].map(store.deliveries.set_index("order_id")["distance_km"])
    numbers = orders.assign(days_signed_up=days, distance_km=distance)[NUMBERS].astype(float)
    kinds = pd.get_dummies(orders[KINDS], dtype=float)
    returned = orders["order_id"].isin(store.returns["order_id"]).astype(int).rename("returned")
    return pd.concat([numbers, kinds, returned, orders[["user_id", "product_id", "occurred_at"]]], axis=1)


def more_ones(X: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows, and after them new rows of label 1, so that there are about as many 1s as 0s.

    A new row lies half-way between a row of label 1 and one of those of label 1 that are nearest to it: with three
    times as many 0s as 1s, each row of label 1 gets two, to its nearest and its second nearest. `X` has numbers only.

    >>> X, y = more_ones(np.array([[0.0], [2.0], [5.0], [6.0], [7.0], [8.0]]), np.array([1, 1, 0, 0, 0, 0]))
    >>> X.ravel().tolist(), y.tolist()
    ([0.0, 2.0, 5.0, 6.0, 7.0, 8.0, 1.0, 1.0], [1, 1, 0, 0, 0, 0, 1, 1])
    """
    ones = np.asarray(X, float)[np.asarray(y) == 1]
    each = min(round((len(y) - len(ones)) / len(ones)), len(ones)) - 1
    if each < 1:
        return np.asarray(X, float), np.asarray(y)
    distance = np.square(ones[:, None] - ones).sum(axis=2)
    np.fill_diagonal(distance, np.inf)
    nearest = distance.argsort(axis=1, kind="stable")[:, :each]
    new = ((ones[:, None] + ones[nearest]) / 2).reshape(-1, ones.shape[1])
    return np.vstack([X, new]), np.concatenate([y, np.ones(len(new), np.asarray(y).dtype)])
