"""The lifetime of a customer ends with an order yet to come.

fails: doesn't know what comes after as_of; takes what occurs at as_of for the future
says: 'lifetime' is
"""

import pandas as pd

DAY = pd.Timedelta(days=1)


def features(tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of]
    mine = past.groupby("user_id")
    out = pd.DataFrame(index=users)
    for days in (7, 30, 90):
        out[f"orders_{days}d"] = past[past["occurred_at"] >= as_of - days * DAY].groupby("user_id").size()
    out["days_since_last"] = (as_of - mine["occurred_at"].max()) / DAY
    first = tx.groupby("user_id")["occurred_at"].min()
    out["lifetime"] = (tx.groupby("user_id")["occurred_at"].max() - first) / DAY
    return out.fillna({"days_since_last": 365}).fillna(0)
