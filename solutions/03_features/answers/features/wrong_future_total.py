"""What a user spends is summed over the whole history.

fails: doesn't know what comes after as_of; takes what occurs at as_of for the future
says: It takes one row to do that
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
    out["spend"] = tx.groupby("user_id")["amount"].sum()
    return out.fillna({"days_since_last": 365}).fillna(0)
