"""A refund gets 0.

fails: answers refunds and doesn't count them
says: for the refund of user
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index).where(tx["kind"] == "order", 0)
