"""The result keeps the index that groups gave it.

fails: keeps the index of tx
says: the index of what it returned is
"""

import pandas as pd


def orders_in_last_30d(tx):
    parts = {}
    for user, own in tx.groupby("user_id"):
        past = own.loc[own["kind"] == "order", "occurred_at"]
        parts[user] = pd.Series([int(((past < t) & (past >= t - pd.Timedelta(days=30))).sum())
                                 for t in own["occurred_at"]], index=own.index)
    return pd.concat(parts)
