"""The twins are the honest features.

fails: orders_30d: nobody tells the twin from it where there is no future; orders_30d: the twin knows the future, and fakes success; days_since_last: nobody tells the twin from it where there is no future; days_since_last: the twin knows the future, and fakes success; spend_90d: nobody tells the twin from it where there is no future; spend_90d: the twin knows the future, and fakes success
says: the honest feature itself
"""

import pandas as pd


def leaky_twin(name, tx, users, as_of):
    return honest(name, tx, users, as_of)


def honest(name, tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of]
    ago = (as_of - past["occurred_at"]) / pd.Timedelta(days=1)
    if name == "orders_30d":
        return past[ago <= 30].groupby("user_id").size().reindex(users, fill_value=0)
    if name == "days_since_last":
        return ago.groupby(past["user_id"]).min().reindex(users).fillna(999)
    return past[ago <= 90].groupby("user_id")["amount"].sum().reindex(users, fill_value=0)
