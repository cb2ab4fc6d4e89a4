"""A date that was right for one file stands in the code.

fails: answers for the moment and the orders that it is asked about; doesn't know what comes after as_of; takes what occurs at as_of for the future; has five columns that say different things
says: for everybody
"""

import pandas as pd

DAY = pd.Timedelta(days=1)


def features(tx, users, as_of):
    as_of = pd.Timestamp("2026-01-01", tz="UTC")
    past = tx[tx["occurred_at"] < as_of]
    mine = past.groupby("user_id")
    out = pd.DataFrame(index=users)
    for days in (7, 30, 90):
        out[f"orders_{days}d"] = past[past["occurred_at"] >= as_of - days * DAY].groupby("user_id").size()
    out["days_since_last"] = (as_of - mine["occurred_at"].max()) / DAY
    out["spend"] = mine["amount"].sum()
    return out.fillna({"days_since_last": 365}).fillna(0)
