"""It adds a column to the caller's table.

fails: leaves tx as it was
says: afterwards the columns were
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    tx["n"] = out
    return tx["n"]
