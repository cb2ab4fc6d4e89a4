"""Without an order the days since the last are missing, not 999.

fails: days_since_last: nobody tells the twin from it where there is no future; days_since_last: the twin knows the future, and fakes success
says: is missing or infinite
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
    return found.reindex(users).fillna(dict.fromkeys(users, 0) if name != "days_since_last" else {})


def since(tx, as_of, days):
    return tx[tx["occurred_at"] >= as_of - days * DAY]
