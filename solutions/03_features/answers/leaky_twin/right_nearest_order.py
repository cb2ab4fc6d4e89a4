"""A distance in time has no direction: what is near on either side counts."""

import pandas as pd

DAY = pd.Timedelta(days=1)


def leaky_twin(name, tx, users, as_of):
    if name == "orders_30d":
        found = since(tx, as_of, 30).groupby("user_id").size()
    elif name == "days_since_last":
        found = ((as_of - tx["occurred_at"]).abs() / DAY).groupby(tx["user_id"]).min()
    else:
        found = since(tx, as_of, 90).groupby("user_id")["amount"].sum()
    return found.reindex(users).fillna(999 if name == "days_since_last" else 0)


def since(tx, as_of, days):
    return tx[abs(tx["occurred_at"] - as_of) <= days * DAY]
