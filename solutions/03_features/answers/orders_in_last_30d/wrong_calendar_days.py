"""The window begins with the calendar day 30 days earlier.

fails: knows the window's edge to the microsecond
says: 30 days and 12 hours later
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t.normalize() - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index)
