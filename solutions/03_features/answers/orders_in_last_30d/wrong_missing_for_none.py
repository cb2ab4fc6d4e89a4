"""Where there is no order, the number is missing.

fails: says 0 where there is none
says: returned nothing, where 0 is right
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index, dtype=float).replace(0, float("nan"))
