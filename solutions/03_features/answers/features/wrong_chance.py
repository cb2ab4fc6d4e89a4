"""A column of random numbers without a seed.

fails: leaves tx as it was, and gives the same question the same answer; has a row for each of users in their order, known or not, and no gap; doesn't know what comes after as_of; takes what occurs at as_of for the future; takes rows in any order; tells a server the same of one user as training of many
says: 'luck' is
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
    out["luck"] = np.random.default_rng().random(len(users))
    return out.fillna({"days_since_last": 365}).fillna(0)
