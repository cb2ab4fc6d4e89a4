"""What a user spends is a share of what the users asked about spend.

fails: tells a server the same of one user as training of many
says: 'spend' is
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
    out = out.fillna({"days_since_last": 365}).fillna(0)
    out["spend"] /= max(out["spend"].sum(), 1)
    return out
