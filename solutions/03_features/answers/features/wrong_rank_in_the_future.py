"""A user's spending is ranked among what all will have spent.

fails: doesn't know what comes after as_of; takes what occurs at as_of for the future
says: 'rank' is
"""

import numpy as np
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
    everybody = np.sort(tx.groupby("user_id")["amount"].sum())
    out["rank"] = np.searchsorted(everybody, out["spend"].fillna(0)) / len(everybody)
    return out.fillna({"days_since_last": 365}).fillna(0)
