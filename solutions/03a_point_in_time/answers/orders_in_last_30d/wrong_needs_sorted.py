"""One pass that forgets what is too old, over rows as they come.

fails: takes rows in any order
says: from the newest to the oldest
"""

import pandas as pd


def orders_in_last_30d(tx):
    recent, out = {}, []
    for user, kind, t in zip(tx["user_id"], tx["kind"], tx["occurred_at"]):
        own = recent[user] = [past for past in recent.get(user, []) if past >= t - pd.Timedelta(days=30)]
        out.append(sum(past < t for past in own))
        if kind == "order":
            own.append(t)
    return pd.Series(out, index=tx.index)
