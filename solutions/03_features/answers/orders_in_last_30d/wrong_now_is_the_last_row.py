"""The 30 days before the newest row are counted, for each row of a user.

fails: counts each user's orders of 30 days; knows the window's edge to the microsecond; counts neither the row itself nor its moment; answers refunds and doesn't count them; keeps the index of tx; takes rows in any order
says: is right
"""

import pandas as pd


def orders_in_last_30d(tx):
    now = tx["occurred_at"].max()
    recent = tx[(tx["kind"] == "order") & (tx["occurred_at"] >= now - pd.Timedelta(days=30))]
    return tx["user_id"].map(recent.groupby("user_id").size()).fillna(0)
