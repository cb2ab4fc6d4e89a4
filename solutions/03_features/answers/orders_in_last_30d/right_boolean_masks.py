"""A mask over the whole table for each row."""

import pandas as pd


def orders_in_last_30d(tx):
    orders = tx[tx["kind"].eq("order")]
    out = []
    for row in tx.itertuples():
        start = row.occurred_at - pd.Timedelta("30D")
        own = orders["user_id"] == row.user_id
        out.append((own & (orders["occurred_at"] >= start) & (orders["occurred_at"] < row.occurred_at)).sum())
    return pd.Series(out, index=tx.index, dtype="Int64")
