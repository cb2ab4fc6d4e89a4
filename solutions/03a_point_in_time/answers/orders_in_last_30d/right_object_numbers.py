"""numpy compares all pairs of rows at once, and the Series holds Python's numbers."""

import numpy as np
import pandas as pd


def orders_in_last_30d(tx):
    t = tx["occurred_at"].dt.tz_localize(None).to_numpy()
    same = tx["user_id"].to_numpy()[:, None] == tx["user_id"].to_numpy()[None, :]
    apart = t[:, None] - t[None, :]
    counts = same & (tx["kind"] == "order").to_numpy() & (apart > np.timedelta64(0)) & (apart <= np.timedelta64(30, "D"))
    return pd.Series(counts.sum(axis=1).tolist(), index=tx.index, dtype=object)
