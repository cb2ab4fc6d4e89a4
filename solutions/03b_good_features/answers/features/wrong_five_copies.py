"""One number in five units.

fails: has five columns that say different things
says: only 1 say
"""

import pandas as pd


def features(tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of]
    last = (as_of - past.groupby("user_id")["occurred_at"].max()) / pd.Timedelta(days=1)
    days = last.reindex(users).fillna(365)
    return pd.DataFrame({"days": days, "weeks": days / 7, "hours": days * 24, "minus": -days, "years": days / 365})
