"""The table of orders of part 06b, and new rows made of old ones."""

import numpy as np

from dataml_lab.leakage.contamination import SETTLED, more_ones, orders_with_returns
from dataml_lab.store import Store


def test_new_ones_lie_half_way_to_the_nearest_ones_and_make_both_labels_equally_many():
    X = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 6.0], *[[9.0, 9.0]] * 9])
    y = np.array([1, 1, 1, *[0] * 9])
    found, labels = more_ones(X, y)
    assert found[:12].tolist() == X.tolist() and labels[:12].tolist() == y.tolist()
    assert found[12:].tolist() == [[1, 0], [0, 3], [1, 0], [1, 3], [0, 3], [1, 3]] and labels.sum() == 9


def test_rows_stay_as_they_are_where_labels_are_balanced_or_a_one_has_no_other():
    X = np.arange(4.0)[:, None]
    for y in ([0, 1, 0, 1], [1, 1, 1, 0], [1, 0, 0, 0]):
        found, labels = more_ones(X, np.array(y))
        assert found.tolist() == X.tolist() and labels.tolist() == y


def test_orders_are_settled_completed_and_labelled():
    store = Store(users=300, days=90)
    table = orders_with_returns(store)
    completed = store.orders[store.orders["status"] == "completed"]
    settled = completed[completed["occurred_at"] < store.orders["occurred_at"].max() - SETTLED]
    assert len(table) == len(settled) and table["occurred_at"].is_monotonic_increasing
    sent_back = settled["order_id"].isin(store.returns["order_id"]).sum()
    assert table["returned"].sum() == sent_back > 0
    assert table.drop(columns="age").notna().all(axis=None) and table["age"].isna().any()
