"""The cut at as_of is forgotten, so that the last order may be yet to come."""

import pandas as pd

DAY = pd.Timedelta(days=1)


def leaky_twin(name, tx, users, as_of):
    if name == "orders_30d":
        found = since(tx, as_of, 30).groupby("user_id").size()
    elif name == "days_since_last":
        found = (as_of - tx.groupby("user_id")["occurred_at"].max()) / DAY
    else:
        found = since(tx, as_of, 90).groupby("user_id")["amount"].sum()
    return found.reindex(users).fillna(999 if name == "days_since_last" else 0)


def since(tx, as_of, days):
    return tx[tx["occurred_at"] >= as_of - days * DAY]
