"""Orders of all users count.

fails: counts each user's orders of 30 days
says: all users together
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for t in tx["occurred_at"]:
        past = orders["occurred_at"]
        out.append(int(((past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index)
