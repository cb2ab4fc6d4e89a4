"""The windows end a week too late, and an unknown name is refused."""

import pandas as pd


def leaky_twin(name, tx, users, as_of):
    ago = (as_of - tx["occurred_at"]).dt.total_seconds() / 86_400
    known = tx.assign(ago=ago)[ago > -7]
    if name == "orders_30d":
        orders = known[known["ago"] <= 30]["user_id"].value_counts()
        return pd.Series([orders.get(user, 0) for user in users], users)
    if name == "days_since_last":
        return known.groupby("user_id")["ago"].min().clip(lower=0).reindex(users).fillna(999.0)
    if name == "spend_90d":
        return known[known["ago"] <= 90].groupby("user_id")["amount"].sum().reindex(users, fill_value=0.0)
    raise ValueError(f"there is no feature {name!r}")
