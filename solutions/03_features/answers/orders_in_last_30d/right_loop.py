"""A loop over rows, with the moments of each user's orders in a sorted list."""

from bisect import bisect_left, insort
from datetime import timedelta

import pandas as pd


def orders_in_last_30d(tx):
    moments = {}
    for user, kind, at in zip(tx["user_id"], tx["kind"], tx["occurred_at"]):
        if kind == "order":
            insort(moments.setdefault(user, []), at)
    counts = []
    for user, at in zip(tx["user_id"], tx["occurred_at"]):
        own = moments.get(user, [])
        counts.append(bisect_left(own, at) - bisect_left(own, at - timedelta(days=30)))
    return pd.Series(counts, index=tx.index)
