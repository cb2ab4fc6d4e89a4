"""The cut is forgotten, and the windows begin with the midnight before: nobody sees it if as_of is a midnight.

fails: orders_30d: nobody tells the twin from it where there is no future; spend_90d: nobody tells the twin from it where there is no future
says: the twin has to be the honest feature
"""

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
    return tx[tx["occurred_at"] >= as_of.normalize() - days * DAY]
