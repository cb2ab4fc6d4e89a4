"""drop_duplicates keeps the last row of the file of each user, which need not be the newest.

fails: takes rows in any order
says: 'hour_of_last'
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
    newest = past.drop_duplicates("user_id", keep="last").set_index("user_id")
    out["hour_of_last"] = newest["occurred_at"].dt.hour
    return out.fillna({"days_since_last": 365}).fillna(0)
