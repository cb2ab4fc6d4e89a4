"""A list is returned.

fails: returns a number for each row; counts each user's orders of 30 days; says 0 where there is none; knows the window's edge to the microsecond; counts neither the row itself nor its moment; answers refunds and doesn't count them; keeps the index of tx; leaves tx as it was; takes rows in any order
says: where a Series was expected
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    return out
