"""Counts are kept by the label of their row.

fails: keeps the index of tx
says: with the labels a, a, b
"""

import pandas as pd


def orders_in_last_30d(tx):
    counts = {}
    orders = tx[tx["kind"] == "order"]
    for row in tx.itertuples():
        past = orders["occurred_at"]
        counts[row.Index] = int(((orders["user_id"] == row.user_id) & (past < row.occurred_at)
                                 & (past >= row.occurred_at - pd.Timedelta(days=30))).sum())
    return pd.Series(tx.index.map(counts), index=tx.index)
