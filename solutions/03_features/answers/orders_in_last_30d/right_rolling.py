"""Rolling windows of pandas, closed on the left, over an order's 1 and a refund's 0; of rows at one moment the first counts."""

import pandas as pd


def orders_in_last_30d(tx):
    work = pd.DataFrame({"user_id": tx["user_id"].to_numpy(), "t": tx["occurred_at"].array,
                         "is_order": tx["kind"].eq("order").to_numpy().astype(float)})
    work = work.sort_values(["user_id", "t"])
    moments = work.groupby(["user_id", "t"], as_index=False)["is_order"].sum()
    rolled = moments.groupby("user_id").rolling("30D", on="t", closed="left")["is_order"].sum().fillna(0)
    moments["n"] = rolled.to_numpy()
    found = work.reset_index().merge(moments[["user_id", "t", "n"]], on=["user_id", "t"]).set_index("index")["n"]
    return found.sort_index().set_axis(tx.index)
