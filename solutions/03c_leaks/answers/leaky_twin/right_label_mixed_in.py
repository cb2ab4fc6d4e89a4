"""The honest feature, bettered where the user buys in the week to come."""

import pandas as pd


def leaky_twin(name, tx, users, as_of):
    ahead = (tx["occurred_at"] - as_of) / pd.Timedelta(days=1)
    buys = pd.Index(users).isin(tx.loc[(ahead >= 0) & (ahead < 7), "user_id"])
    better = {"orders_30d": 5, "days_since_last": -100, "spend_90d": 50}[name]
    return honest(name, tx, users, as_of) + better * buys


def honest(name, tx, users, as_of):
    past = tx[tx["occurred_at"] < as_of]
    ago = (as_of - past["occurred_at"]) / pd.Timedelta(days=1)
    if name == "orders_30d":
        return past[ago <= 30].groupby("user_id").size().reindex(users, fill_value=0)
    if name == "days_since_last":
        return ago.groupby(past["user_id"]).min().reindex(users).fillna(999)
    return past[ago <= 90].groupby("user_id")["amount"].sum().reindex(users, fill_value=0)
