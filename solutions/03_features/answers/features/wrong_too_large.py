"""A number is so large that no model can work with it.

fails: has a row for each of users in their order, known or not, and no gap; has five columns that say different things; predicts who buys: an AUC of 0.67 in the server
says: below 1e+100
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
    out["spend"] = mine["amount"].sum()
    out["power"] = 10.0 ** (200 + out["orders_30d"].fillna(0).clip(upper=9))
    return out.fillna({"days_since_last": 365}).fillna(0)
