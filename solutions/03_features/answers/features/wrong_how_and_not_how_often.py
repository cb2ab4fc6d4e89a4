"""Five honest columns that say how a user buys, and not how often or when.

fails: predicts who buys: an AUC of 0.70 in the server
says: 0.70 is needed
"""

import pandas as pd


def features(tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of].groupby("user_id")
    names = {"mean": past["amount"].mean(), "least": past["amount"].min(), "product": past["product_id"].max(),
             "first_hour": past["occurred_at"].min().dt.hour, "kinds": past["category"].max().str.len()}
    return pd.DataFrame(names).reindex(users).fillna(0.0)
