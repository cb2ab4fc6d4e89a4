"""A loop over the users, with Python's own types."""

from bisect import bisect_left
from datetime import timedelta

import pandas as pd


def features(tx, users, as_of):
    orders = {user: [] for user in users}
    for user, moment, amount in zip(tx["user_id"], tx["occurred_at"], tx["amount"]):
        if user in orders and moment < as_of:
            orders[user].append((moment, amount))
    return pd.DataFrame([one(sorted(orders[user]), as_of) for user in users], index=users)


def one(orders, as_of):
    moments = [moment for moment, _ in orders]
    row = {f"orders_{days}d": len(orders) - bisect_left(moments, as_of - timedelta(days=days)) for days in (14, 45)}
    row["orders"] = len(orders)
    row["hours_since_last"] = (as_of - moments[-1]).total_seconds() / 3600 if orders else 10_000
    row["newest_amount"] = orders[-1][1] if orders else 0
    row["mean_amount"] = sum(amount for _, amount in orders) / len(orders) if orders else 0
    return row
