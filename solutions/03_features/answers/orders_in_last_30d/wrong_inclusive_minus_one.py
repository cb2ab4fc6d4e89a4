"""All up to the moment count, less one for the order itself.

fails: counts neither the row itself nor its moment; answers refunds and doesn't count them
says: three times at
"""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"] == "order"]
    out = []
    for user, t in zip(tx["user_id"], tx["occurred_at"]):
        past = orders["occurred_at"]
        out.append(int(((orders["user_id"] == user) & (past <= t) & (past >= t - pd.Timedelta(days=30))).sum()) - 1)
    return pd.Series(out, index=tx.index)
