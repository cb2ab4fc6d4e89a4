"""The whole window is a week late, its beginning too.

fails: orders_30d: nobody tells the twin from it where there is no future; days_since_last: nobody tells the twin from it where there is no future; spend_90d: nobody tells the twin from it where there is no future
says: has to be the honest feature
"""

import pandas as pd


def leaky_twin(name, tx, users, as_of):
    shift = pd.Timedelta(days=7)
    return honest(name, tx.assign(occurred_at=tx["occurred_at"] - shift), users, as_of)


def honest(name, tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of]
    ago = (as_of - past["occurred_at"]) / pd.Timedelta(days=1)
    if name == "orders_30d":
        return past[ago <= 30].groupby("user_id").size().reindex(users, fill_value=0)
    if name == "days_since_last":
        return ago.groupby(past["user_id"]).min().reindex(users).fillna(999)
    return past[ago <= 90].groupby("user_id")["amount"].sum().reindex(users, fill_value=0)
