"""The last thirty orders before it count, however long ago.

fails: counts each user's orders of 30 days; knows the window's edge to the microsecond
says: is right
"""

import pandas as pd


def orders_in_last_30d(tx):
    tx_sorted = tx.reset_index(drop=True).sort_values("occurred_at", kind="stable")
    is_order = (tx_sorted["kind"] == "order").astype(int)
    moments = is_order.groupby([tx_sorted["user_id"], tx_sorted["occurred_at"]]).sum()
    rolled = moments.groupby(level=0).transform(lambda s: s.shift(fill_value=0).rolling(30, min_periods=1).sum())
    keys = pd.MultiIndex.from_arrays([tx["user_id"], tx["occurred_at"]])
    return pd.Series(rolled.reindex(keys).to_numpy(), index=tx.index)
