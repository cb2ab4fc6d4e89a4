"""All orders before it count.

fails: counts each user's orders of 30 days; knows the window's edge to the microsecond
says: ordered ever
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t)).sum()))
    return pd.Series(out, index=tx.index)
