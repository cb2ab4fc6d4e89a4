"""A rolling window of pandas, which refuses rows that are not in the order of time.

fails: counts neither the row itself nor its moment; takes rows in any order
says: from the newest
"""

import pandas as pd


def orders_in_last_30d(tx):
    work = tx.reset_index(drop=True)
    work["n"] = (work["kind"] == "order").astype(float)
    out = pd.Series(0.0, index=work.index)
    for _, own in work.groupby("user_id"):
        rolled = own.rolling("30D", on="occurred_at", closed="both")["n"].sum()
        out[own.index] = (rolled - own["n"]).to_numpy()
    return out.set_axis(tx.index)
