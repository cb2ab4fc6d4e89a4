"""It writes moments without their zone into the caller's table.

fails: leaves tx as it was
says: afterwards the column occurred_at held
"""

import pandas as pd


def orders_in_last_30d(tx):
    tx["occurred_at"] = tx["occurred_at"].dt.tz_localize(None)
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past < t) & (past >= t - pd.Timedelta(days=30))).sum()))
    return pd.Series(out, index=tx.index)
