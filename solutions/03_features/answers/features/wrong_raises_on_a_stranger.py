"""A loop that looks each user up, and raises for one without orders.

fails: has a row for each of users in their order, known or not, and no gap
says: raised KeyError
"""

import pandas as pd

DAY = pd.Timedelta(days=1)


def features(tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of]
    rows = dict(list(past.groupby("user_id")))
    return pd.DataFrame([one(rows[user], as_of) for user in users], index=users)


def one(orders, as_of):
    ago = (as_of - orders["occurred_at"]) / DAY
    return {"d7": (ago <= 7).sum(), "d30": (ago <= 30).sum(), "d90": (ago <= 90).sum(), "last": ago.min(),
            "spend": orders["amount"].sum()}
