"""A loop over the rows, with Python's own numbers."""

import pandas as pd


def days_since_last(tx, users, as_of):
    days = dict.fromkeys(users, 999.0)
    for user, moment in zip(tx["user_id"], tx["occurred_at"]):
        if user in days and moment < as_of:
            days[user] = min(days[user], (as_of - moment).total_seconds() / 86_400)
    return pd.Series(days)
