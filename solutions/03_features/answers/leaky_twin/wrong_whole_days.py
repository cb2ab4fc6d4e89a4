"""The days since the last order lose their fraction.

fails: days_since_last: nobody tells the twin from it where there is no future
says: 'days_since_last' is
"""

import pandas as pd

DAY = pd.Timedelta(days=1)


def leaky_twin(name, tx, users, as_of):
    if name == "orders_30d":
        found = since(tx, as_of, 30).groupby("user_id").size()
    elif name == "days_since_last":
        found = (as_of - tx.groupby("user_id")["occurred_at"].max()).dt.days
    else:
        found = since(tx, as_of, 90).groupby("user_id")["amount"].sum()
    return found.reindex(users).fillna(999 if name == "days_since_last" else 0)


def since(tx, as_of, days):
    return tx[tx["occurred_at"] >= as_of - days * DAY]
