"""All orders up to a moment count, less the rows of that moment: wrong where a refund is one of them.

fails: takes rows in any order
says: slow and obvious
"""

import pandas as pd


def orders_in_last_30d(tx):
    rows = tx.reset_index(drop=True)
    found = pd.Series(0, rows.index)
    same = rows.groupby(["user_id", "occurred_at"])["kind"].transform("size")
    for _, mine in rows.groupby("user_id"):
        orders = mine.loc[mine["kind"] == "order", "occurred_at"].sort_values()
        until = orders.searchsorted(mine["occurred_at"], side="right")
        long_before = orders.searchsorted(mine["occurred_at"] - pd.Timedelta(days=30))
        found[mine.index] = until - long_before - same[mine.index].where(mine["kind"] == "order", 0)
    return found.set_axis(tx.index)
