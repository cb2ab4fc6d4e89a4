"""Only what occurred on earlier days of the calendar counts.

fails: counts each user's orders of 30 days; counts neither the row itself nor its moment; keeps the index of tx; takes rows in any order
says: is right
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t.normalize()) & (past >= t - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index)
