"""Rows are sorted by time, and those before a row in this order count, even at the same moment.

fails: counts neither the row itself nor its moment
says: three times at
"""

import pandas as pd


def orders_in_last_30d(tx):
    at, kind = list(tx["occurred_at"]), list(tx["kind"])
    counts = pd.Series(0, index=range(len(tx)))
    for rows in tx.groupby("user_id").indices.values():
        ordered = sorted(rows, key=lambda row: at[row])
        for place, row in enumerate(ordered):
            counts[row] = sum(kind[other] == "order" and at[row] - at[other] <= pd.Timedelta(days=30)
                              for other in ordered[:place])
    counts.index = tx.index
    return counts
