"""The question of each Monday: that its rows and labels are what a loop over the orders says."""

import pandas as pd

from dataml_lab.features import compute
from dataml_lab.features.mailing import DAY, SPENDING, TEST, TRAINING, auc, label, rows_on, trained
from dataml_lab.store import Store


def test_rows_labels_and_model_are_as_told():
    store = Store()
    orders, users = store.orders, store.users
    training, test = rows_on(users, *TRAINING), rows_on(users, *TEST)
    signed_up = users.set_index("user_id")["signed_up_at"]
    assert (test["user_id"].map(signed_up) < test["as_of"]).all() and len(test) > 3 * (signed_up < TEST[0]).sum()
    assert {day.day_name() for day in (*TRAINING, *TEST)} == {"Monday"} and TEST[0] - TRAINING[-1] == 21 * DAY
    bought, buys = label(orders, training), label(orders, test)
    done = orders[orders["status"] == "completed"]
    for row, found in zip(test.head(50).itertuples(), buys, strict=False):
        mine = done.loc[done["user_id"] == row.user_id, "occurred_at"]
        assert found == mine.between(row.as_of, row.as_of + 7 * DAY, inclusive="left").any()
    model = trained(compute(SPENDING, orders, training), bought)
    assert 0.75 < auc(model, compute(SPENDING, orders, test), buys) < 0.9


def test_a_customer_is_asked_about_once_signed_up():
    day = pd.Timestamp("2025-03-03", tz="UTC")
    users = pd.DataFrame({"user_id": [1, 2, 3], "signed_up_at": [day - DAY, day, day + DAY]})
    assert rows_on(users, day, day + 7 * DAY)["user_id"].tolist() == [1, 1, 2, 3]
