"""get_dummies makes a column of each category that the users asked about like.

fails: tells a server the same of one user as training of many
says: without ['likes_
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
    favourite = mine["category"].agg(lambda values: values.mode()[0]).reindex(users)
    out = out.join(pd.get_dummies(favourite, prefix="likes", dtype=float))
    return out.fillna({"days_since_last": 365}).fillna(0)
