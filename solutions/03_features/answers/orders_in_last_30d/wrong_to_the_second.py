"""Moments are cut to the second.

fails: knows the window's edge to the microsecond; counts neither the row itself nor its moment
says: a microsecond
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past.dt.floor('s') < t.floor('s')) & (past.dt.floor('s') >= t.floor('s') - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index)
