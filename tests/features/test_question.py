"""The question of lesson 03: the label begins at `as_of`, and no training label reaches into the test."""

import pandas as pd

from dataml_lab.features.question import DAY, label, question, rows_on
from dataml_lab.store import Store


def test_the_week_begins_at_as_of_and_ends_before_seven_days_later():
    as_of = pd.Timestamp("2025-03-03", tz="UTC")
    rows = pd.DataFrame({"user_id": [1, 2, 3, 4], "as_of": as_of})
    orders = pd.DataFrame({"user_id": [1, 2, 3, 4], "status": ["completed", "completed", "completed", "cancelled"],
                           "occurred_at": [as_of, as_of + 7 * DAY, as_of - DAY, as_of]})
    assert label(orders, rows).tolist() == [True, False, False, False]


def test_a_row_is_of_a_customer_who_had_signed_up():
    users = pd.DataFrame({"user_id": [1, 2], "signed_up_at": pd.to_datetime(["2025-03-02", "2025-03-05"], utc=True)})
    assert rows_on(users, "2025-03-03", "2025-03-10")["user_id"].tolist() == [1, 1, 2]


def test_the_last_label_of_training_is_known_before_the_test_begins():
    store = Store()
    training, bought, test, buys = question(store.orders, store.users)
    assert training["as_of"].max() + 7 * DAY < test["as_of"].min()
    assert len(training) == len(bought) and len(test) == len(buys) and 0 < buys.mean() < bought.mean() < 0.2
