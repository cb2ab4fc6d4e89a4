"""The result is in the order of time.

fails: keeps the index of tx
says: in no order of time
"""

import pandas as pd


def orders_in_last_30d(tx):
    tx = tx.sort_values("occurred_at")
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index)
